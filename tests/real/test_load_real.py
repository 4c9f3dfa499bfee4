"""The four real seasons load whole: counts, known scores, and the classifier against the NBA's own zones."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backcourt.sources.season import load_season
from backcourt.sources.season.files import feed
from backcourt.warehouse.duckdb import DuckDBWarehouse
from real_seasons import SEASONS, summaries

pytestmark = pytest.mark.slow

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ELSEWHERE = {
    "0022200439": ("SAS", "Mexico City"),
    "0022200635": ("SAS", "San Antonio"),
    "0022200678": ("DET", "Paris"),
    "0022201199": ("SAS", "Austin"),
    "0022201214": ("SAS", "Austin"),
    "0022300172": ("ORL", "Mexico City"),
    "0022301229": ("MIL", "Las Vegas"),
    "0022301230": ("LAL", "Las Vegas"),
    "0022300527": ("CLE", "Paris"),
    "0022300965": ("SAS", "Austin"),
    "0022300981": ("SAS", "Austin"),
    "0022400147": ("WAS", "Mexico City"),
    "0022401229": ("MIL", "Las Vegas"),
    "0022401230": ("OKC", "Las Vegas"),
    "0022400621": ("IND", "Paris"),
    "0022400633": ("SAS", "Paris"),
    "0022400795": ("SAS", "Austin"),
    "0022400802": ("SAS", "Austin"),
}
"""Games of the four regular seasons away from the home team's arena: who is listed as home, and where they were."""


@pytest.fixture(scope="module")
def loaded(loaded_seasons, tmp_path_factory):
    """A copy of the warehouse with the four seasons, and the summary of each load."""
    path = Path(shutil.copy(loaded_seasons, tmp_path_factory.mktemp("loaded") / "w.duckdb"))
    return DuckDBWarehouse(path), summaries(loaded_seasons)


def rows(loaded, sql):
    """Rows of a SELECT on the loaded warehouse."""
    with loaded[0].read() as session:
        return session.rows(sql)


def test_nothing_is_held_back(loaded):
    """The real seasons break no rule: the quarantine is empty and every load ends with 0."""
    assert [(summary.season, summary.exit_code, summary.quarantined) for summary in loaded[1]] == [
        (season, 0, 0) for season in SEASONS
    ]
    assert [entry.error for summary in loaded[1] for entry in summary.tables if entry.error] == []
    assert rows(loaded, "SELECT COUNT(*) FROM nba_processing.quarantine") == [(0,)]


@pytest.mark.parametrize(
    ("table", "counts"),
    [
        ("nbac_schedule", [1230, 1230, 1230, 1230]),
        ("nbac_team_boxscore", [2460, 2460, 2460, 2460]),
        ("nbac_player_boxscore", [26039, 25895, 26401, 26306]),
        ("nbac_gamebook_player_stats", [None, 31542, 32385, 32515]),
        ("nbac_shot_chart", [216722, 217220, 218700, 219527]),
        # 11 events of 2021-22 stand in the file twice, word for word.
        ("nbac_play_by_play", [570352, None, None, None]),
        # 812, 679, 735 and 735 rows, of which 97, 70, 78 and 81 are totals of traded players.
        ("br_rosters_current", [715, 609, 657, 654]),
    ],
)
def test_rows_per_season(loaded, table, counts):
    """Each season has the rows that the data README states."""
    found = rows(loaded, f"SELECT season_year, COUNT(*) FROM nba_raw.{table} GROUP BY season_year ORDER BY season_year")
    assert found == [(2021 + place, count) for place, count in enumerate(counts) if count is not None]


def test_warnings(loaded):
    """A source's plus_minus differs from the score in 0 to 13 games a season; other oddities are counted, too."""
    differs = [summary.table("nbac_team_boxscore").warnings.get("plus_minus_differs", 0) for summary in loaded[1]]
    assert differs == [13, 7, 6, 0]
    assert dict(loaded[1][0].table("nbac_play_by_play").warnings) == {"repeated_row": 11}


def test_opening_night(loaded):
    """GSW beat LAL 121 to 114 in Los Angeles on 2021-10-19."""
    assert rows(
        loaded,
        "SELECT away_team_tricode, away_team_score, home_team_tricode, home_team_score, winning_team_tricode "
        "FROM nba_raw.nbac_schedule WHERE game_date = '2021-10-19' AND home_team_tricode = 'LAL'",
    ) == [("GSW", 121, "LAL", 114, "GSW")]


def test_margins_cancel(loaded):
    """plus_minus of the two teams is the score's margin in every game, whatever the source says."""
    assert rows(
        loaded,
        "SELECT COUNT(*) FROM (SELECT game_id FROM nba_raw.nbac_team_boxscore GROUP BY game_id "
        "HAVING SUM(plus_minus) <> 0 OR MAX(plus_minus) <> MAX(points) - MIN(points) OR COUNTIF(is_home) <> 1)",
    ) == [(0,)]


def test_classifier_equals_the_leagues_zones(loaded):
    """In all 423,501 paint shots, and in no other, the classifier says what the NBA's own zone says."""
    assert rows(
        loaded,
        "SELECT COUNTIF(zone = 'paint') AS ours, "
        "COUNTIF(zone_basic IN ('Restricted Area', 'In The Paint (Non-RA)')) AS theirs, "
        "COUNTIF((zone = 'paint') <> (zone_basic IN ('Restricted Area', 'In The Paint (Non-RA)'))) AS different, "
        "COUNTIF(zone IS NULL) AS unknown FROM nba_raw.nbac_shot_chart",
    ) == [(423501, 423501, 0, 0)]


def test_rosters_carry_no_answer(loaded):
    """The true match that two roster files carry is not loaded, and team codes are the league's."""
    # The id is there because the rules found it: every id is a decision's, and none was read from the file.
    assert rows(
        loaded,
        "SELECT COUNT(*) FROM nba_raw.br_rosters_current AS r LEFT JOIN nba_reference.name_decisions AS d ON d.source = "
        "'br_rosters_current' AND d.player_lookup = r.player_lookup AND d.team_abbr = r.team_abbrev AND d.player_id = "
        "r.player_id WHERE r.player_id IS NOT NULL AND d.player_id IS NULL",
    ) == [(0,)]
    assert "nba_id" not in feed("rosters_bref").columns
    assert rows(
        loaded,
        "SELECT COUNT(DISTINCT team_abbrev) AS teams, COUNTIF(team_abbrev IN ('BRK', 'CHO', 'PHO', 'TOT')) AS foreign "
        "FROM nba_raw.br_rosters_current",
    ) == [(30, 0)]


def test_statuses(loaded):
    """Players without minutes, 12 of them with 0:00, are dnp or inactive by their comment; starters are five a team."""
    assert rows(
        loaded,
        "SELECT player_status, COUNT(*), COUNTIF(is_starter), COUNTIF(seconds_played IS NULL) "
        "FROM nba_raw.nbac_gamebook_player_stats GROUP BY player_status ORDER BY player_status",
    ) == [("active", 78589, 36900, 0), ("dnp", 15612, 0, 15612), ("inactive", 2241, 0, 2241)]


def test_every_game_has_its_place(loaded):
    """The files name no arena: 18 games are known to have been elsewhere, all others were in the home team's arena."""
    assert rows(
        loaded,
        "SELECT place_basis, COUNT(*), COUNTIF(venue_latitude IS NULL OR venue_longitude IS NULL) "
        "FROM nba_raw.nbac_schedule GROUP BY place_basis ORDER BY place_basis",
    ) == [("home_arena", 4902, 0), ("neutral_game", 18, 0)]
    found = rows(
        loaded,
        "SELECT s.game_id, s.home_team_tricode, v.city FROM nba_raw.nbac_schedule AS s "
        "JOIN nba_reference.venues AS v ON v.latitude = s.venue_latitude AND v.longitude = s.venue_longitude "
        "WHERE s.place_basis = 'neutral_game' GROUP BY 1, 2, 3",
    )
    assert {game: (team, city) for game, team, city in found} == ELSEWHERE
    assert not [line for summary in loaded[1] for line in summary.table("nbac_schedule").warnings if "place" in line]


def test_again_changes_nothing(loaded, real_data):
    """A season loaded again skips every game."""
    summary = load_season(loaded[0], real_data / "2024-25", now=NOW, run_id="again")
    assert not summary.changed
    assert {entry.skip_rate for entry in summary.tables} == {1.0}
