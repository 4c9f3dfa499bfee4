"""What the page and the runbook about names show: two games that came from a source which knows names only.

Some of the names are misspelt as sources misspell them, and one fits two men of one team.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import transcripts
from markup import ROOT
from transcripts import Section, Stage

PAGE = ROOT / "docs" / "name-resolution.md"
FIRST, LAST = "2022-04-04", "2022-04-10"
"""The week of the two games."""
_GAMES = "('0022101203', '0022101217')"
"""2022-04-08 and 2022-04-09, both with the same team."""
_SPELLED = {
    "Clay Elmgate III": ("Clay Elmgate", "clayelmgate"),
    "Osric Vantstead II": ("Osric Vantstead", "osricvantstead"),
    "Jonathan Selkwell": ("Jon Selkwell", "jonselkwell"),
    "Cameron Kelwick": ("Cam Kelwick", "camkelwick"),
    "Delroy Pemwick": ("Delroy Pemwik", "delroypemwik"),
    "Jaylen Dunmont": ("Jallen Dunmont", "jallendunmont"),
}
"""Names as the league prints them, and as the source does."""
_TWIN = "(2021, 9009999, 'jalendunmont', 'Jalen Dunmont', 'SAC', 'G', NULL, TRUE, '0000000000000001', now())"
"""A roster's row of a team mate of Jaylen Dunmont who has not played yet."""
_SUMS = (
    "points, field_goals_made, field_goals_attempted, three_pointers_made, three_pointers_attempted, free_throws_made, "
    "free_throws_attempted, offensive_rebounds, defensive_rebounds, total_rebounds, assists, steals, blocks, "
    "turnovers, personal_fouls"
)
_AFTERWARDS = ("nbac_schedule", "nbac_team_boxscore", "nbac_player_boxscore", "nbac_gamebook_player_stats")
"""Tables that end with the week, so that what stands on it is computed for days, not for months."""


def names_only(path: Path) -> None:
    """Put the lines of Ball Don't Lie in the place of the league's box scores of the two games."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"INSERT INTO nba_raw.nbac_player_list_current VALUES {_TWIN}")
        connection.execute(
            "INSERT INTO nba_raw.bdl_player_boxscores (game_id, game_date, season_year, player_lookup, "
            f"player_full_name, home_team_abbr, away_team_abbr, team_abbr, minutes, {_SUMS}, data_hash, processed_at) "
            "SELECT g.game_id, g.game_date, g.season_year, g.player_lookup, g.player_name, s.home_team_tricode, "
            "s.away_team_tricode, g.team_abbr, format('{}:{:02}', g.seconds_played // 60, g.seconds_played % 60), "
            f"{_SUMS}, md5(g.data_hash)[:16], g.processed_at FROM nba_raw.nbac_gamebook_player_stats AS g "
            f"JOIN nba_raw.nbac_schedule AS s USING (game_id) WHERE g.game_id IN {_GAMES} AND g.seconds_played > 0"
        )
        for name, (spelled, lookup) in _SPELLED.items():
            connection.execute(
                "UPDATE nba_raw.bdl_player_boxscores SET player_full_name = $1, player_lookup = $2 "
                "WHERE player_full_name = $3",
                [spelled, lookup, name],
            )
        for table in ("nbac_gamebook_player_stats", "nbac_player_boxscore"):
            connection.execute(f"DELETE FROM nba_raw.{table} WHERE game_id IN {_GAMES}")
        for name in ("bdl_player_boxscores", "nbac_player_list_current"):
            _hashed(connection, name)


def _hashed(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Give the rows of a raw table the hashes that a load would have given them: others get no ids."""
    from backcourt.catalog import table
    from backcourt.warehouse.content import content_hash
    from backcourt.warehouse.translation import translate

    found = table(name)
    sql = translate(f"SELECT {content_hash(found)} AS h FROM {found.full_name}").sql
    hashed = sql.partition("SELECT ")[2].rpartition(" AS h")[0]
    connection.execute(f"UPDATE {found.full_name} SET data_hash = {hashed}")


def late_registry(path: Path) -> None:
    """The same at the end of that week, and the registry was never filled: the players of both games were missed."""
    from backcourt.backfill.request import Request, RunIdentity
    from backcourt.backfill.run import run
    from backcourt.calendar import DateRange
    from backcourt.processors.registry import select
    from backcourt.warehouse.duckdb import DuckDBWarehouse

    names_only(path)
    with duckdb.connect(str(path)) as connection:
        for table in _AFTERWARDS:
            connection.execute(f"DELETE FROM nba_raw.{table} WHERE game_date > '{LAST}'")
        for table in ("nba_players_registry", "name_decisions", "unresolved_player_names", "player_aliases"):
            connection.execute(f"DELETE FROM nba_reference.{table}")
        connection.execute(
            "DELETE FROM nba_reference.processor_run_history WHERE processor_name = 'nba_players_registry'"
        )
    summary = select(phase=3)[:1]
    identity = RunIdentity("late", datetime(2022, 4, 11, tzinfo=UTC))
    result = run(DuckDBWarehouse(path), Request(DateRange(date(2022, 4, 8), date(2022, 4, 9)), summary, identity))
    if result.problems:
        raise RuntimeError(f"the players could not be lost: {result.problems[0]}")


def _asked(stage: Stage) -> None:
    """The two games by name, and a registry that knows everybody, the twin too."""
    names_only(stage.warehouse)
    stage.sql(
        "INSERT INTO nba_reference.nba_players_registry SELECT * REPLACE ('nba_9009999' AS universal_player_id, "
        "9009999 AS player_id, 'jalendunmont' AS player_lookup, 'Jalen Dunmont' AS player_name) "
        "FROM nba_reference.nba_players_registry WHERE player_name = 'Jaylen Dunmont' AND team_abbr = 'SAC'"
    )


SECTIONS = {"shown": Section(before={1: _asked}, statuses={1: 1})}


def parts(build: Path, warehouse: Path) -> dict[str, str]:
    """The outputs of the page's commands, as ``transcripts.parts``."""
    return transcripts.parts(build, warehouse, PAGE, SECTIONS)
