"""`backcourt demo` and `backcourt simulate`: an invented season, from files to features."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from backcourt.answers.model import Answer, Rows
from backcourt.cli.options import new_run_id, now

_LEADERS = """
SELECT player_full_name AS player, ANY_VALUE(team_abbr) AS team, COUNT(*) AS games,
  ROUND(SAFE_DIVIDE(SUM(points), COUNT(*)), 1) AS points,
  ROUND(SAFE_DIVIDE(SUM(assists), COUNT(*)), 1) AS assists,
  ROUND(SAFE_DIVIDE(SUM(offensive_rebounds + defensive_rebounds), COUNT(*)), 1) AS rebounds,
  ROUND(SAFE_DIVIDE(100 * SUM(points), 2 * SUM(100 * fg_attempts + 44 * ft_attempts)), 3) AS true_shooting
FROM nba_analytics.player_game_summary
WHERE season_type = 'Regular Season'
GROUP BY player_id, player_full_name
HAVING COUNT(*) >= 40
ORDER BY points DESC, player
LIMIT 10"""

_FEATURES = """
SELECT f.*
FROM nba_predictions.ml_feature_store_v2 AS f
WHERE f.game_date = (SELECT MAX(game_date) FROM nba_predictions.ml_feature_store_v2)
ORDER BY f.points_avg_season DESC, f.player_id
LIMIT 1"""


def demo(
    folder: Annotated[Path, typer.Option("--out", help="Folder for the season's files and the warehouse.")] = Path(
        "demo"
    ),
    season: Annotated[str, typer.Option(help="Season to invent.")] = "2021-22",
    seed: Annotated[int, typer.Option(help="The same seed gives the same season.")] = 20211019,
) -> Answer:
    """Invent a season, load it, compute every table and show the result."""
    from backcourt.answers.terminal import say
    from backcourt.backfill.context import RunContext
    from backcourt.backfill.request import Request, RunIdentity
    from backcourt.backfill.run import run as run_processors
    from backcourt.calendar import DateRange
    from backcourt.catalog.features import FEATURES
    from backcourt.cli.asking import show
    from backcourt.cli.load import answer
    from backcourt.cli.query import rows_of
    from backcourt.cli.run import progress_bar
    from backcourt.integrity import tables
    from backcourt.processors.registry import registry
    from backcourt.simulate import write_season
    from backcourt.sources.season import load_season
    from backcourt.warehouse.duckdb import DuckDBWarehouse

    say(f"Season {season} of an invented league: real team codes, but every player, game and number is made up.")
    files = folder / season
    write_season(files, season=season, seed=seed)
    warehouse = DuckDBWarehouse(folder / "warehouse.duckdb")
    identity = RunIdentity(new_run_id(), now())
    show(replace(answer(load_season(warehouse, files, now=identity.now, run_id=identity.run_id)), next=()))
    with warehouse.read() as session:
        first, last = session.rows("SELECT MIN(game_date) AS a, MAX(game_date) AS b FROM nba_raw.nbac_schedule")[0]
    span = DateRange(first, last)  # type: ignore[arg-type] # the column is a DATE
    with progress_bar(enabled=True) as progress:
        result = run_processors(warehouse, Request(span, registry(), identity), context=RunContext(progress=progress))
    with warehouse.read() as session:
        leaders = rows_of(session.query(_LEADERS))
        row = session.query(_FEATURES).to_pylist()[0]
    features = Rows(
        ("feature", "value", "unit", "source", "meaning"),
        [
            (item.name, row["features"][number], item.unit, row["feature_sources"][number], item.description)
            for number, item in enumerate(FEATURES)
        ],
        ("value",),
        f"feature row of {row['player_lookup']} ({row['team_abbr']} against {row['opponent_team_abbr']}, "
        f"{row['game_date']}), quality {row['feature_quality_score']}",
    )
    name = warehouse.name
    after = [
        "try next:",
        "  backcourt tables show MLFS                       what every column means",
        f"  backcourt run {span.options} --warehouse {name}",
        "                                                   a second run writes nothing",
        f'  backcourt query "SELECT * FROM nba_precompute.team_defense_zone_analysis LIMIT 5" --warehouse {name}',
        "  backcourt load season DIR                        your own season",
    ]
    title = "Scoring leaders of the invented season (true_shooting is a fraction)"
    return Answer("", [tables.results(result.tables), title, *leaders.parts, leaders.verdict, features, *after])


def simulate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write, one subfolder per season.")],
    first_season: Annotated[str, typer.Option(help="First season.")] = "2021-22",
    seasons: Annotated[int, typer.Option(min=1, max=50, help="How many consecutive seasons.")] = 1,
    seed: Annotated[int, typer.Option(help="The same seed gives the same league.")] = 20211019,
) -> Answer:
    """Write seasons of an invented league as files that `backcourt load season` reads.

    2019-20 and 2020-21 follow the league's calendars of those years: broken off and ended in October, 72 games a team.
    """
    from backcourt.simulate import write_league

    written = write_league(folder, first_season=first_season, seasons=seasons, seed=seed)
    lines = [f"{summary.season}: written to {folder / summary.season}" for summary in written]
    return Answer("", lines, [f"backcourt load season {folder / first_season}"])
