"""Damaged warehouses at random, and what was planted in them: made without anything that looks for gaps.

Damage is plain SQL on a copy of a whole warehouse.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date

import duckdb
from league import (
    BOOK,
    BOX,
    COMPUTED,
    DAY,
    EVENTS,
    LAST,
    MLFS,
    PCF,
    PDC,
    PGS,
    PHASES,
    PLAYERS,
    PSZA,
    RAW,
    READS,
    SHOTS,
    TDGS,
    TDZA,
    TOGS,
    UPGC,
    UTGC,
)

from rehash import rehash_in

NULLED = {
    PGS: (("paint_attempts", "paint_attempts + 1", "paint_attempts IS NOT NULL"),),
    TDGS: (
        ("opp_paint_attempts", "NULL", "TRUE"),
        ("opp_paint_attempts", "opp_paint_attempts + 1", "TRUE"),
    ),
    TDZA: tuple((f"{zone}_defense_vs_league_avg", "NULL", "TRUE") for zone in ("paint", "mid_range", "three_pt")),
    PSZA: (("paint_pct_last_10", "NULL", "paint_rate_last_10 > 0"), ("games_in_sample_10", "0", "TRUE")),
    PCF: (
        ("opponent_strength_score", "NULL", "TRUE"),
        ("shot_zone_mismatch_score", "NULL", "shot_zone_mismatch_score IS NOT NULL"),
    ),
    MLFS: tuple(
        (name, "NULL", f"{name} IS NOT NULL")
        for name in (
            "points_avg_season",
            "fatigue_score",
            "shot_zone_mismatch_score",
            "opponent_def_rating",
            "pct_paint",
        )
    ),
}
"""Critical fields: column, value that is not valid, and which rows have a valid one. PDC's can never be NULL."""
ZEROED = {
    TDZA: ("paint_defense_vs_league_avg", "mid_range_defense_vs_league_avg", "three_pt_defense_vs_league_avg"),
    PSZA: ("paint_pct_last_10",),
    PCF: ("opponent_strength_score",),
    PDC: ("points_avg_season",),
    MLFS: ("points_avg_season", "opponent_def_rating"),
}
"""Critical fields that differ from team to team or from player to player on every date."""
CHANGED = {
    BOX: "team_name = concat(team_name, ' ')",
    PLAYERS: "plus_minus = plus_minus + 1",
    BOOK: "plus_minus = plus_minus + 1",
    SHOTS: "is_assisted = NOT is_assisted",
    EVENTS: "neutral_description = concat(neutral_description, ' ')",
    PGS: "turnovers = turnovers + 1",
    TOGS: "turnovers = turnovers + 1",
    TDGS: "turnovers_forced = turnovers_forced + 1",
    UPGC: "days_rest = days_rest + 1",
    UTGC: "travel_miles = travel_miles + 1",
    TDZA: "opponent_pace = opponent_pace + 1",
    PSZA: "three_pt_rate_last_10 = three_pt_rate_last_10 / 2",
    PCF: "pace_score = 0.5",
    PDC: "minutes_avg_last_10 = minutes_avg_last_10 + 1",
}
"""Values that no check knows: only who read them before can tell."""
UNTOUCHED = "hash as it was"
"""End of the story of rows that were changed behind their hash."""
LEDGERS = ("as it was", "agrees", "forgotten", "failed")
"""What becomes of the ledger's entry of a damaged date."""


@dataclass(frozen=True, order=True)
class Root:
    """What was planted: a gap, or (cascade) a row that changed after others had read it."""

    kind: str
    table: str
    day: date
    owners: tuple[object, ...] = ()


@dataclass
class Planted:
    """What a warehouse was given, with its story for a failing test."""

    roots: list[Root] = field(default_factory=list)
    story: list[str] = field(default_factory=list)

    @property
    def gaps(self):
        """Kind, table and date of the gaps that their own table shows."""
        return {(root.kind, root.table, root.day) for root in self.roots if root.kind != "cascade"}


def plant(path, league, seed):
    """Damage a warehouse as the seed says; returns what was planted."""
    draw = random.Random(seed)
    planted = Planted()
    number = draw.choice((0, 1, 1, 1, 2, 2, 2, 3, 3, 3))
    connection = duckdb.connect(str(path))
    try:
        for _ in range(number):
            # Now and then one date is damaged in two ways.
            again = draw.random() < 0.15 and planted.roots
            table = planted.roots[-1].table if again else draw.choice(draw.choice(PHASES))
            kinds = ["missing_date", "partial_data"]
            kinds += ["null_field"] * (table in NULLED) + ["zero_value"] * (table in ZEROED)
            _plant(
                connection, league, draw, planted, table, draw.choice(kinds), planted.roots[-1].day if again else None
            )
    finally:
        connection.close()
    if planted.roots and draw.random() < 0.15:
        _build_on(path, planted)
    connection = duckdb.connect(str(path))
    if number and draw.random() < 0.3:
        _change(connection, league, draw, planted, draw.choice([*CHANGED]))
    elif planted.roots and draw.random() < 0.2:
        table = draw.choice(COMPUTED)
        connection.execute("DELETE FROM nba_processing.backfill_ledger WHERE table_name = ?", [table])
        planted.story.append(f"the ledger forgot {table}")
    connection.close()
    return planted


def _plant(connection, league, draw, planted, table, kind, start=None):
    """One gap on one date, or on two or three neighbouring ones."""
    possible = league.possible(table)
    first = possible.index(start) if start else draw.randrange(len(possible))
    for day in possible[first : first + draw.choice((1, 1, 2, 3))]:
        before = {root.kind for root in planted.roots if (root.table, root.day) == (table, day)}
        values = {"null_field", "zero_value"}
        if (before and kind == "missing_date") or (kind in values and before & values):
            continue  # The second would hide the first.
        damage = {"missing_date": _delete, "partial_data": _thin, "null_field": _null, "zero_value": _zero}[kind]
        how = damage(connection, league, draw, table, day)
        if how:
            planted.roots.append(Root(kind, table, day))
            if (how.endswith(UNTOUCHED) and kind != "null_field") or (table == MLFS and kind == "zero_value"):
                # The hash gives it away as well, or the array of features, which is no longer its columns.
                planted.roots.append(Root("null_field", table, day))
            ledger = draw.choice(LEDGERS if kind == "missing_date" else LEDGERS[:3])
            if table in COMPUTED:
                _amend(connection, table, day, ledger)
            planted.story.append(f"{kind} {table} {day}: {how}; ledger {ledger}")


def _where(table, day):
    return f"{DAY.get(table, 'game_date')} = DATE '{day}'"


def _ids(connection, table, day, condition="TRUE"):
    """The row numbers of a date, always in the same order."""
    rows = connection.execute(
        f"SELECT rowid FROM {table} WHERE {_where(table, day)} AND ({condition}) ORDER BY rowid"
    ).fetchall()
    return [row[0] for row in rows]


def _delete(connection, _league, _draw, table, day):
    if not _ids(connection, table, day):
        return ""
    connection.execute(f"DELETE FROM {table} WHERE {_where(table, day)}")
    return "every row deleted"


def _thin(connection, league, draw, table, day):
    """Rows too few or too many: a game, a side, some rows, or rows that stand there twice."""
    if len(_ids(connection, table, day)) < 4:
        return ""
    game = draw.choice(league.games[day])[1]
    of_game = f"game_id = '{game}'"
    ways = {
        BOX: ("game", "wrong"),
        PLAYERS: ("game", "wrong"),
        BOOK: ("game", "wrong"),
        SHOTS: ("game",),
        EVENTS: ("game",),
    }
    way = draw.choice(("some", "double", *ways.get(table, ())))
    if way == "double":
        chosen = _ids(connection, table, day, of_game if table in RAW else "TRUE")
        chosen = draw.sample(chosen, draw.randint(1, len(chosen))) if table != BOX else chosen
        connection.execute(f"INSERT INTO {table} SELECT * FROM {table} WHERE list_contains(?, rowid)", [chosen])
        return f"{len(chosen)} rows doubled"
    if way == "wrong":
        chosen = [draw.choice(_ids(connection, table, day, f"{of_game} AND points > 0"))]
        return _update(connection, draw, table, chosen, "points = points + 1")
    if way == "game":
        connection.execute(f"DELETE FROM {table} WHERE {_where(table, day)} AND {of_game}")
        return f"game {game} deleted"
    seen = {
        BOX: of_game,
        PLAYERS: f"{of_game} AND points > 0",
        BOOK: f"{of_game} AND points > 0",
        SHOTS: of_game,
        EVENTS: f"{of_game} AND event_type = 1",
        UPGC: "EXISTS (SELECT 1 FROM nba_raw.nbac_player_boxscore AS b WHERE b.game_id = "
        f"{UPGC.partition('.')[2]}.game_id AND b.player_id = {UPGC.partition('.')[2]}.player_id)",
    }
    chosen = _ids(connection, table, day, seen.get(table, "TRUE"))
    least = 3 if table in {SHOTS, EVENTS} else 1
    if len(chosen) < least + 1:
        return ""
    chosen = draw.sample(chosen, draw.randint(least, max(least, len(chosen) // 3)))
    connection.execute(f"DELETE FROM {table} WHERE list_contains(?, rowid)", [chosen])
    return f"{len(chosen)} rows deleted"


def _null(connection, _league, draw, table, day):
    column, value, condition = draw.choice(NULLED[table])
    chosen = _ids(connection, table, day, condition)
    if not chosen:
        return ""
    chosen = draw.sample(chosen, draw.randint(max(1, len(chosen) // 10), len(chosen)))
    return _update(connection, draw, table, chosen, f"{column} = {value}")


def _zero(connection, _league, draw, table, day):
    column = draw.choice(ZEROED[table])
    everywhere = _ids(connection, table, day)
    value = draw.choice(("0", "0", "1.25"))
    share = draw.choice((0.7, 1)) if value == "0" else 1
    chosen = draw.sample(everywhere, int(share * len(everywhere)))
    if not chosen:
        return ""
    return _update(connection, draw, table, chosen, f"{column} = {value}")


def _update(connection, draw, table, chosen, assignment, *, touched=None):
    """Change rows, with their hash or behind it."""
    touched = draw.random() < 0.5 if touched is None else touched
    connection.execute(f"UPDATE {table} SET {assignment} WHERE list_contains(?, rowid)", [chosen])
    if touched:
        rehash_in(connection, table, "list_contains(?, rowid)", [chosen])
    return f"{assignment} in {len(chosen)} rows, {'hash changed' if touched else UNTOUCHED}"


def _amend(connection, table, day, how):
    """What the ledger says of a damaged date."""
    entry = f"FROM nba_processing.backfill_ledger WHERE table_name = '{table}' AND game_date = DATE '{day}'"
    if how == "forgotten":
        connection.execute(f"DELETE {entry}")
    elif how != "as it was":
        failed = ", status = 'failed', reason = 'MISSING_DEPENDENCY'" if how == "failed" else ""
        connection.execute(
            f"UPDATE nba_processing.backfill_ledger SET row_count = (SELECT count(*) FROM {table} WHERE "
            f"{_where(table, day)}){failed} {entry.partition('backfill_ledger')[2]}"
        )


def _change(connection, league, draw, planted, table):
    """Other values in a few rows of a date, after everything was computed."""
    possible = [day for day in league.possible(table) if not any(r.day == day for r in planted.roots)]
    day = draw.choice(possible)
    chosen = _ids(connection, table, day)
    if not chosen:
        return
    chosen = draw.sample(chosen, draw.randint(1, min(5, len(chosen))))
    owner = {PGS: "player_id", TDGS: "defending_team_abbr", TOGS: "team_abbr"}.get(table)
    owners = ()
    if owner:
        rows = connection.execute(
            f"SELECT DISTINCT {owner} FROM {table} WHERE list_contains(?, rowid) ORDER BY 1", [chosen]
        ).fetchall()
        owners = tuple(row[0] for row in rows)
    how = _update(connection, draw, table, chosen, CHANGED[table], touched=True)
    planted.roots.append(Root("cascade", table, day, owners))
    planted.story.append(f"cascade {table} {day}: {how}")


def _build_on(path, planted):
    """Compute what reads the damaged tables again, as one does who looks at nothing: the ledger knows no change then."""
    from datetime import UTC, datetime

    from backcourt.backfill.request import Request, RunIdentity
    from backcourt.backfill.run import run
    from backcourt.calendar import DateRange
    from backcourt.processors.registry import select
    from backcourt.warehouse.duckdb import DuckDBWarehouse

    if any("doubled" in line for line in planted.story):
        return  # A run refuses keys that stand there twice, for all dates that it takes together.
    damaged = {root.table for root in planted.roots}
    behind: list[str] = []
    for table in COMPUTED:
        if table not in damaged and not {*READS[table]}.isdisjoint({*damaged, *behind}):
            behind.append(table)
    if not behind:
        return
    first = min(root.day for root in planted.roots)
    run(
        DuckDBWarehouse(path),
        Request(
            DateRange(first, LAST),
            select(tables=tuple(behind)),
            RunIdentity("unsuspecting", datetime(2025, 6, 1, tzinfo=UTC)),
            validation="force",
            reprocess=frozenset({"all"}),
        ),
    )
    planted.story.append(f"then {', '.join(behind)} computed from {first} on")
