"""How many rows a game date should have in each computed table."""

from __future__ import annotations

from backcourt.backfill.gate import COUNTED, DATES, own_dates
from backcourt.calendar import BOOTSTRAP_DAYS
from backcourt.processors.base import Processor, part


def appearances(within: str = "IS NOT NULL", types: str = COUNTED) -> str:
    """SELECT of game_id, game_date, season_year and player_id of who played in which final game, by the raw box scores.

    The lines are those of player_game_summary; names without a player are not in it.

    Args:
        within: What the dates are, such as ``BETWEEN @start_date AND @end_date``, so that only those partitions are
            read; all by default.
        types: SQL list of the season types that count.
    """
    return f"""
    SELECT DISTINCT s.game_id, s.game_date, s.season_year, a.player_id
    FROM nba_raw.nbac_schedule AS s
    INNER JOIN (
{part("box_lines", within)}
    ) AS a ON a.game_id = s.game_id
    WHERE s.game_status = 3 AND s.season_type IN {types} AND s.game_date {within} AND a.player_id IS NOT NULL"""


_RANGE = "BETWEEN @start_date AND @end_date"
_SEEN = """
    SELECT d.game_date, COUNT(*) AS expected
    FROM ({dates}) AS d
    INNER JOIN (
      SELECT {who}, season_year, MIN(game_date) AS first_date FROM {source} GROUP BY {who}, season_year
    ) AS p ON p.season_year = d.season_year AND p.first_date < d.game_date
    WHERE d.day_number >= {bootstrap}
    GROUP BY d.game_date"""


def expected_rows(processor: Processor) -> str:
    """SELECT of game_date and expected: rows that the dates from @start_date to @end_date should have at most.

    Counted from the raw tables, so that a plan can say it before the tables in between are computed; takes @ahead.
    """
    name = processor.table.short
    played = (
        f"SELECT game_date, COUNT(*) AS expected FROM ({appearances()}) WHERE game_date {_RANGE} GROUP BY game_date"
    )
    if name in {"TOGS", "TDGS", "UTGC"}:
        return f"SELECT game_date, 2 * games AS expected FROM {own_dates(processor, f'({DATES})')}"
    if name in {"TDZA", "PSZA"}:
        team = name == "TDZA"
        return _SEEN.format(
            dates=DATES,
            who="team_abbr" if team else "player_id",
            bootstrap=BOOTSTRAP_DAYS,
            source="nba_raw.nbac_team_boxscore" if team else f"({appearances()})",
        )
    if processor.table.phase == "analytics":
        return played
    return (
        f"SELECT d.game_date, e.expected FROM ({DATES}) AS d INNER JOIN ({played}) AS e ON "
        f"e.game_date = d.game_date WHERE d.day_number >= {BOOTSTRAP_DAYS}"
    )


def least_per_game(processor: Processor) -> int:
    """Rows and failure records that a scheduled game brings at least: two teams, or ten players of each."""
    return 2 if processor.entity_type == "team" or "player_id" not in processor.table.key else 20
