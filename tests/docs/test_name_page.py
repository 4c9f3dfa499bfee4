"""The page about names says what the program says: its steps, statuses, columns, limits and measured figures."""

from __future__ import annotations

import json
import re

import pytest
from docs_support import ROOT, need

from backcourt.names import files, review_rows, sheet
from backcourt.names.normalise import LONGEST, player_lookup
from backcourt.runbooks.name_facts import STEPS

PAGE = ROOT / "docs" / "name-resolution.md"


def _section(title):
    """The text below a heading of the second level."""
    text = PAGE.read_text(encoding="utf-8").partition(f"## {title}\n")[2]
    assert text, title
    return re.split(r"^## ", text, flags=re.MULTILINE)[0]


def _first_cells(title):
    """The first cell of each row of the section's tables, heads and rules left out."""
    rows = re.findall(r"^\| `?([\w-]+)`? +\|", _section(title), re.MULTILINE)
    return [row for row in rows if not set(row) <= {"-"}][1:]


def test_every_step_and_status_has_its_line():
    """Exactly the steps that can decide, and exactly the statuses of the queue, stand in their tables."""
    assert sorted(_first_cells("The steps")) == sorted(STEPS)
    assert _first_cells("The queue") == list(review_rows.STATUSES)
    assert _first_cells("Health") == ["critical", "warning", "good"]


def test_the_files_have_these_columns():
    """What a file of names needs and gets, and what a reviewer can write into a sheet."""
    assert tuple(_first_cells("Files")) == (*files.COLUMNS, "added", *files.ADDED)
    written = " ".join(_section("Review").split()).partition("`decision` (")[2].partition(")")[0]
    assert tuple(re.findall(r"`([^`]+)`", written)) == sheet.DECISIONS


def test_the_examples_of_a_name_are_true():
    """Each name on the page has the normal form that stands beside it."""
    text = " ".join(_section("What a name is").split())
    assert f"more than {LONGEST} characters" in text
    assert player_lookup("Luka Dončić") == "lukadoncic"
    assert player_lookup("Jaren Jackson Jr.") == "jarenjacksonjr"
    for word in ("`lukadoncic`", "`jarenjacksonjr`"):
        assert word in text


def test_no_figure_is_typed():
    """Every season and every kind of damage of the measurement has its line with its own figures, and no other."""
    need("markdown")
    import pages_names

    found = json.loads(pages_names.FIGURES.read_text(encoding="utf-8"))
    part = pages_names.accuracy()
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if line[:1] == "|"]
    for season in ("2021-22", "2022-23"):
        for kind in ("without", "with"):
            own = found[f"{season}, {kind} aliases"]
            (line,) = [line for line in lines if line[:2] == [season, f"{kind} aliases"]]
            shown = (float(line[4].removesuffix(" %")), int(line[5]))
            assert shown == (pytest.approx(100 * own["recall"]), own["wrong"])
        assert f"{found[f'{season}, hidden in turn']['hidden']:,} in {season}" in part
    near, far = found["damaged, with season and team"], found["damaged, without context"]
    damaged = {line[0]: line[1:] for line in lines if line[0] in near}
    assert damaged.keys() == near.keys()
    for kind, cells in damaged.items():
        assert [int(cells[place].replace(",", "")) for place in (0, 2, 3, 5)] == [
            near[kind]["names"],
            near[kind]["wrong"],
            far[kind]["names"],
            far[kind]["wrong"],
        ]
    assert not re.search(r"\d %", _section("How accurate it is"))


def test_the_day_is_said_if_it_is_known():
    """A measurement with a date is shown with it."""
    need("markdown")
    import pages_names

    found = json.loads(pages_names.FIGURES.read_text(encoding="utf-8"))
    assert "`make bench-names` on 2026-11-26:" in pages_names.accuracy({**found, "date": "2026-11-26"})
