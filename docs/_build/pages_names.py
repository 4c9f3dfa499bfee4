"""How accurate names are resolved: the figures of benchmarks/names.json as tables, so that nobody types them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from markup import ROOT, table, text

FIGURES = ROOT / "benchmarks" / "names.json"
_HIDDEN = ", hidden in turn"
_LISTS = (", without aliases", ", with aliases", ", before it is loaded")
_DAMAGED = ("damaged, with season and team", "damaged, without context")


def accuracy(found: dict[str, Any] | None = None) -> str:
    """The figures as Markdown.

    Args:
        found: What benchmarks/names.py wrote; by default the stored file.
    """
    if found is None:
        found = json.loads(FIGURES.read_text(encoding="utf-8"))
    seasons = [key.removesuffix(_HIDDEN) for key in found if key.endswith(_HIDDEN)]
    versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    day = f" on {found['date']}" if "date" in found else ""
    speed = found["speed"]
    rosters = [
        (
            season,
            kind.removeprefix(", "),
            f"{found[season + kind]['rows']:,}",
            f"{found[season + kind]['resolvable']:,}",
            _percent(found[season + kind]["recall"], 2),
            f"{found[season + kind]['wrong']:,}",
        )
        for season in seasons
        for kind in _LISTS
        if season + kind in found
    ]
    hidden = " and ".join(
        f"{found[season + _HIDDEN]['hidden']:,} in {season} ({found[season + _HIDDEN]['wrong']:,} wrong)"
        for season in seasons
    )
    blocks = [
        f"Measured by `make bench-names`{day}: {versions}; {text(found['machine'])}; seed {found['seed']}. "
        "`benchmarks/names.json` holds the same figures. A match is *wrong* if it is another player than the true one. "
        "*Found* is the share, of those who are registered, that got their own id.",
        f"**Real rosters.** The names of Basketball-Reference in {' and '.join(seasons)}, with the team, against the "
        "league's ids:",
        _table(("season", "how", "names", "registered", "found", "wrong"), rosters),
        f"**Nobody for anybody.** Each player was hidden from the registry in turn and then asked for: {hidden}. "
        "Whoever is found then is somebody else.",
        "**Damaged names.** Names with a known bearer, spoiled in the ways of other sources; without context they are "
        "asked among everybody who ever played. Of made-up people nobody may be found:",
        _table(
            ("damage", "with season and team", "found", "wrong", "without context", "found", "wrong"),
            [
                (kind, *(cell for label in _DAMAGED for cell in _cells(found[label][kind])))
                for kind in found[_DAMAGED[0]]
            ],
        ),
        f"**Speed.** {speed['names']:,} different names, half of them with season and team, take "
        + (f"{speed['cpu_seconds']:g} s of processor time." if "cpu_seconds" in speed else f"{speed['seconds']:g} s."),
    ]
    if memory := found.get("memory"):
        blocks.append(
            f"**Memory.** A file of {memory['rows']:,} names from {memory['sources']} sources, {memory['different']:,} of "
            f"them different by name, season and team, takes {memory['peak_mib']:,} MiB and {memory['cpu_seconds']:g} s "
            "of processor time."
        )
    return "\n\n".join(blocks) + "\n"


def _cells(result: dict[str, Any]) -> tuple[str, str, str]:
    return f"{result['names']:,}", _percent(result["recall"], 1), f"{result['wrong']:,}"


def _percent(share: float | None, decimals: int) -> str:
    return "" if share is None else f"{100 * share:.{decimals}f} %"


def _table(headers: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A table whose figures, after the words in front, are aligned to the right."""
    first, _, *rest = table(headers, rows).strip("\n").splitlines()
    numbers = [all(not row[place] or row[place][0].isdigit() for row in rows) for place in range(len(headers))]
    marks = ["---:" if number and place else "---" for place, number in enumerate(numbers)]
    return "\n".join([first, f"| {' | '.join(marks)} |", *rest])
