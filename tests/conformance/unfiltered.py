"""Statements that read or change a table of dates without parameters on its date, and why: a list that gets shorter.

BigQuery bills at least 10 MiB for each table that a query reads, and a season of all tables is 209 MB: reading more
months than needed costs little. A name is that of an SQL file, or of a table in a statement that shows no file's first
line, as the later ones of a UNION do.
"""

UNFILTERED = {
    "a load knows its seasons or its games, and their dates are what it looks up": (
        "absent_units game_lines game_of_teams gamebook gamebooks injury_report load_history player_boxscores "
        "player_boxscores_v3 player_props referees schedule schedule_seasons shots team_boxscores "
        "nba_raw.bdl_player_boxscores nba_raw.bettingpros_player_points_props nba_raw.bigdataball_play_by_play "
        "nba_raw.espn_boxscore nba_raw.espn_scoreboard nba_raw.espn_team_rosters nba_raw.nbac_inactive_players "
        "nba_raw.nbac_referee nba_raw.nbac_scoreboard_v2 nba_raw.nbac_team_boxscore nba_raw.odds_api_game_lines"
    ),
    "what is published replaces the rows of units that are staged, such as games or snapshots": (
        "distrusted insert_rows log_restated twice"
    ),
    "a name may be on any date": (
        "carried_names carried_without_id decided_ids open_names pending_failures registry resolve_failures "
        "restated_ids taken_ids undone untracked without_id nba_processing.registry_failures nba_raw.nbac_injury_report "
        "nba_raw.odds_api_player_points_props"
    ),
    "windows reach back as far as the season, or forward from a change to its end": (
        "appearances box_lines boxes_of_rows cascade_own changed_games charted_games counted_games due_ranked fingerprints "
        "last_ten_games newest_games players_of_games season_dates shots_of_rows team_defense_zone_analysis teams_of_games "
        "teams_so_far turnover"
    ),
    "a season is counted whole": (
        "critical_fields observed_injuries observed_prices source_dates source_dates_of_table unused_of_games "
        "unused_offers unused_rosters nba_raw.nbac_gamebook_player_stats nba_raw.nbac_play_by_play "
        "nba_raw.nbac_player_boxscore nba_raw.nbac_schedule nba_raw.nbac_shot_chart"
    ),
    "the newest row, or the nearest date, is looked for": "check_last_load nearest",
    "the state of all dates is asked for": (
        "altered check_look_back coverage failed_dates failure_records plan_world recorded_months "
        "nba_processing.backfill_ledger"
    ),
    "a run is looked up by its id, an attempt by its processor": (
        "breaker_attempts breaker_settled changed_days event_unannounced history_end history_runs history_tables "
        "lock_interrupted lock_refused lock_stopped window_incomplete"
    ),
    "days are given as text, because a row may have none": "recovery_differ recovery_kept",
    "a game of a box score may be scheduled on another date": "boxed_strangers",
}

RESTAGED = {
    "the rows of a batch of months are sent and published before the next": "copied",
    "a run looks again at what is due after each wave": "plan_own",
    "a chunk with rows at fault is judged once more without their dates": (
        "player_game_summary_failures player_game_summary_ledger player_game_summary_quality player_game_summary_unmatched "
        "team_defense_game_summary_failures team_defense_game_summary_ledger team_defense_game_summary_quality "
        "team_offense_game_summary_failures team_offense_game_summary_ledger"
    ),
    "rules are applied until nothing changes any more": "registry_changed",
    "payloads are loaded one after the other": "stage_odds_game_lines",
}
"""Names under which a session stages more than once, and why; what was staged before is published by then."""
