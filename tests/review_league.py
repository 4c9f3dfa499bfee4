"""A league small enough to work out by hand: two games of 2022-23, six listed players, names that nobody registered has.

Written down once for the tests of the review: which names wait, and what a decision about them must change.
"""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa

from backcourt.calendar import DateRange
from backcourt.catalog import TABLES, table
from backcourt.names.normalise import player_lookup
from backcourt.names.registry_fill import fill_registry
from backcourt.names.resolve import resolve
from backcourt.names.review_acts import Act
from backcourt.names.review_perform import perform
from backcourt.names.review_rows import find
from backcourt.warehouse.base import Statement
from backcourt.warehouse.duckdb import DuckDBWarehouse
from backcourt.warehouse.publish import Publication, Scope, publish, staged_select
from once import once

SEASON = "2022-23"
FIRST, SECOND = date(2023, 1, 10), date(2023, 1, 12)
LOADED = datetime(2023, 1, 13, 9, tzinfo=UTC)
"""When the names were queued."""
NOW = datetime(2023, 1, 13, 12, tzinfo=UTC)
"""When they are reviewed: three hours later."""
ROBERT, JALEN, JAYLIN, HORFORD, SHAI, BROWN = 1629057, 1631114, 1631119, 201143, 1628983, 1627759
LISTED = (
    ("0022200001", FIRST, "BOS", "NOP", ROBERT, "Robert Williams III"),
    ("0022200001", FIRST, "BOS", "NOP", HORFORD, "Al Horford"),
    ("0022200001", FIRST, "BOS", "NOP", BROWN, "Jaylen Brown"),
    ("0022200002", SECOND, "OKC", "PHI", JALEN, "Jalen Williams"),
    ("0022200002", SECOND, "OKC", "PHI", JAYLIN, "Jaylin Williams"),
    ("0022200002", SECOND, "OKC", "PHI", SHAI, "Shai Gilgeous-Alexander"),
)
INJURIES, PARTNER, ODDS = "nbac_injury_report", "bdl_injuries", "odds_api_player_points_props"
TIMELORD = "Timelord Williams"
"""What no player is called: twice in the injury report, once at the partner (id 77), once in the odds, without a team."""
EITHER = "Jaelin Williams"
"""One letter from Jaylin, two from Jalen, of one team: once in the injury report, once in the odds."""
HOSTILE = (
    "🏀",
    "'); DROP TABLE nba_reference.name_decisions;--",
    "<script>alert(1)</script>[bold red]x[/bold red]",
    '=HYPERLINK("http://example.org","Click")',
    "\u202eretsbeW nehpetS\u202c \x1b[31mred",
    "محمد صلاح",
    "x" * 10_000,
)


def raw(session, name, rows, *, now=LOADED):
    """Publish rows of a raw table with their hashes, as a load does; columns that are left out are NULL."""
    found = table(name)
    types = {"STRING": pa.string(), "INT64": pa.int64(), "DATE": pa.date32(), "BOOL": pa.bool_(), "FLOAT64": pa.float64(),
             "TIMESTAMP": pa.timestamp("us", tz="UTC"), "ARRAY<INT64>": pa.list_(pa.int64())}  # fmt: skip
    columns = {c.name: pa.array([row.get(c.name) for row in rows], types[c.type]) for c in found.business_columns}
    plain = session.stage_arrow(f"plain_{name}", pa.table(columns))
    stage = session.stage_query(f"rows_{name}", staged_select(found, f"SELECT * FROM {plain}", ()))
    publish(session, Publication(found, stage, Scope("FALSE", {}), {"now": now}))


def game(game_id, day, home, away):
    """A planned game of the schedule."""
    return {"game_id": game_id, "game_code": f"{day:%Y%m%d}/{away}{home}", "game_date": day, "season": SEASON,
            "season_year": 2022, "season_type": "Regular Season", "game_status": 1, "home_team_tricode": home,
            "away_team_tricode": away, "home_team_id": 1, "away_team_id": 2}  # fmt: skip


def injury(name, team, game_id, day, hour=9):
    """A line of the injury report."""
    return {"report_date": day, "report_hour": hour, "game_id": game_id, "player_lookup": player_lookup(name),
            "game_date": day, "season_year": 2022, "team": team, "player_full_name": name,
            "injury_status": "out"}  # fmt: skip


def failure(name, team, day, *, processor="upcoming_player_game_context"):
    """A name that a computation missed."""
    return Statement(
        "INSERT INTO nba_processing.registry_failures (player_lookup, game_date, processor_name, team_abbr, season, "
        "game_id, status, occurrence_count, created_at, run_id) "
        "VALUES (@lookup, @day, @processor, @team, @season, NULL, 'pending', 1, @now, 'load')",
        {
            "lookup": player_lookup(name),
            "day": day,
            "processor": processor,
            "team": team,
            "season": SEASON,
            "now": LOADED,
        },
    )


def price(name, game_id, day):
    """A line of the betting market, which knows no teams."""
    return {"game_id": game_id, "player_lookup": player_lookup(name), "bookmaker": "draftkings", "game_date": day,
            "snapshot_timestamp": datetime(2023, 1, 10, 22, tzinfo=UTC), "season_year": 2022,
            "player_full_name": name, "points_line": 10.5}  # fmt: skip


def say(session, action, text, value=None, *, by, notes=None):
    """What a reviewer says of the name with an id: the player, the kind of rejection or the day is the value."""
    field = {"accept": "player_id", "reject": "outcome", "snooze": "until", "reopen": "until"}[action]
    given = "ignored" if action == "reject" and value is None else value
    return perform(session, [Act(find(session, text), action, notes=notes, **{field: given})], by)


def league(tmp_path_factory, tmp_path):
    """A copy of the league for one test."""
    return DuckDBWarehouse(Path(shutil.copy(once(tmp_path_factory, "review_league", _build), tmp_path / "w.duckdb")))


def _build(folder):
    """The league with the registry filled and every name asked once."""
    path = folder / "w.duckdb"
    warehouse = DuckDBWarehouse(path)
    with warehouse.write(TABLES) as session:
        raw(session, "nbac_schedule",
            [game("0022200001", FIRST, "BOS", "NOP"), game("0022200002", SECOND, "OKC", "PHI")])  # fmt: skip
        raw(
            session,
            "nbac_player_boxscore",
            [
                {"game_id": game_id, "game_date": day, "season_year": 2022, "player_id": player, "player_name": name,
                 "player_lookup": player_lookup(name), "team_abbr": team, "opponent_team_abbr": other, "is_home": True,
                 "minutes": 30}
                for game_id, day, team, other, player, name in LISTED
            ],
        )  # fmt: skip
        raw(
            session,
            INJURIES,
            [
                injury(TIMELORD, "BOS", "0022200001", FIRST),
                injury(TIMELORD, "BOS", "0022200001", FIRST, hour=10),
                injury(EITHER, "OKC", "0022200002", SECOND),
                injury("Al Horford", "BOS", "0022200001", FIRST),
                injury("Robert Williams", "BOS", "0022200001", FIRST),
                *(injury(name, "BOS", "0022200001", FIRST, hour=11 + n) for n, name in enumerate(HOSTILE)),
            ],
        )
        raw(
            session,
            PARTNER,
            [{"as_of_date": FIRST, "bdl_player_id": 77, "season_year": 2022, "player_lookup": player_lookup(TIMELORD),
              "player_full_name": TIMELORD, "team_abbr": "BOS", "injury_status": "Out"}],
        )  # fmt: skip
        raw(session, ODDS, [price(TIMELORD, "0022200001", FIRST), price(EITHER, "0022200002", SECOND)])
        session.transaction([failure(TIMELORD, "BOS", FIRST), failure(EITHER, "OKC", SECOND)])
        fill_registry(session, DateRange(FIRST, SECOND), run_id="load", now=LOADED)
        # The 5,000 players of all times are left out: what is decided here does not depend on them.
        session.transaction(
            [
                Statement(
                    "DELETE FROM nba_reference.nba_players_registry WHERE season = '' AND player_id NOT IN UNNEST(@ids)",
                    {"ids": [row[4] for row in LISTED]},
                )
            ]
        )
        resolve(session, run_id="load", now=LOADED)
    return path


def beginning(session):
    """What undoing everything must bring back: queue, aliases in force, decisions, failures, and every raw row."""
    return {
        name: session.query(f"SELECT * FROM {source} ORDER BY {order}").to_pylist()
        for name, source, order in (
            ("queue", "nba_reference.unresolved_player_names", "1, 2, 3, 4"),
            ("aliases", "(SELECT * FROM nba_reference.player_aliases WHERE is_active)", "1, 2, 3"),
            ("decisions", "nba_reference.name_decisions", "1, 2, 3, 4"),
            ("failures", "nba_processing.registry_failures", "1, 2, 3"),
            ("injuries", "(SELECT report_hour, player_lookup, player_id, data_hash FROM nba_raw.nbac_injury_report)", "1, 2"),
            ("partner", "(SELECT bdl_player_id, player_id, data_hash FROM nba_raw.bdl_injuries)", "1"),
            ("odds", "(SELECT player_lookup, player_id, data_hash FROM nba_raw.odds_api_player_points_props)", "1"),
        )
    }  # fmt: skip
