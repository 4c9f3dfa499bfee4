"""The command ``docref``."""

from __future__ import annotations

import argparse
import difflib
import json
import sys
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NoReturn

from docref.errors import UsageError
from docref.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docref.check import Report
    from docref.repository import Repository

_EXIT = "Exit status: 0 every reference is good, 1 there are findings, 2 wrong use."


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say what is wrong in one line."""
        raise UsageError(message)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="docref", description="Check that what documentation refers to exists.", epilog=_EXIT)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="check the pages of a repository", epilog=_EXIT)
    check.add_argument("paths", nargs="*", metavar="PATH", help="pages or folders; all configured pages if none")
    check.add_argument("--root", type=Path, default=Path(), metavar="DIR", help="the repository (current folder)")
    check.add_argument("--config", type=Path, metavar="FILE", help="instead of docref.toml or pyproject.toml")
    check.add_argument("--format", choices=("text", "json"), default="text", help="how to say it (text)")
    check.add_argument("--rule", action="append", default=[], metavar="RULE", help="only this rule; can be repeated")
    check.add_argument("--quiet", action="store_true", help="findings only, no counts")
    check.add_argument("--site", type=Path, metavar="DIR", help="check the links of a built HTML site, too")
    commands.add_parser("rules", help="list the rules and what each checks")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    try:
        given = _parser().parse_args(arguments)
        return _rules() if given.command == "rules" else _check(given)
    except UsageError as error:
        sys.stderr.write(f"docref: {error}\n")
        return 2
    except BrokenPipeError:
        sys.stderr.close()  # the reader has gone; nothing is left to say
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("docref: interrupted\n")
        return 130


def _rules() -> int:
    from docref.rules import RULES

    width = max(map(len, RULES))
    sys.stdout.writelines(f"{name:<{width}}  {about}\n" for name, about in RULES.items())
    return 0


def _check(given: argparse.Namespace) -> int:
    from docref import check, config, site
    from docref.repository import Repository
    from docref.rules import RULES

    for rule in given.rule:
        if rule not in RULES:
            raise UsageError(f"no rule '{rule}' (nearest: '{_nearest(rule, list(RULES))}')")
    if not given.root.is_dir():
        raise UsageError(f"--root: no folder '{given.root}'")
    repository = Repository(given.root, config.load(given.root, given.config))
    pages = _pages(given.paths, repository)
    built = site.judge_site(given.site, repository) if given.site else ()
    report = check.check(repository, pages, given.rule, built)
    sys.stdout.write(_json(report) if given.format == "json" else _text(report, quiet=given.quiet))
    return 1 if report.findings else 0


def _nearest(name: str, known: Sequence[str]) -> str:
    return difflib.get_close_matches(name, known, n=1, cutoff=0.0)[0] if known else ""


def _pages(given: Sequence[str], repository: Repository) -> list[PurePosixPath]:
    if not given:
        return repository.pages()
    found: set[PurePosixPath] = set()
    for each in given:
        path = _inside(each, repository)
        below = [page for page in repository.files if page.is_relative_to(path)]
        if path in repository.files:
            found.add(path)
        elif below:
            found.update(page for page in below if page.suffix in {".md", ".ipynb"})
        else:
            near = _nearest(path.as_posix(), [file.as_posix() for file in repository.files])
            raise UsageError(f"no page or folder '{each}'" + (f" (nearest: '{near}')" if near else ""))
    return sorted(found)


def _inside(given: str, repository: Repository) -> PurePosixPath:
    """The path relative to the root, whether it was given from there or from the current folder."""
    for base in (Path.cwd(), repository.root):
        full = Path(base / given)
        try:
            if full.exists() and full.resolve().is_relative_to(repository.root):
                return PurePosixPath(full.resolve().relative_to(repository.root).as_posix())
        except (OSError, ValueError):
            break
    return PurePosixPath(given)


def _text(report: Report, *, quiet: bool) -> str:
    lines = []
    for each in report.findings:
        near = f" (nearest: '{each.suggestion}')" if each.suggestion else ""
        lines.append(f"{each.path}:{each.line}:{each.column}: {each.rule}: {_one_line(each.message)}{near}")
    if not quiet:
        unread = {each.path: each for each in reversed(report.judgements) if each.rule == "page"}
        lines += [f"{path}: {each.message}" for path, each in sorted(unread.items()) if each.outcome is Outcome.UNKNOWN]
        counts = report.counts.values()
        checked, skipped, unknown = (sum(each[key] for each in counts) for key in ("checked", "skipped", "not_judged"))
        lines.append(
            f"{_counted(len(report.findings), 'finding')} in {_counted(len(report.pages), 'page')}: "
            f"{_counted(checked, 'reference')} checked, {skipped} skipped, {unknown} not judged"
        )
    return "".join(f"{line}\n" for line in lines)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _one_line(text: str) -> str:
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def _json(report: Report) -> str:
    findings = [
        {
            "path": each.path.as_posix(),
            "line": each.line,
            "column": each.column,
            "rule": each.rule,
            "ref": each.ref,
            "message": each.message,
            "suggestion": each.suggestion,
        }
        for each in report.findings
    ]
    return json.dumps({"findings": findings, "counts": report.counts}, indent=2) + "\n"
