"""For the diagnostic queries of data the damage that each is for, and the answer that it must give then.

Each function takes a connection inside a transaction, changes what stands there, and returns the expected rows: for
queries whose answer is empty on an intact warehouse from what it has planted, for the others counted in plain Python
from the stored rows. Expected rows name the columns that are compared.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

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
    "bdl_player_boxscores",
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
    """Dates of both phases failed, one without a record; a player's record is not the date's."""
    failed = (
        (DAY, "nba_precompute", "team_defense_zone_analysis", "precompute", "nothing upstream"),
        (DAY + timedelta(days=1), "nba_analytics", "player_game_summary", "analytics", "no box score"),
        (LATER, "nba_analytics", "player_game_summary", "analytics", None),
    )
    found = []
    for day, dataset, name, phase, reason in failed:
        full = f"{dataset}.{name}"
        db.execute(
            "UPDATE nba_processing.backfill_ledger SET status = 'failed', reason = 'MISSING_DEPENDENCY', attempt = 3 "
            "WHERE table_name = ? AND game_date = ?",
            [full, day],
        )
        for entity, words in (("DATE_LEVEL", reason), ("BOS", "another reason")):
            if words is not None:
                values = [name, day, entity, "date", "MISSING_DEPENDENCY", words, THEN]
                db.execute(_FAILURE.format(phase), values)
        row = {"game_date": day, "table_name": full, "reason": "MISSING_DEPENDENCY", "attempt": 3}
        found.append({**row, "failure_reason": reason, "can_retry": True if reason else None})
    return found


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
    """Each judged field is lost: of some rows, half a date or all of it; not judged is what has no upstream."""
    tdza, pcf = "nba_precompute.team_defense_zone_analysis", "nba_precompute.player_composite_factors"
    psza, mlfs = "nba_precompute.player_shot_zone_analysis", "nba_predictions.ml_feature_store_v2"
    days = [
        row[0] for row in rows(db, f"SELECT DISTINCT analysis_date FROM {tdza} WHERE analysis_date > ? ORDER BY 1", DAY)
    ]
    plan = (
        # table, its date column, column that is lost, field, rows that are judged, rows that are lost
        ("nba_analytics.team_defense_game_summary", "game_date", "opp_mid_range_attempts", "zone attempts add up",
         "TRUE", "all"),
        (tdza, "analysis_date", "mid_range_defense_vs_league_avg", "three zones against the league", "TRUE", "half"),
        (psza, "analysis_date", "paint_pct_last_10", "paint_pct_last_10", "paint_rate_last_10 > 0", 10),
        (pcf, "game_date", "opponent_strength_score", "opponent_strength_score",
         f"(opponent_team_abbr, game_date) IN (SELECT (team_abbr, analysis_date) FROM {tdza})", "all"),
        (mlfs, "game_date", "points_avg_season", "points_avg_season",
         "(game_id, player_id) IN (SELECT (game_id, player_id) FROM nba_precompute.player_daily_cache)", 5),
        (mlfs, "game_date", "opponent_def_rating", "opponent_def_rating",
         f"(opponent_team_abbr, game_date) IN (SELECT (team_abbr, analysis_date) FROM {tdza})", "all"),
    )  # fmt: skip
    found = []
    for day, (name, dated, column, field, judged, lost) in zip(days, plan, strict=False):
        ids = [row[0] for row in rows(db, f"SELECT rowid FROM {name} WHERE {dated} = ? AND {judged} ORDER BY 1", day)]
        chosen = ids[: {"all": len(ids), "half": len(ids) // 2}.get(lost, lost)]
        db.execute(f"UPDATE {name} SET {column} = NULL WHERE list_contains(?, rowid)", [chosen])
        found.append(
            {
                "game_date": day,
                "table_name": name.partition(".")[2],
                "field": field,
                "judged_rows": len(ids),
                "valid_rows": len(ids) - len(chosen),
                "status": "CONTAMINATED" if lost == "all" else "PARTIAL",
            }
        )
    bare = days[len(plan)]
    db.execute(f"DELETE FROM {tdza} WHERE analysis_date = ?", [bare])
    db.execute("DELETE FROM nba_raw.nbac_shot_chart WHERE game_date = ?", [bare])
    db.execute("DELETE FROM nba_precompute.player_daily_cache WHERE cache_date = ?", [bare])
    for name, _, column, *_ in (plan[0], *plan[3:]):
        db.execute(f"UPDATE {name} SET {column} = NULL WHERE game_date = ?", [bare])
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
    # The simulated league has no second source: a few of its lines, as that would print them.
    db.execute(
        "INSERT INTO nba_raw.bdl_player_boxscores BY NAME SELECT game_id, game_date, season_year, player_lookup, "
        "player_name AS player_full_name, team_abbr, team_abbr AS home_team_abbr, opponent_team_abbr AS away_team_abbr, "
        "data_hash, processed_at FROM nba_raw.nbac_gamebook_player_stats ORDER BY game_id, player_id LIMIT 20"
    )
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
    """In one game after another a single figure of a line is two too high; a gamebook lacks a player."""
    box, book = "nba_raw.nbac_player_boxscore", "nba_raw.nbac_gamebook_player_stats"
    games = rows(
        db,
        f"SELECT MIN(rowid), game_date, game_id FROM {box} WHERE game_date >= ? GROUP BY ALL ORDER BY 2, 3 LIMIT 7",
        DAY,
    )
    found = []
    for name, (number, day, game) in zip(SUMS, games, strict=True):
        db.execute(f"UPDATE {box} SET {name} = {name} + 2 WHERE rowid = ?", [number])
        figures = {**dict.fromkeys(SUMS, 0), name: 2}
        found.append({"game_date": day, "game_id": game, "source": "nbac_player_boxscore", **figures})
    columns = ", ".join(SUMS)
    number, game, *lost = one(
        db, f"SELECT rowid, game_id, {columns} FROM {book} WHERE game_date = ? AND points > 9 ORDER BY 1 LIMIT 1", LATER
    )
    db.execute(f"DELETE FROM {book} WHERE rowid = ?", [number])
    figures = {name: -value for name, value in zip(SUMS, lost, strict=True)}
    return [*found, {"game_date": LATER, "game_id": game, "source": "nbac_gamebook_player_stats", **figures}]


def provider_disagreements(db):
    """The league's box score has a point and an assist more in one line; Ball Don't Lie a foul less in another."""
    box, book = "nba_raw.nbac_player_boxscore", "nba_raw.nbac_gamebook_player_stats"
    game, player = one(db, f"SELECT game_id, player_id FROM {box} WHERE game_date = ? ORDER BY 1, 2 LIMIT 1", DAY)
    db.execute(
        f"UPDATE {box} SET points = points + 1, assists = assists + 1 WHERE game_id = ? AND player_id = ?",
        [game, player],
    )
    later, other = one(
        db,
        f"SELECT game_id, player_id FROM {book} WHERE game_date = ? AND seconds_played > 0 AND personal_fouls > 0 "
        "ORDER BY 1, 2 LIMIT 1",
        LATER,
    )
    db.execute(
        "INSERT INTO nba_raw.bdl_player_boxscores BY NAME SELECT * EXCLUDE (personal_fouls, opponent_team_abbr, "
        "player_name), personal_fouls - 1 AS personal_fouls, player_name AS player_full_name, '30' AS minutes, team_abbr "
        "AS home_team_abbr, opponent_team_abbr AS away_team_abbr FROM (SELECT game_id, game_date, season_year, "
        "player_lookup, player_id, player_name, team_abbr, opponent_team_abbr, points, field_goals_made, "
        "field_goals_attempted, three_pointers_made, three_pointers_attempted, free_throws_made, free_throws_attempted, "
        "offensive_rebounds, defensive_rebounds, total_rebounds, assists, steals, blocks, turnovers, personal_fouls, "
        f"data_hash, processed_at FROM {book} WHERE game_id = ? AND player_id = ?)",
        [later, other],
    )
    figures = dict.fromkeys(
        (
            "points",
            "field_goals_attempted",
            "free_throws_attempted",
            "rebounds",
            "assists",
            "steals",
            "blocks",
            "turnovers",
            "personal_fouls",
        ),
        0,
    )
    used = "nbac_gamebook_player_stats"
    return [
        {"game_date": DAY, "game_id": game, "player_id": player, "used": used, "other": "nbac_player_boxscore"}
        | {**figures, "points": 1, "assists": 1},
        {"game_date": LATER, "game_id": later, "player_id": other, "used": used, "other": "bdl_player_boxscores"}
        | {**figures, "personal_fouls": -1},
    ]


def shots_against_boxes(db):
    """Of one chart two shots are gone, of others all; in one a miss counts as made, in one a two as three."""
    chart, box = "nba_raw.nbac_shot_chart", "nba_raw.nbac_team_boxscore"
    columns = "game_date, game_id, team_abbr, fg_attempted, fg_made, three_pt_attempted"
    last = one(db, f"SELECT {columns} FROM {box} WHERE game_date = ? ORDER BY game_id, team_abbr LIMIT 1", LATER)
    chosen = rows(db, f"SELECT {columns} FROM {box} WHERE game_date = ? AND is_home ORDER BY game_id LIMIT 3", DAY)
    changes = (
        ("DELETE FROM {chart} WHERE rowid IN ({three}, {two})", (-2, -1, -1)),
        ("UPDATE {chart} SET is_made = TRUE WHERE rowid = {two}", (0, 1, 0)),
        ("UPDATE {chart} SET is_three = TRUE WHERE rowid = {two}", (0, 0, 1)),
    )
    found = []
    for (day, game, team, *figures), (change, differences) in zip(chosen, changes, strict=True):
        first = f"(SELECT MIN(rowid) FROM {chart} WHERE game_id = '{game}' AND team_abbr = '{team}' AND "
        three, two = f"{first} is_three AND is_made)", f"{first} NOT is_three AND NOT is_made)"
        db.execute(change.format(chart=chart, three=three, two=two))
        found.append((day, game, team, figures, [a + b for a, b in zip(figures, differences, strict=True)]))
    day, game, team, *figures = last
    db.execute(f"DELETE FROM {chart} WHERE game_id = ? AND team_abbr = ?", [game, team])
    found.append((day, game, team, figures, [0, 0, 0]))
    # A box score that stands there twice is one row all the same.
    db.execute(f"INSERT INTO {box} SELECT * FROM {box} WHERE game_id = ?", [game])
    names = ("attempts", "makes", "threes")
    return [
        {"game_date": day, "game_id": game, "team_abbr": team,
         **{f"box_{name}": value for name, value in zip(names, stored, strict=True)},
         **{f"chart_{name}": value for name, value in zip(names, drawn, strict=True)}}
        for day, game, team, stored, drawn in found
    ]  # fmt: skip


def missing_raw_games(db):
    """One game after another lacks a team's row, or all that a source has of it."""
    sources = (
        ("team_rows", "nbac_team_boxscore"),
        ("player_rows", "nbac_player_boxscore"),
        ("gamebook_rows", "nbac_gamebook_player_stats"),
        ("shots", "nbac_shot_chart"),
        ("events", "nbac_play_by_play"),
    )
    lost = (("team_rows", "nbac_team_boxscore", "AND is_home"), *((*source, "") for source in sources))
    games = rows(
        db,
        f"SELECT game_date, game_id FROM nba_raw.nbac_schedule WHERE {COUNTED} AND game_date >= ? ORDER BY ALL LIMIT 6",
        DAY,
    )
    found = []
    for (day, game), (column, name, only) in zip(games, lost, strict=True):
        db.execute(f"DELETE FROM nba_raw.{name} WHERE game_id = ? {only}", [game])
        counted = {
            label: one(db, f"SELECT COUNT(*) FROM nba_raw.{source} WHERE game_id = ?", game)[0]
            for label, source in sources
        }
        assert counted[column] == (1 if only else 0)
        found.append({"game_date": day, "game_id": game, **counted})
    return found


def team_zones_missing(db):
    """TDZA lost a date of which the ledger still says done, and one that is gone from the ledger, too."""
    tdza, psza = "nba_precompute.team_defense_zone_analysis", "nba_precompute.player_shot_zone_analysis"
    (teams,) = one(db, f"SELECT COUNT(*) FROM {tdza} WHERE analysis_date = ?", DAY)
    db.execute(f"DELETE FROM {tdza} WHERE analysis_date IN (?, ?)", [DAY, LATER])
    db.execute("DELETE FROM nba_processing.backfill_ledger WHERE table_name = ? AND game_date = ?", [tdza, LATER])
    return [
        {
            "game_date": day,
            "player_rows": one(db, f"SELECT COUNT(*) FROM {psza} WHERE analysis_date = ?", day)[0],
            "status": status,
            "reason": None,
            "ledger_rows": count,
        }
        for day, status, count in ((DAY, "done", teams), (LATER, None, None))
    ]


def feature_rows_missing(db):
    """Two feature rows are gone, another date's listing; a later date failed as a whole and is recorded as such."""
    mlfs, pcf = "nba_predictions.ml_feature_store_v2", "nba_precompute.player_composite_factors"
    (listed,) = one(db, "SELECT COUNT(*) FROM nba_analytics.upcoming_player_game_context WHERE game_date = ?", DAY)
    db.execute(f"DELETE FROM {mlfs} WHERE rowid IN (SELECT rowid FROM {mlfs} WHERE game_date = ? LIMIT 2)", [DAY])
    db.execute(f"DELETE FROM {mlfs} WHERE game_date = ?", [LATER])
    values = ["ml_feature_store_v2", LATER, "DATE_LEVEL", "date", "MISSING_DEPENDENCY", "nothing upstream", THEN]
    db.execute(_FAILURE.format("precompute"), values)
    values = ["ml_feature_store_v2", DAY, "1", "player", "NO_SHOT_ZONE", "a row stands beside it", THEN]
    db.execute(_FAILURE.format("precompute"), values)
    unlisted = DAY + timedelta(days=1)
    db.execute("DELETE FROM nba_analytics.upcoming_player_game_context WHERE game_date = ?", [unlisted])
    name = "'player_composite_factors' AND failure_category <> 'NO_SHOT_ZONE'"
    found = []
    for day, count in ((DAY, listed), (unlisted, 0)):
        stored = {label: one(db, f"SELECT COUNT(*) FROM {t} WHERE game_date = ?", day)[0]
                  for label, t in (("factor_rows", pcf), ("feature_rows", mlfs))}  # fmt: skip
        failures = {label: one(db, "SELECT COUNT(*) FROM nba_processing.precompute_failures WHERE analysis_date = ? AND "
                               f"processor_name = {name.replace('player_composite_factors', t)}", day)[0]
                    for label, t in (("factor_failures", "player_composite_factors"),
                                     ("feature_failures", "ml_feature_store_v2"))}  # fmt: skip
        found.append({"game_date": day, "listed": count, **stored, **failures})
    assert found[0]["feature_rows"] + found[0]["feature_failures"] == listed - 2
    return found


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
