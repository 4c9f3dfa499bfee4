"""Raw rows that are gone: found in their own table on their date, where anything stored knows of them."""

from datetime import date

import pytest

from backcourt.calendar import DateRange
from backcourt.integrity.gaps import find_gaps
from backcourt.warehouse.duckdb import DuckDBWarehouse
from state import query

DAY = date(2021, 11, 10)
SPAN = DateRange(date(2021, 11, 8), DAY)
SHOTS, BOX, BOOK = (
    f"nba_raw.{name}" for name in ("nbac_shot_chart", "nbac_player_boxscore", "nbac_gamebook_player_stats")
)
ONE = "rowid = (SELECT min(rowid) FROM {table} WHERE game_date = ? AND {which})"


def accused(path):
    """The tables that have a gap of their own on the date, by the gap's kind."""
    with DuckDBWarehouse(path).read() as session:
        return {(gap.table, gap.kind) for gap in find_gaps(session, SPAN).gaps if DAY in gap.days and not gap.upstream}


def delete(path, table, which="TRUE"):
    """One row of the date."""
    assert query(path, f"DELETE FROM {table} WHERE {ONE.format(table=table, which=which)}", DAY) == [(1,)]


@pytest.mark.parametrize(("table", "which"), [(SHOTS, "TRUE"), (BOX, "minutes = 1"), (BOOK, "seconds_played < 180")])
def test_one_row(computed, table, which):
    """One shot, or the line of a man who played a minute or two, is missed in its own table."""
    played = {BOX: "minutes > 0", BOOK: "seconds_played > 0"}.get(table, "TRUE")
    if not query(computed, f"SELECT 1 FROM {table} WHERE game_date = ? AND {played} AND {which}", DAY):
        which = played
    delete(computed, table, f"{played} AND {which}")
    assert (table, "partial_data") in accused(computed)


def test_a_shot_too_few_at_the_source(computed):
    """A chart that had one shot fewer than the box score when it was read is no gap: sound seasons have such games."""
    delete(computed, SHOTS)
    query(computed, "DELETE FROM nba_processing.backfill_ledger WHERE game_date >= ?", DAY)
    assert (SHOTS, "partial_data") not in accused(computed)


SUMMED = ("points", "offensive_rebounds", "assists", "steals", "blocks", "turnovers", "personal_fouls")


@pytest.mark.parametrize(("table", "played"), [(BOX, "minutes > 0"), (BOOK, "seconds_played > 0")])
def test_a_man_whose_figures_another_one_has(computed, table, played):
    """A man who played is missed in one source where the other lists him, even if all sums agree without him."""
    (man, game, team) = query(
        computed, f"SELECT player_id, game_id, team_abbr FROM {table} WHERE game_date = ? AND {played} LIMIT 1", DAY
    )[0]
    theirs = f"FROM {table} WHERE game_id = '{game}' AND player_id = {man}"
    query(
        computed,
        f"UPDATE {table} SET {', '.join(f'{name} = {name} + (SELECT {name} {theirs})' for name in SUMMED)} "
        f"WHERE rowid = (SELECT max(rowid) FROM {table} WHERE game_id = ? AND team_abbr = ? AND player_id <> ? AND {played})",
        game,
        team,
        man,
    )
    query(computed, f"DELETE {theirs}")
    assert (table, "partial_data") in accused(computed)
