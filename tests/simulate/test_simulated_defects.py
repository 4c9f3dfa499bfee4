"""Each planted defect is visible, and nothing else changes with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from backcourt.errors import BackcourtError
from backcourt.simulate import (
    BAD_LINE_RULES,
    BadTeamLine,
    Defect,
    GameLoadedTwice,
    MissingDate,
    MisspeltNames,
    NullZones,
    SeasonSummary,
    write_season,
)

MISSING = dt.date(2021, 12, 4)
BLIND = (dt.date(2021, 11, 10), dt.date(2021, 11, 12))
TWICE = "0022100100"
BROKEN = {rule: f"00221002{number:02d}" for number, rule in enumerate(BAD_LINE_RULES)}
DEFECTS: tuple[Defect, ...] = (
    MissingDate(MISSING),
    NullZones(BLIND),
    GameLoadedTwice(TWICE),
    MisspeltNames(0.05),
    *(BadTeamLine(game_id, rule, home=rule != "points") for rule, game_id in BROKEN.items()),
)


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> SeasonSummary:
    """The session's season once more, with every defect."""
    return write_season(tmp_path_factory.mktemp("spoilt") / "2021-22", defects=DEFECTS)


@pytest.fixture(scope="module")
def bad(spoilt: SeasonSummary, connect: Callable[[Path], duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    """Views of the spoilt season."""
    return connect(spoilt.folder)


def rows(db: duckdb.DuckDBPyConnection, sql: str) -> list[Any]:
    """All rows of a query."""
    return db.execute(sql).fetchall()


def test_a_missing_date_is_only_on_the_schedule(bad: duckdb.DuckDBPyConnection) -> None:
    """Final on the schedule; no box score, shot or event."""
    games = f"SELECT game_id FROM schedule WHERE game_date = DATE '{MISSING}' AND status = 'Final'"
    assert rows(bad, games)
    for table in ("team_boxscores", "player_boxscores", "player_boxscores_v3", "shots", "play_by_play"):
        assert rows(bad, f"SELECT count(*) FROM {table} WHERE game_id IN ({games})") == [(0,)]


def test_null_zones_have_shots_without_coordinates(bad: duckdb.DuckDBPyConnection) -> None:
    """Coordinates are NULL on exactly those dates."""
    found = rows(bad, "SELECT DISTINCT game_date FROM shots WHERE loc_x IS NULL AND loc_y IS NULL ORDER BY 1")
    assert tuple(date for (date,) in found) == BLIND
    assert rows(bad, f"SELECT count(*) FROM shots WHERE loc_x IS NOT NULL AND game_date = DATE '{BLIND[0]}'") == [(0,)]


def test_a_game_loaded_twice_has_every_line_twice(bad: duckdb.DuckDBPyConnection) -> None:
    """Team and player lines of the game, and of no other, are there twice."""
    for table, player in (
        ("team_boxscores", "team_id"),
        ("player_boxscores", "player_id"),
        ("player_boxscores_v3", "person_id"),
    ):
        found = rows(bad, f"SELECT game_id, {player}, count(*) FROM {table} GROUP BY ALL HAVING count(*) > 1")
        assert {game for game, _, _ in found} == {TWICE}
        assert {count for _, _, count in found} == {2}
        assert len(found) == rows(bad, f"SELECT count(DISTINCT {player}) FROM {table} WHERE game_id = '{TWICE}'")[0][0]


CHECKS = {
    "points": "pts <> 2 * (fgm - fg3m) + 3 * fg3m + ftm",
    "rebounds": "oreb + dreb <> reb",
    "made_over_attempted": "fgm > fga OR ftm > fta OR fg3m > fg3a",
    "threes_made_over_made": "fg3m > fgm",
    "threes_attempted_over_attempted": "fg3a > fga",
    "minutes": "abs(min - 240 - 25 * (periods - 4)) > 5",
    "plus_minus": "abs(plus_minus) <> abs(home_score - away_score)",
}


@pytest.mark.parametrize("rule", BAD_LINE_RULES)
def test_a_bad_line_breaks_its_rule(bad: duckdb.DuckDBPyConnection, rule: str) -> None:
    """One line of the named game breaks the rule: the home team's, unless told otherwise."""
    found = rows(bad, f"SELECT game_id, is_home FROM team_boxscores JOIN schedule USING (game_id) WHERE {CHECKS[rule]}")
    assert (BROKEN[rule], rule != "points") in found
    others = {game_id for game_id, _ in found} - {BROKEN[rule]}
    # More threes than baskets also upset points and attempts; every other rule stands alone.
    assert others <= {BROKEN["threes_made_over_made"]}


def test_misspelt_names_are_about_as_many_as_asked(bad: duckdb.DuckDBPyConnection) -> None:
    """About 5 % of the players are misspelt per file; box scores and ids stay right."""
    for table, column, key in (
        ("roster_snapshots", "player_name", "player_id"),
        ("injury_report", "player_name", "player_id"),
        ("rosters_bref", "bref_name", "nba_id"),
    ):
        wrong = (
            f"SELECT r.{key} FROM {table} r JOIN players p ON p.player_id = r.{key} WHERE r.{column} <> p.player_name"
        )
        share = rows(bad, f"SELECT count(DISTINCT {key}) / (SELECT count(DISTINCT {key}) FROM {table}) FROM ({wrong})")
        assert 0.01 < share[0][0] < 0.11, table
    known = "(SELECT player_name FROM players)"
    props = f"SELECT count(DISTINCT player_name) FROM player_props WHERE player_name NOT IN {known}"
    assert rows(bad, props)[0][0] > 3
    assert rows(
        bad,
        "SELECT count(*) FROM player_boxscores b JOIN players p USING (player_id) WHERE b.player_name <> p.player_name",
    ) == [(0,)]


def test_everything_else_stays_the_same(season: SeasonSummary, spoilt: SeasonSummary) -> None:
    """A second run with defects writes the same bytes wherever no defect was planted."""
    for name in ("schedule", "players", "game_lines"):
        assert (season.folder / f"{name}.parquet").read_bytes() == (spoilt.folder / f"{name}.parquet").read_bytes()


@pytest.mark.parametrize(
    "defect",
    [
        MissingDate(dt.date(2021, 11, 25)),
        GameLoadedTwice("0022109999"),
        BadTeamLine("0022200001", "points"),
        NullZones((dt.date(2022, 8, 1),)),
    ],
)
def test_a_defect_that_fits_nothing_is_refused(defect: Defect) -> None:
    """A date without games or an unknown game is an error, not a silent no-op."""
    import pyarrow as pa

    from backcourt.simulate.planting import plant
    from backcourt.simulate.schemas import SCHEMAS

    with pytest.raises(BackcourtError, match="in this season"):
        plant({name: pa.Table.from_pylist([], schema) for name, schema in SCHEMAS.items()}, [defect], [1])


def test_defects_check_their_own_arguments() -> None:
    """A share outside 0..1 and an unknown rule are refused when the defect is made."""
    with pytest.raises(BackcourtError, match="fraction"):
        MisspeltNames(1.5)
    with pytest.raises(BackcourtError, match="points"):
        BadTeamLine("0022100001", "pionts")


def test_untouched_games_are_the_same_rows(db: duckdb.DuckDBPyConnection, spoilt: SeasonSummary) -> None:
    """Two runs of one seed agree row by row on every game without a defect."""
    touched = [TWICE, *BROKEN.values()]
    for name in ("team_boxscores", "player_boxscores", "player_boxscores_v3", "shots"):
        dates = ", ".join(f"DATE '{date}'" for date in (MISSING, *BLIND))
        where = f"game_date NOT IN ({dates}) AND game_id NOT IN {tuple(touched)}"
        again = f"SELECT * FROM '{spoilt.folder / name}.parquet' WHERE {where}"
        assert rows(db, f"(SELECT * FROM {name} WHERE {where}) EXCEPT ALL ({again}) LIMIT 3") == []
        assert rows(db, f"({again}) EXCEPT ALL (SELECT * FROM {name} WHERE {where}) LIMIT 3") == []
