"""Every source for the page about sources: what it is, where it is asked, its table, its rules, what is not proven."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from markup import code, table, text

from backcourt.catalog import TABLES
from backcourt.settings import PREFIX
from backcourt.sources.declared import FORMER, sources
from backcourt.sources.source import Source
from backcourt.sources.staging import statement

_RULE = re.compile(r"'([a-z][a-z_]*): ")
_WARNING = re.compile(r"'([a-z][a-z_]*)(?:: [^']*)?'")
_OPEN = "no first date is documented"
_PHASES = {item.full_name: item.phase for item in TABLES}


def parts(known: Mapping[str, Source] | None = None) -> dict[str, str]:
    """The parts of the page by their file names.

    Args:
        known: The sources by name; by default every declared one.
    """
    found = sources() if known is None else known
    return {
        "sources-list.md": "\n".join([_overview(found), *(_section(item) for item in found.values())]),
        "sources-unproven.md": _unproven(found),
        "sources-former.md": table(
            ("former name", "source"),
            [(code(old), f"[{code(new)}](#{new})" if new in found else code(new)) for old, new in FORMER.items()],
        ),
    }


def rules(item: Source) -> tuple[str, ...]:
    """Names of the rules that a source's rows are held back for, in the order of its SQL."""
    return tuple(dict.fromkeys(_RULE.findall(_judging(item)[0])))


def warnings(item: Source) -> tuple[str, ...]:
    """Names of what is loaded with a warning, in the order of its SQL."""
    return tuple(dict.fromkeys(_WARNING.findall(_judging(item)[1])))


def _judging(item: Source) -> tuple[str, str]:
    """The SQL text that names broken rules, and the one that names warnings.

    Raises:
        RuntimeError: If the SQL names its rules in another way.
    """
    before, found, after = statement(item.feed.stem).rpartition(" AS broken_rules")
    if not found or not _RULE.search(before):
        raise RuntimeError(f"{item.feed.stem}.sql has no list of rules AS broken_rules")
    return before, after.partition(" AS warning")[0]


def _overview(found: Mapping[str, Source]) -> str:
    rows = [
        (f"[{code(item.name)}](#{item.name})", text(item.provider), item.per, _table(item), _state(item))
        for item in found.values()
    ]
    return table(("source", "provider", "a payload per", "raw table", "state"), rows)


def _section(item: Source) -> str:
    lines = [
        f"From: {_from(item)}",
        f"Document: [{text(urlsplit(item.document).netloc)}]({item.document})",
        f"Verified with: {text(item.seen)}" if item.seen else "Verified with: nothing, no real payload was at hand",
        f"Reaches back to: {text(item.reach or _OPEN)}",
        *(
            [f"Read from {item.since} on: payloads of before have another layout, and are refused"]
            if item.since
            else []
        ),
        f"A whole payload holds: {text(item.whole.in_words)}{_pages(item)}",
        f"Rules, by {' and '.join(code(column) for column in item.feed.unit.split())}: {_codes(rules(item))}",
    ]
    rows = item.feed.row_rules
    lines += [f"Of these, by row: {_codes(tuple(sorted(rows)))}"] if rows else []
    lines += [f"Warnings: {_codes(warnings(item))}"] if warnings(item) else []
    return f"### {item.name} {{ #{item.name} }}\n\n" + "".join(f"- {line}\n" for line in lines)


def _pages(item: Source) -> str:
    """That all pages belong to a list that comes in pages."""
    return ", all its pages" if item.fetch and item.fetch.pages else ""


def _from(item: Source) -> str:
    if item.fetch is None:
        return f"{text(item.provider)}; not fetched, its {code(item.ext)} files are put into the landing zone"
    where = f"{code(urlsplit(item.fetch.url).netloc)}, at most {item.fetch.per_minute} requests a minute"
    listed = f"; its own ids of the games are told by {code(item.listing.of.name)}" if item.listing else ""
    second = f"; what it does not have, from {code(urlsplit(item.second.url).netloc)}" if item.second else ""
    return f"{where}, {_key(item.fetch.key_setting)}{listed}{second}"


def _key(setting: str) -> str:
    return f"key in [{code(PREFIX + setting.upper())}](reference/settings.md)" if setting else "no key"


def _codes(found: tuple[str, ...]) -> str:
    return ", ".join(code(name) for name in found)


def _table(item: Source) -> str:
    name = item.table.rpartition(".")[2]
    return f"[{code(name)}](reference/tables/{_PHASES[item.table]}.md#{item.table})"


def _state(item: Source) -> str:
    return "verified" if item.verified else "unverified"


def _unproven(found: Mapping[str, Source]) -> str:
    # The list that tells a source's ids is read too.
    read = [(item.name, part) for item in found.values() for part in (item, item.listing and item.listing.of) if part]
    rows = [
        (f"[{code(part.name)}](#{owner})", text(part.provider), f"<{part.document}>")
        for owner, part in read
        if not part.verified
    ]
    return table(("source", "provider", "follows"), rows) if rows else "There is none at present.\n"
