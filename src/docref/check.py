"""Every rule over every page: what was found, what was skipped and what could not be judged."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from docref import pages, rules
from docref.model import Judgement, Outcome

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import PurePosixPath

    from docref.config import Config
    from docref.repository import Repository

_CHANGELOG = re.compile(r"(?:change|history|news|release)[\w-]*\.(?:md|markdown)", re.IGNORECASE)
_VERSION = re.compile(r"#{1,3} .{0,40}?\d+\.\d+")


@dataclass(frozen=True, slots=True)
class Report:
    """What a run found out.

    Attributes:
        pages: The pages, in order.
        judgements: What was said about each reference, by page, line and column.
    """

    pages: tuple[PurePosixPath, ...]
    judgements: tuple[Judgement, ...]

    @property
    def findings(self) -> list[Judgement]:
        """The references to what is not there."""
        return [each for each in self.judgements if each.outcome is Outcome.MISSING]

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """How many references of each rule were checked, skipped and not judged."""
        counted = Counter((each.rule, each.outcome) for each in self.judgements)
        return {
            rule: {
                "checked": counted[rule, Outcome.GOOD] + counted[rule, Outcome.MISSING],
                "skipped": counted[rule, Outcome.SKIPPED],
                "not_judged": counted[rule, Outcome.UNKNOWN],
            }
            for rule in sorted({rule for rule, _ in counted})
        }


def check(
    repository: Repository,
    paths: Iterable[PurePosixPath],
    only: Collection[str] = (),
    further: Iterable[Judgement] = (),
) -> Report:
    """Judge the references of pages.

    Args:
        repository: What they refer to.
        paths: The pages.
        only: The rules to ask; all of them if empty.
        further: Judgements from elsewhere that belong in the same report.
    """
    listed = tuple(paths)
    judgements = {each: None for path in listed for each in _of_page(repository, path)}
    judgements |= dict.fromkeys(further)
    kept = [each for each in judgements if not only or each.rule in only]
    kept.sort(key=lambda each: (each.path, each.line, each.column, each.rule, each.ref))
    return Report(listed, tuple(kept))


def _of_page(repository: Repository, path: PurePosixPath) -> Iterator[Judgement]:
    page = pages.read(repository, path)
    yield from page.problems
    asked = rules.modules()
    history = _start_of_history(repository, path)
    for snippet in page.snippets:
        for rule in asked:
            for judgement in rule.judge(snippet, repository):
                if judgement.line in page.ignored or _is_excused(judgement, repository.config):
                    continue
                past = judgement.line >= history and judgement.rule not in {"link", "anchor"}
                yield _as_history(judgement) if past and judgement.outcome is Outcome.MISSING else judgement


def _start_of_history(repository: Repository, path: PurePosixPath) -> float:
    """The line from which a changelog tells of versions that are out: they may name what has gone since."""
    if not _CHANGELOG.match(path.name):
        return math.inf
    lines = (repository.read_text(path) or "").split("\n")
    return next((number for number, line in enumerate(lines, 1) if _VERSION.match(line)), math.inf)


def _as_history(judgement: Judgement) -> Judgement:
    return replace(judgement, outcome=Outcome.UNKNOWN, message="not judged: of a version that is out", suggestion="")


def _is_excused(judgement: Judgement, config: Config) -> bool:
    return any(each.rule in {judgement.rule, "*"} and fnmatchcase(judgement.ref, each.ref) for each in config.ignore)
