"""What the page about data integrity takes from the program: kinds of gaps, statuses, validators, shapes of JSON."""

from __future__ import annotations

from typing import get_args

import pages_commands
from markup import code, table, text
from pages_lists import attributes, sentence

from backcourt.backfill.quality_gate import CLEAN_PERCENT, PARTIAL_PERCENT
from backcourt.backfill.coverage import Cell
from backcourt.integrity.fields import FieldDate, FieldStatus
from backcourt.integrity.gaps import Gap
from backcourt.integrity.lineage import Input, Lineage, RestatedRow, UpstreamState
from backcourt.integrity.rates import Rate
from backcourt.integrity.recovery import Stage
from backcourt.integrity.taxonomy import GAP_TYPES
from backcourt.integrity.untracked import Untracked
from backcourt.answers.model import Check
from backcourt.integrity.validation import CoverageStatus

FIELD_STATUSES: dict[str, str] = {
    "CLEAN": f"at least {CLEAN_PERCENT} % of the judged rows are valid",
    "PARTIAL": f"at least {PARTIAL_PERCENT} %, a problem",
    "CONTAMINATED": f"under {PARTIAL_PERCENT} %, critical",
    "NO_DATA": "no row to judge",
}
"""What each status of a critical field says of a date."""
COVERAGE: dict[str, tuple[str, str]] = {
    "OK": ("good", "every candidate has a row or a recorded failure"),
    "SKIPPED": ("good", "bootstrap: no row is expected"),
    "DEPS_MISSING": ("problem", "the date failed, or rows were withheld, for want of an upstream"),
    "UNTRACKED": ("problem", "a candidate has neither a row nor a record"),
    "INVESTIGATE": (
        "critical",
        "rows that were written are gone, a row stands twice or belongs to nobody, a record says PROCESSING_ERROR, or "
        "the date failed for another reason than a missing upstream",
    ),
    "NO_GAMES": ("good", "a date without games; counted, never listed"),
}
"""What each status of a table's date says, and how grave it is."""
_VALIDATORS = ("preflight", "readiness", "range", "coverage", "contamination")
_AFTER = ("gaps", "lineage", "recover")

_SPAN = {"start_date": "First date that was asked for.", "end_date": "Last one."}
_STATUS = {"exit_code": "The exit status, as without --json."}
_VALIDATION = {
    "validator": "Which one.",
    **_SPAN,
    **_STATUS,
    "checks": "What it looked at.",
    **{f"checks[].{name}": words for name, words in attributes(Check).items()},
    "next": 'The command to go on with, or words; "" if all is well.',
}


def _of(prefix: str, cls: type, *without: str) -> dict[str, str]:
    return {f"{prefix}[].{name}": words for name, words in attributes(cls).items() if name not in without}


SHAPES: dict[str, dict[str, str]] = {
    "backcourt gaps": {
        **_SPAN,
        "game_dates": "Game dates among them.",
        **_STATUS,
        "gaps": "Upstream tables first, then by date.",
        **_of("gaps", Gap, "start", "end", "days"),
        "gaps[].start_date": "First date of the gap.",
        "gaps[].end_date": "Last one; that of a cascade may be after the range.",
        "gaps[].dates": "Its game dates.",
        "names": 'What is left to do about the names of the raw tables, of any season; "" if nothing is.',
        "commands": "What repairs them by hand, in order.",
    },
    "backcourt recover": {
        **_SPAN,
        **_STATUS,
        "roots": "Gaps that go back to no other.",
        "stages": "What has to be done, in order.",
        **_of("stages", Stage, "ranges", "distrusted"),
        "stages[].ranges": "The dates, neighbouring ones together.",
        "stages[].ranges[].start_date": "First date.",
        "stages[].ranges[].end_date": "Last date.",
        "differs": "Without --apply: what the folders of --dir have otherwise, a line for each raw table.",
        "not_judged": 'What could not be judged without --dir; "" with it.',
        "run_id": "With --apply: its runs begin with this.",
        "left": "With --apply: gaps that a second search found.",
    },
    "backcourt lineage": {
        **attributes(Lineage),
        **_of("inputs", Input),
        "inputs[].changed": "True if it is no longer what was read.",
        **_of("upstreams", UpstreamState),
        **_of("restated", RestatedRow),
        "changed": "True if the date would not come out of the same inputs or code today.",
    },
    "backcourt validate": _VALIDATION,
    "backcourt validate coverage": {
        **_VALIDATION,
        "no_games": "Days of the range without a game.",
        "dates": "Tables' dates that are neither OK nor SKIPPED.",
        **_of("dates", Cell),
        "dates[].status": "Status of the date.",
        "untracked": "With --details: who has neither a row nor a record.",
        **_of("untracked", Untracked),
        "failure_rates": "Failure records by week since opening day.",
        **_of("failure_rates", Rate),
    },
    "backcourt validate contamination": {
        **_VALIDATION,
        "dates": "Fields' dates that are PARTIAL or CONTAMINATED.",
        **_of("dates", FieldDate),
        "dates[].status": "Status of the field on the date.",
    },
}
"""Every key that a command prints as JSON, with its meaning; ``[]`` stands for each item of a list."""


def parts() -> dict[str, str]:
    """The parts of the page by their file names."""
    return {
        "gap-types.md": _gap_types("severity", "meaning"),
        "gap-signs.md": _gap_types("evidence", "action"),
        "field-statuses.md": table(
            ("status", "of a field on one date"), [(name, text(FIELD_STATUSES[name])) for name in FIELD_STATUSES]
        ),
        "coverage-statuses.md": table(
            ("status", "is", "a table's date"),
            [(name, grave, text(words)) for name, (grave, words) in COVERAGE.items()],
        ),
        "validators.md": _commands([f"validate {name}" for name in _VALIDATORS]),
        "repairing.md": _commands(_AFTER),
        "json-shapes.md": _shapes(),
    }


def statuses() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The statuses of fields and of dates that the program knows."""
    return get_args(FieldStatus), (*get_args(CoverageStatus), "NO_GAMES")


def _gap_types(*names: str) -> str:
    """Some of what is said of each kind; two columns beside its name are what a phone has room for."""
    rows = [(code(kind.name), *(text(sentence(getattr(kind, name))) for name in names)) for kind in GAP_TYPES.values()]
    heads = {"evidence": "how it is seen", "action": "what to do"}
    return table(("kind", *(heads.get(name, name) for name in names)), rows)


def _commands(names: tuple[str, ...] | list[str]) -> str:
    """Commands with what they are for and what their exit statuses mean, from their own help."""
    known = {entry.name: entry for entry in pages_commands.entries()}
    rows = []
    for name in names:
        entry = known[f"backcourt {name}"]
        first, *more = (" ".join(paragraph.split()) for paragraph in (entry.command.help or "").split("\n\n"))
        words = " ".join(more)
        exits = words[words.index("Exits with ") :].removeprefix("Exits with ")
        link = f"[{code(entry.name)}](reference/commands.md#{entry.anchor})"
        rows.append((link, text(first), text(exits)))
    return table(("command", "what it does", "exit status"), rows)


def _shapes() -> str:
    blocks = []
    for name, shape in SHAPES.items():
        own = name.startswith("backcourt validate ")
        more = ", beside the keys of every validator" if own else ""
        rows = [
            (code(key), text(words.replace("None", "null")))
            for key, words in shape.items()
            if not (own and key in _VALIDATION)
        ]
        listing = table(("key", "meaning"), rows).strip("\n").replace("\n", "\n    ")
        label = f"`{name}{' ...' if shape is _VALIDATION else ''} --json`{more}"
        blocks.append(f'??? note "{label}"\n\n    {listing}')
    return "\n\n".join(blocks) + "\n"
