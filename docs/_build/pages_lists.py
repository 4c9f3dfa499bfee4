"""Pages made from the program's own lists: failure categories, settings, errors with their exit statuses."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields

from markup import code, page, table, text

from backcourt import errors, settings
from backcourt.processors.failures import CATEGORIES


def pages() -> dict[str, str]:
    """The three pages by their paths under the site."""
    return {
        "reference/failures.md": _failures(),
        "reference/settings.md": _settings(),
        "reference/errors.md": _errors(),
    }


def _failures() -> str:
    rows = [
        (
            f"[{text(item.name)}](#{item.name.lower()})",
            text(item.meaning),
            "yes" if item.expected else "no",
            *(
                "by record" if item.by_record else "yes" if flag else "no"
                for flag in (item.retryable, item.correctable)
            ),
            "yes" if item.row_written else "no",
        )
        for item in CATEGORIES
    ]
    sections = [f"## {item.name} {{ #{item.name.lower()} }}\n\n{text(sentence(item.action))}" for item in CATEGORIES]
    return page(
        "Failure categories",
        f"A candidate that yields no full row leaves a failure record with one of {len(CATEGORIES)} categories. "
        "*Expected* says that a healthy warehouse has such records; *retryable*, that running again may help; "
        "*correctable*, that loading or repairing other data would; *row written*, that a row stands beside the record. "
        "*By record*: `can_retry` and `is_correctable` say of each record whether data is missing (TRUE) or only too few "
        "games have been played (FALSE).",
        table(("category", "meaning", "expected", "retryable", "correctable", "row written"), rows),
        "What to do about each:",
        *sections,
    )


def _settings() -> str:
    told = attributes(settings.Settings)
    rows = [
        (
            code(field.name),
            code(settings.PREFIX + field.name.upper()),
            text(sentence(told[field.name])),
            text(_valid(field.name)),
            "none" if field.default is None else code(field.default),
        )
        for field in fields(settings.Settings)
    ]
    return page(
        "Settings",
        f"A flag wins over an environment variable, that over {code(settings.FILE)} in the current folder, "
        "that over the default. A name that is not listed here is an error.",
        table((f"name in {settings.FILE}", "variable", "meaning", "valid", "default"), rows),
    )


def _valid(name: str) -> str:
    return settings._READERS[name][1]  # noqa: SLF001 - the one place where the valid values are said


def _errors() -> str:
    found = [
        item
        for _, item in inspect.getmembers(errors, inspect.isclass)
        if issubclass(item, errors.BackcourtError) and item.__module__ == errors.__name__
    ]
    found.sort(key=lambda item: inspect.getsourcelines(item)[1])
    rows = [
        (code(item.__name__), text((inspect.getdoc(item) or "").split("\n\n")[0]), str(item.exit_code))
        for item in found
    ]
    statuses = [
        ("0", "good"),
        ("1", "problems were found; the command itself worked"),
        ("2", "wrong use, or a critical state: the message says what is valid and what to do next"),
        ("3", "the program's own fault"),
        ("130", "interrupted; what was published stays"),
    ]
    return page(
        "Errors and exit statuses",
        "An error is one line on standard error: what was wrong, what is valid, what to do next.",
        table(("exit status", "meaning"), statuses),
        "The classes, for callers from Python. All are a `BackcourtError`.",
        table(("class", "meaning", "exit status"), rows),
    )


def attributes(cls: type) -> dict[str, str]:
    """The Attributes section of a class docstring, one entry per name."""
    section = (inspect.getdoc(cls) or "").partition("Attributes:\n")[2]
    found: dict[str, str] = {}
    name = ""
    for line in section.splitlines():
        start = re.match(r"    (\w+): (.*)", line)
        if start:
            name = start[1]
            found[name] = start[2]
        elif name and line.strip():
            found[name] += " " + line.strip()
    return found


def sentence(phrase: str) -> str:
    """A phrase as a sentence: capital first, full stop last."""
    return phrase[:1].upper() + phrase[1:].rstrip(".") + "."
