"""For the diagnostic queries of runs, locks and records the damage that each is for, as diagnostic_damage."""

from __future__ import annotations

from datetime import timedelta

from diagnostic_damage import DAY, LATER, THEN, rows


def restated_rows(db):
    """An older run changed two rows and removed one, a later one changed one."""
    insert = (
        "INSERT INTO nba_processing.restatements (table_name, row_key, game_date, old_hash, new_hash, reason, run_id, "
        "restated_at) VALUES (?, ?, ?, 'old', ?, ?, ?, ?)"
    )
    pgs, pcf = "nba_analytics.player_game_summary", "nba_precompute.player_composite_factors"
    for minute, (key, day, new) in enumerate((("a", DAY, "new"), ("b", LATER, "new"), ("c", DAY, None))):
        db.execute(insert, [pgs, key, day, new, "stale", "older", THEN - timedelta(minutes=minute)])
    db.execute(insert, [pcf, "d", LATER, "new", "forced", "later", THEN + timedelta(hours=1)])
    return [
        {"run_id": "later", "table_name": pcf, "reason": "forced", "rows_changed": 1, "rows_removed": 0, "dates": 1,
         "first_date": LATER, "last_date": LATER, "restated_at": THEN + timedelta(hours=1)},
        {"run_id": "older", "table_name": pgs, "reason": "stale", "rows_changed": 2, "rows_removed": 1, "dates": 2,
         "first_date": DAY, "last_date": LATER, "restated_at": THEN},
    ]  # fmt: skip


def _lock(db, run):
    db.execute(
        "INSERT INTO nba_processing.locks (lock_name, table_name, start_date, end_date, run_id, holder, acquired_at, "
        "heartbeat_at, expires_at) VALUES ('l', 'nba_precompute.player_daily_cache', ?, ?, ?, 'process 1 on a', ?, ?, ?)",
        [DAY, LATER, run, THEN, THEN, THEN + timedelta(minutes=10)],
    )


def _history(db, run, name, status, started, seconds=None, error=None):
    db.execute(
        "INSERT INTO nba_reference.processor_run_history (run_id, processor_name, phase, data_date, start_date, status, "
        "started_at, mode, output_table, duration_seconds, records_processed, error_message) "
        "VALUES (?, ?, 'precompute', ?, ?, ?, ?, 'backfill', ?, ?, 300, ?)",
        [run, name, LATER, DAY, status, started, f"nba_precompute.{name}", seconds, error],
    )


def unfinished_runs(db):
    """A run failed, a later one is running with its lock, and one was killed; a fourth ended well."""
    _history(db, "bad", "player_daily_cache", "failed", THEN, 1.0, "no memory")
    _history(db, "killed", "player_daily_cache", "running", THEN + timedelta(hours=1))
    _history(db, "alive", "player_daily_cache", "running", THEN + timedelta(hours=2))
    _history(db, "good", "player_daily_cache", "success", THEN + timedelta(hours=3), 1.0)
    _lock(db, "alive")
    return [
        {
            "run_id": run,
            "table_name": "nba_precompute.player_daily_cache",
            "status": status,
            "holds_lock": held,
            "start_date": DAY,
            "end_date": LATER,
            "error_message": error,
        }
        for run, status, held, error in (
            ("alive", "running", True, None),
            ("killed", "running", False, None),
            ("bad", "failed", False, "no memory"),
        )
    ]


def locks_held(db):
    """A daily run of two tables holds the dates of one; of another holder nothing is known."""
    _history(db, "alive", "player_daily_cache", "running", THEN)
    _history(db, "alive", "player_composite_factors", "running", THEN)
    db.execute("UPDATE nba_reference.processor_run_history SET mode = 'daily' WHERE run_id = 'alive'")
    for run in ("alive", "unknown"):
        _lock(db, run)
    return [
        {
            "table_name": "nba_precompute.player_daily_cache",
            "start_date": DAY,
            "end_date": LATER,
            "run_id": run,
            "holder": "process 1 on a",
            "mode": mode,
            "expires_at": THEN + timedelta(minutes=10),
        }
        for run, mode in (("alive", "daily"), ("unknown", None))
    ]


def quarantined_games(db):
    """A game broke two rules, and one without a date another."""
    for game, day, rule in (("0022100001", DAY, "rebounds"), ("0022100001", DAY, "points"), ("(none)", None, "key")):
        db.execute(
            "INSERT INTO nba_processing.quarantine VALUES ('nba_raw.nbac_team_boxscore', '2021-22', ?, ?, ?, ?, "
            "'team_boxscores.parquet', 'r', ?)",
            [game, rule, day, f"{rule} is wrong", THEN],
        )
    shared = {"season": "2021-22", "table_name": "nba_raw.nbac_team_boxscore", "source_file": "team_boxscores.parquet"}
    return [
        {**shared, "game_id": "(none)", "game_date": None, "broken_rules": 1, "rules": "key", "detail": "key is wrong"},
        {**shared, "game_id": "0022100001", "game_date": DAY, "broken_rules": 2, "rules": "points, rebounds",
         "detail": "points is wrong"},
    ]  # fmt: skip


def older_code(db):
    """Dates of PCF were computed by two older versions; a failed date is no standing row."""
    name = "nba_precompute.player_composite_factors"
    next_day = DAY + timedelta(days=1)
    (finished,) = rows(db, f"SELECT MAX(finished_at) FROM nba_processing.backfill_ledger WHERE table_name = '{name}'")[
        0
    ]
    for day, version, hours in ((LATER, "v1", 4), (DAY, "v1", 3), (next_day, "v2", 1)):
        db.execute(
            "UPDATE nba_processing.backfill_ledger SET code_version = ?, finished_at = ? WHERE table_name = ? AND "
            "game_date = ?",
            [version, finished - timedelta(hours=hours), name, day],
        )
    db.execute(
        "UPDATE nba_processing.backfill_ledger SET code_version = 'v0', status = 'failed' WHERE table_name = "
        "'nba_precompute.player_daily_cache' AND game_date = ?",
        [DAY],
    )
    return [
        {"table_name": name, "code_version": "v1", "dates": 2, "first_date": DAY, "last_date": LATER,
         "last_computed": finished - timedelta(hours=3)},
        {"table_name": name, "code_version": "v2", "dates": 1, "first_date": next_day, "last_date": next_day,
         "last_computed": finished - timedelta(hours=1)},
    ]  # fmt: skip


def circuit_breakers(db):
    """A processor's breaker is open, a player rests after three attempts, another was tried once."""
    db.execute(
        "INSERT INTO nba_processing.circuit_breaker_state (processor_name, state, failure_count, opened_at, threshold, "
        "timeout_seconds, last_error, updated_at) VALUES ('player_daily_cache', 'OPEN', 5, ?, 5, 1800, 'no memory', ?)",
        [THEN, THEN],
    )
    for who, number in (("7", 1), ("7", 2), ("7", 3), ("8", 1)):
        db.execute(
            "INSERT INTO nba_processing.reprocess_attempts VALUES ('player_daily_cache', ?, ?, ?, ?, 60.0, 'thin', ?, ?, "
            "'r')",
            [who, DAY, number, THEN, number == 3, THEN + timedelta(days=7) if number == 3 else None],
        )
    shared = {"table_name": "player_daily_cache"}
    return [
        {**shared, "kind": "processor", "entity_id": "", "analysis_date": None, "failures": 5, "state": "OPEN",
         "reason": "no memory", "rests_until": THEN + timedelta(minutes=30)},
        {**shared, "kind": "entity", "entity_id": "7", "analysis_date": DAY, "failures": 3, "state": "OPEN",
         "reason": "thin", "rests_until": THEN + timedelta(days=7)},
        {**shared, "kind": "entity", "entity_id": "8", "analysis_date": DAY, "failures": 1, "state": "CLOSED",
         "reason": "thin", "rests_until": None},
    ]  # fmt: skip


def slowest_tables(db, *, damaged=True):
    """A newer run took three quarters of its time for one table."""
    if damaged:
        _history(db, "newer", "player_composite_factors", "success", THEN, 1.0)
        _history(db, "newer", "player_daily_cache", "partial", THEN, 3.0)
        return [
            {"run_id": "newer", "table_name": f"nba_precompute.{name}", "status": status, "seconds": seconds,
             "percent_of_seconds": percent, "rows_per_second": speed}
            for name, status, seconds, percent, speed in (
                ("player_daily_cache", "partial", 3.0, 75.0, 100.0),
                ("player_composite_factors", "success", 1.0, 25.0, 300.0),
            )
        ]  # fmt: skip
    # The load and the run began in the same second: the lesser id counts.
    found = rows(
        db,
        "SELECT output_table, duration_seconds, records_processed FROM nba_reference.processor_run_history "
        "WHERE run_id = 'load'",
    )
    return [
        {"run_id": "load", "table_name": name, "seconds": seconds, "records_processed": count}
        for name, seconds, count in sorted(found, key=lambda row: (-row[1], row[0]))
    ]
