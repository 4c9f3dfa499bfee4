"""The page about data integrity says what the program does: kinds, statuses, validators, and every key of its JSON."""

from __future__ import annotations

import json
import re

import pytest
from docs_support import ROOT, need

from backcourt.integrity.taxonomy import GAP_TYPES

DAY = "2021-11-10"


@pytest.fixture(scope="module")
def parts():
    """The generated parts of the page."""
    need("pygments")
    import pages_integrity

    return pages_integrity.parts()


def _first_cells(text):
    """The first cell of each row of a part's table, without markup."""
    rows = [line for line in text.splitlines()[2:] if line.startswith("|")]
    return [re.sub(r"<[^>]*>|\(.*?\)|[\[\]]", "", row.split(" | ")[0]).strip("| ") for row in rows]


def test_every_kind_and_status_is_explained(parts):
    """The tables have exactly the kinds of gaps and the statuses that the program knows, in its order."""
    import pages_integrity

    fields, dates = pages_integrity.statuses()
    assert _first_cells(parts["gap-types.md"]) == _first_cells(parts["gap-signs.md"]) == list(GAP_TYPES)
    assert sorted(_first_cells(parts["field-statuses.md"])) == sorted(fields)
    assert _first_cells(parts["coverage-statuses.md"]) == list(dates)


def test_every_validator_is_listed(parts):
    """Each command below `backcourt validate` has its line, with what its exit statuses mean."""
    from pages_commands import entries

    known = [entry.name for entry in entries() if entry.name.startswith("backcourt validate ")]
    assert sorted(_first_cells(parts["validators.md"])) == sorted(known)
    for line in parts["validators.md"].splitlines()[2:]:
        assert re.search(r"\| 1 .*\b2 if .* \|$", line), line


def test_the_page_shows_every_part(parts):
    """Each part stands on the page once."""
    page = (ROOT / "docs" / "data-integrity.md").read_text(encoding="utf-8")
    assert {name: page.count(f'--8<-- "{name}"') for name in parts} == dict.fromkeys(parts, 1)


def _keys(value, prefix=""):
    """Every key of a JSON value, items of lists as []."""
    if isinstance(value, list):
        return {key for item in value for key in _keys(item, f"{prefix}[]")}
    if not isinstance(value, dict):
        return set()
    inner = {key for name, item in value.items() for key in _keys(item, f"{prefix}.{name}".strip("."))}
    return {f"{prefix}.{name}".strip(".") for name in value} | inner


@pytest.fixture
def damaged(computed):
    """A small season in which TDZA lost a date, one team's zones are NULL, a player's row is gone and one restated."""
    import duckdb

    with duckdb.connect(str(computed)) as connection:
        for statement in (
            f"DELETE FROM nba_precompute.team_defense_zone_analysis WHERE analysis_date = '{DAY}'",
            f"UPDATE nba_analytics.team_defense_game_summary SET opp_paint_attempts = NULL WHERE game_date = '{DAY}'",
            (
                "DELETE FROM nba_precompute.player_daily_cache WHERE rowid = (SELECT MIN(rowid) FROM "
                f"nba_precompute.player_daily_cache WHERE cache_date = '{DAY}')"
            ),
            (
                "INSERT INTO nba_processing.restatements (table_name, game_date, row_key, old_hash, new_hash, reason, run_id, "
                f"restated_at) VALUES ('nba_precompute.player_daily_cache', '{DAY}', 'a', 'b', 'c', 'd', 'e', '2021-12-01')"
            ),
        ):
            connection.execute(statement)
    return computed


@pytest.mark.slow
def test_the_documented_shapes_are_those_that_are_printed(parts, damaged, command):
    """The keys of each command's JSON on a damaged warehouse are exactly those of the page."""
    import pages_integrity

    dates = ("--start-date", DAY, "--end-date", DAY, "--json", "--warehouse", damaged)
    asked = {
        "backcourt lineage": [("lineage", "PDC", DAY, "--json", "--warehouse", damaged)],
        "backcourt validate": [("validate", name, *dates) for name in ("preflight", "readiness", "range")],
        "backcourt validate coverage": [("validate", "coverage", "--details", *dates)],
        "backcourt validate contamination": [("validate", "contamination", *dates)],
        "backcourt gaps": [("gaps", *dates)],
        # The second one repairs, so it comes last.
        "backcourt recover": [("recover", *dates), ("recover", "--apply", *dates)],
    }
    assert set(asked) == set(pages_integrity.SHAPES)
    for name, calls in asked.items():
        done = [command(*words) for words in calls]  # type: ignore[attr-defined]
        found = set().union(*(_keys(json.loads(item.out)) for item in done))
        assert found == set(pages_integrity.SHAPES[name]), name
        assert [item.code for item in done if item.code > 2] == []
    for name in pages_integrity.SHAPES:
        assert f'??? note "`{name}' in parts["json-shapes.md"]
