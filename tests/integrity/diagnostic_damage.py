"""For the diagnostic queries of data the damage that each is for, and the answer that it must give then.

Each function takes a connection inside a transaction, changes what stands there, and returns the expected rows: for
queries whose answer is empty on an intact warehouse from what it has planted, for the others counted in plain Python
from the stored rows. Expected rows name the columns that are compared.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

from backcourt.catalog import table
from backcourt.processors.registry import registry

DAY, LATER = date(2021, 12, 4), date(2022, 1, 12)
THEN = datetime(2026, 2, 1, tzinfo=UTC)
COUNTED = "season_type IN ('Regular Season', 'Play-In', 'Playoffs', 'Cup Final')"
RAW = (
    "nbac_schedule",
    "nbac_team_boxscore",
    "nbac_player_boxscore",
    "nbac_gamebook_player_stats",
    "nbac_shot_chart",
    "nbac_play_by_play",
    "nbac_injury_report",
    "odds_api_player_points_props",
    "odds_api_game_lines",
    "espn_team_rosters",
    "nbac_player_list_current",
)
SUMS = ("points", "offensive_rebounds", "assists", "steals", "blocks", "turnovers", "personal_fouls")
_FAILURE = (
    "INSERT INTO nba_processing.{}_failures (processor_name, analysis_date, entity_id, entity_type, failure_category, "
    "failure_reason, can_retry, is_correctable, run_id, created_at) VALUES (?, ?, ?, ?, ?, ?, TRUE, TRUE, 'r', ?)"
)


def rows(db, sql, *values):
    """The rows of a DuckDB statement."""
    return db.execute(sql, list(values)).fetchall()


def one(db, sql, *values):
    """The first row of a DuckDB statement."""
    return rows(db, sql, *values)[0]


def coverage_by_month(db, *, damaged=True):
    """One date of PDC is not in the ledger, and one of PCF has failed."""
    if damaged:
        where = "WHERE game_date = ? AND table_name = "
        db.execute(f"DELETE FROM nba_processing.backfill_ledger {where}'nba_precompute.player_daily_cache'", [DAY])
        db.execute(
            f"UPDATE nba_processing.backfill_ledger SET status = 'failed', row_count = 0 {where}"
            "'nba_precompute.player_composite_factors'",
            [DAY],
        )
    ledger = {row[:2]: row[2:] for row in rows(db, "SELECT table_name, game_date, status, row_count FROM "
                                               "nba_processing.backfill_ledger")}  # fmt: skip
    dates = {
        row[0] for row in rows(db, f"SELECT game_date FROM nba_raw.nbac_schedule WHERE game_status = 3 AND {COUNTED}")
    }
    found = {}
    for processor in registry():
        for day in dates:
            name = processor.table.full_name
            status, written = ledger.get((name, day), (None, 0))
            cell = found.setdefault((name, f"{day:%Y-%m}"), Counter())
            cell.update({"game_dates": 1, status or "never_computed": 1, "rows_written": written or 0})
    columns = ("game_dates", "done", "skipped", "failed", "never_computed", "rows_written")
    return [
        {"table_name": name, "month": month, **{column: cell[column] for column in columns}}
        for (name, month), cell in sorted(found.items())
    ]


def failed_dates(db):
    """TDZA failed on a date for want of an upstream, and a player's record is not the date's."""
    db.execute(
        "UPDATE nba_processing.backfill_ledger SET status = 'failed', reason = 'MISSING_DEPENDENCY', attempt = 3 "
        "WHERE table_name = 'nba_precompute.team_defense_zone_analysis' AND game_date = ?",
        [DAY],
    )
    name = "team_defense_zone_analysis"
    for entity, reason in (("DATE_LEVEL", "nothing upstream"), ("BOS", "another reason")):
        db.execute(_FAILURE.format("precompute"), [name, DAY, entity, "date", "MISSING_DEPENDENCY", reason, THEN])
    return [
        {
            "game_date": DAY,
            "table_name": f"nba_precompute.{name}",
            "reason": "MISSING_DEPENDENCY",
            "failure_reason": "nothing upstream",
            "can_retry": True,
            "attempt": 3,
        }
    ]


def failures_by_week(db, *, damaged=True):
    """A bug is recorded for two players of a week in which there was none."""
    if damaged:
        for entity in ("1", "2"):
            values = ["player_game_summary", DAY, entity, "player", "PROCESSING_ERROR", "a bug", THEN]
            db.execute(_FAILURE.format("analytics"), values)
    (opening,) = one(db, f"SELECT MIN(game_date) FROM nba_raw.nbac_schedule WHERE {COUNTED}")
    columns = "processor_name, failure_category, analysis_date, entity_id"
    found = {}
    for phase in ("analytics", "precompute"):
        for name, category, day, entity in rows(db, f"SELECT {columns} FROM nba_processing.{phase}_failures"):
            found.setdefault(((day - opening).days // 7, name, category), []).append((day, entity))
    return [
        {
            "season": "2021-22",
            "week": week,
            "table_name": name,
            "failure_category": category,
            "records": len(records),
            "entities": len({entity for _, entity in records}),
            "first_date": min(records)[0],
            "last_date": max(records)[0],
        }
        for (week, name, category), records in sorted(found.items())
    ]


def untracked_players(db):
    """A feature row is gone, a cache's record is gone; on a bootstrap date nobody is missed."""
    gone = one(
        db,
        "SELECT game_id, player_id, player_lookup FROM nba_predictions.ml_feature_store_v2 WHERE game_date = ? "
        "ORDER BY ALL LIMIT 1",
        DAY,
    )
    db.execute("DELETE FROM nba_predictions.ml_feature_store_v2 WHERE game_id = ? AND player_id = ?", gone[:2])
    forgotten = one(
        db,
        "SELECT entity_id FROM nba_processing.precompute_failures WHERE processor_name = 'player_daily_cache' AND "
        "analysis_date = ? AND failure_category = 'INSUFFICIENT_DATA' ORDER BY ALL LIMIT 1",
        DAY,
    )[0]
    db.execute(
        "DELETE FROM nba_processing.precompute_failures WHERE processor_name = 'player_daily_cache' AND "
        "analysis_date = ? AND entity_id = ?",
        [DAY, forgotten],
    )
    listed = one(
        db,
        "SELECT game_id, player_id, player_lookup FROM nba_analytics.upcoming_player_game_context WHERE game_date = ? "
        "AND player_id = ?",
        DAY,
        int(forgotten),
    )
    names = ("game_id", "player_id", "player_lookup")
    return [
        {"game_date": DAY, "table_name": name, **dict(zip(names, who, strict=True))}
        for name, who in (("ml_feature_store_v2", gone), ("player_daily_cache", listed))
    ]


def critical_fields(db):
    """Each judged field is lost: one row's, or all of a date."""
    tdza, pcf = "nba_precompute.team_defense_zone_analysis", "nba_precompute.player_composite_factors"
    psza, mlfs = "nba_precompute.player_shot_zone_analysis", "nba_predictions.ml_feature_store_v2"
    days = [
        row[0] for row in rows(db, f"SELECT DISTINCT analysis_date FROM {tdza} WHERE analysis_date > ? ORDER BY 1", DAY)
    ]
    plan = (
        # table, its date column, column that is lost, field, rows that are judged, rows that are lost (0 for all)
        ("nba_analytics.team_defense_game_summary", "game_date", "opp_mid_range_attempts", "zone attempts add up",
         "TRUE", 0),
        (tdza, "analysis_date", "mid_range_defense_vs_league_avg", "three zones against the league", "TRUE", 1),
        (psza, "analysis_date", "paint_pct_last_10", "paint_pct_last_10", "paint_rate_last_10 > 0", 10),
        (pcf, "game_date", "opponent_strength_score", "opponent_strength_score",
         f"(opponent_team_abbr, game_date) IN (SELECT (team_abbr, analysis_date) FROM {tdza})", 0),
        (mlfs, "game_date", "points_avg_season", "points_avg_season",
         "(game_id, player_id) IN (SELECT (game_id, player_id) FROM nba_precompute.player_daily_cache)", 5),
        (mlfs, "game_date", "opponent_def_rating", "opponent_def_rating",
         f"(opponent_team_abbr, game_date) IN (SELECT (team_abbr, analysis_date) FROM {tdza})", 0),
    )  # fmt: skip
    found = []
    for day, (name, dated, column, field, judged, lost) in zip(days, plan, strict=False):
        ids = [row[0] for row in rows(db, f"SELECT rowid FROM {name} WHERE {dated} = ? AND {judged} ORDER BY 1", day)]
        assert len(ids) > lost
        chosen = ids[:lost] if lost else ids
        db.execute(f"UPDATE {name} SET {column} = NULL WHERE list_contains(?, rowid)", [chosen])
        found.append(
            {
                "game_date": day,
                "table_name": name.partition(".")[2],
                "field": field,
                "judged_rows": len(ids),
                "valid_rows": len(ids) - len(chosen),
                "status": "PARTIAL" if lost else "CONTAMINATED",
            }
        )
    return found


def ledger_against_rows(db):
    """Three summaries are gone from one date; another date is gone from the ledger, and a third says failed."""
    pgs, utgc = "nba_analytics.player_game_summary", "nba_analytics.upcoming_team_game_context"
    (whole,) = one(db, f"SELECT COUNT(*) FROM {pgs} WHERE game_date = ?", DAY)
    (kept,) = one(db, f"SELECT COUNT(*) FROM {utgc} WHERE game_date = ?", LATER)
    db.execute(f"DELETE FROM {pgs} WHERE rowid IN (SELECT rowid FROM {pgs} WHERE game_date = ? LIMIT 3)", [DAY])
    db.execute("DELETE FROM nba_processing.backfill_ledger WHERE table_name = ? AND game_date = ?", [utgc, LATER])
    return [
        {"game_date": DAY, "table_name": pgs, "status": "done", "ledger_rows": whole, "stored_rows": whole - 3},
        {
            "game_date": LATER,
            "table_name": utgc,
            "status": "not in the ledger",
            "ledger_rows": 0,
            "stored_rows": kept,
        },
    ]


def doubled_keys(db):
    """One row of every raw table stands there twice, one of the schedule three times."""
    found = []
    for name in RAW:
        item = table(name)
        columns = ", ".join([*item.key, item.partition or "NULL"])
        number, *values = one(db, f"SELECT rowid, {columns} FROM {item.full_name} ORDER BY rowid LIMIT 1 OFFSET 7")
        copies = 3 if name == "nbac_schedule" else 2
        for _ in range(copies - 1):
            db.execute(f"INSERT INTO {item.full_name} SELECT * FROM {item.full_name} WHERE rowid = ?", [number])
        key = [
            f"{value:%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else str(value)
            for column, value in zip(item.key, values, strict=False)
            if column != "roster_date"  # the game date is a column of its own
        ]
        found.append({"table_name": name, "game_date": values[-1], "row_key": "|".join(key), "copies": copies})
    # Without a date first, as BigQuery orders.
    return sorted(found, key=lambda row: (row["game_date"] or date.min, row["table_name"]))


def players_against_teams(db):
    """A line has three points too many and an assist too few; a gamebook lacks a player."""
    box, book = "nba_raw.nbac_player_boxscore", "nba_raw.nbac_gamebook_player_stats"
    first = one(db, f"SELECT rowid, game_id FROM {box} WHERE game_date = ? AND assists > 0 ORDER BY 1 LIMIT 1", DAY)
    db.execute(f"UPDATE {box} SET points = points + 3, assists = assists - 1 WHERE rowid = ?", [first[0]])
    columns = ", ".join(SUMS)
    number, game, *lost = one(
        db, f"SELECT rowid, game_id, {columns} FROM {book} WHERE game_date = ? AND points > 9 ORDER BY 1 LIMIT 1", LATER
    )
    db.execute(f"DELETE FROM {book} WHERE rowid = ?", [number])
    changed = {"points": 3, "assists": -1}
    return [
        {"game_date": DAY, "game_id": first[1], "source": "nbac_player_boxscore",
         **{name: changed.get(name, 0) for name in SUMS}},
        {"game_date": LATER, "game_id": game, "source": "nbac_gamebook_player_stats",
         **{name: -value for name, value in zip(SUMS, lost, strict=True)}},
    ]  # fmt: skip


def shots_against_boxes(db):
    """A made three and a missed two are gone from one chart, and a team's whole chart from a later date."""
    chart, box = "nba_raw.nbac_shot_chart", "nba_raw.nbac_team_boxscore"
    columns = "team_abbr, fg_attempted, fg_made, three_pt_attempted"
    found = []
    for day, whole in ((DAY, False), (LATER, True)):
        game, team, attempts, makes, threes = one(
            db, f"SELECT game_id, {columns} FROM {box} WHERE game_date = ? ORDER BY game_id, team_abbr LIMIT 1", day
        )
        of_team = f"FROM {chart} WHERE game_id = '{game}' AND team_abbr = '{team}'"
        if whole:
            db.execute(f"DELETE {of_team}")
        else:
            for kind in ("is_three AND is_made", "NOT is_three AND NOT is_made"):
                db.execute(f"DELETE {of_team} AND rowid = (SELECT MIN(rowid) {of_team} AND {kind})")
        left = (0, 0, 0) if whole else (attempts - 2, makes - 1, threes - 1)
        names = ("chart_attempts", "chart_makes", "chart_threes", "box_attempts", "box_makes", "box_threes")
        figures = dict(zip(names, (*left, attempts, makes, threes), strict=True))
        found.append({"game_date": day, "game_id": game, "team_abbr": team, **figures})
    return found


def missing_raw_games(db):
    """Three games lack a team's row, the shots, and the players' lines."""
    lost = (
        ("nbac_team_boxscore", "team_rows", "AND is_home"),
        ("nbac_shot_chart", "shots", ""),
        ("nbac_player_boxscore", "player_rows", ""),
    )
    games = [
        row[0] for row in rows(db, "SELECT game_id FROM nba_raw.nbac_schedule WHERE game_date = ? ORDER BY 1", DAY)
    ]
    found = []
    for game, (name, column, only) in zip(games, lost, strict=False):
        db.execute(f"DELETE FROM nba_raw.{name} WHERE game_id = ? {only}", [game])
        counted = {
            label: one(db, f"SELECT COUNT(*) FROM nba_raw.{source} WHERE game_id = ?", game)[0]
            for label, source in (
                ("team_rows", "nbac_team_boxscore"),
                ("player_rows", "nbac_player_boxscore"),
                ("gamebook_rows", "nbac_gamebook_player_stats"),
                ("shots", "nbac_shot_chart"),
                ("events", "nbac_play_by_play"),
            )
        }
        assert counted[column] == (1 if only else 0)
        found.append({"game_date": DAY, "game_id": game, **counted})
    return found


def team_zones_missing(db):
    """TDZA lost a date; the ledger still says done."""
    tdza, psza = "nba_precompute.team_defense_zone_analysis", "nba_precompute.player_shot_zone_analysis"
    (teams,) = one(db, f"SELECT COUNT(*) FROM {tdza} WHERE analysis_date = ?", DAY)
    (players,) = one(db, f"SELECT COUNT(*) FROM {psza} WHERE analysis_date = ?", DAY)
    db.execute(f"DELETE FROM {tdza} WHERE analysis_date = ?", [DAY])
    return [{"game_date": DAY, "player_rows": players, "status": "done", "reason": None, "ledger_rows": teams}]


def feature_rows_missing(db):
    """Two feature rows are gone; a later date failed as a whole and is recorded as such."""
    mlfs, pcf = "nba_predictions.ml_feature_store_v2", "nba_precompute.player_composite_factors"
    (listed,) = one(db, "SELECT COUNT(*) FROM nba_analytics.upcoming_player_game_context WHERE game_date = ?", DAY)
    (before,) = one(db, f"SELECT COUNT(*) FROM {mlfs} WHERE game_date = ?", DAY)
    (factors,) = one(db, f"SELECT COUNT(*) FROM {pcf} WHERE game_date = ?", DAY)
    db.execute(f"DELETE FROM {mlfs} WHERE rowid IN (SELECT rowid FROM {mlfs} WHERE game_date = ? LIMIT 2)", [DAY])
    db.execute(f"DELETE FROM {mlfs} WHERE game_date = ?", [LATER])
    values = ["ml_feature_store_v2", LATER, "DATE_LEVEL", "date", "MISSING_DEPENDENCY", "nothing upstream", THEN]
    db.execute(_FAILURE.format("precompute"), values)
    return [
        {
            "game_date": DAY,
            "listed": listed,
            "factor_rows": factors,
            "factor_failures": listed - factors,
            "feature_rows": before - 2,
            "feature_failures": listed - before,
        }
    ]


PLAYER = "o'neal; DROP TABLE x --"
"""The player whose feature row is asked for: his name must stay a value."""


def feature_row(db, *, damaged=True):
    """The newest row of a player takes his points from a default."""
    mlfs = "nba_predictions.ml_feature_store_v2"
    (player,) = one(db, f"SELECT MIN(player_id) FROM {mlfs} WHERE game_date = ?", LATER)
    db.execute(f"UPDATE {mlfs} SET player_lookup = ? WHERE player_id = ?", [PLAYER, player])
    order = f"FROM {mlfs} WHERE player_id = {player} ORDER BY game_date DESC, game_id LIMIT 1"
    if damaged:
        db.execute(
            f"UPDATE {mlfs} SET features = features[1:2] || [-1.0] || features[4:], feature_sources = "
            f"feature_sources[1:2] || ['default'] || feature_sources[4:] WHERE rowid = (SELECT rowid {order})"
        )
    day, values, sources = one(db, f"SELECT game_date, features, feature_sources {order}")
    from backcourt.catalog.features import FEATURES

    assert (sources[2] == "default") is damaged
    return [
        {"game_date": day, "player_lookup": PLAYER, "number": number, "feature": item.name, "value": values[number],
         "source": sources[number]}
        for number, item in enumerate(FEATURES)
    ]  # fmt: skip


ANSWERS_WHEN_INTACT = ("coverage-by-month", "failures-by-week", "feature-row", "slowest-tables")
"""The queries that have something to say of an intact warehouse; all others must be silent there."""
GIVEN = {"feature-row": {"player": PLAYER}}
"""What has to be given, by query."""
