"""Reference tables (nba_reference): players, aliases, names and their decisions, run history, arenas, neutral sites."""

from __future__ import annotations

from backcourt.catalog.columns import lookup, team_code
from backcourt.catalog.model import Table, stamped
from backcourt.catalog.types import array, day, flag, integer, moment, number, text

_REGISTRY = Table(
    name="nba_players_registry",
    dataset="nba_reference",
    phase="reference",
    grain="one player with one team in one season; one row without team and season for everybody who ever played",
    key=("universal_player_id", "team_abbr", "season"),
    description="Who played or was listed where: the people that names of other sources are resolved to.",
    columns=(
        text("universal_player_id", "stable id of the person across seasons, sources and spellings", required=True),
        team_code("team_abbr", "team; empty in a row of the league's list of all players", required=True),
        text("season", 'season label, "2021-22"; empty in a row of the list of all players', required=True),
        integer("player_id", "NBA person id", "id", required=True),
        lookup(),
        text("player_name", "official name", required=True),
        text("name_suffix", "jr, sr, ii, iii, iv or v; NULL without one"),
        day("birth_date", "date of birth, where a source has it"),
        day("first_game_date", "first game in which he was listed"),
        day("last_game_date", "last game in which he was listed"),
        integer("games_played", "games with minutes", "games"),
        integer("total_appearances", "all listings: played, dressed or inactive", "games"),
        integer("inactive_appearances", "listings as inactive", "games"),
        integer("dnp_appearances", "listings as dressed without playing", "games"),
        text("position", "position"),
        text(
            "source_priority",
            "source that the row rests on, the best first: nba_gamebook, nba_boxscore, roster, static_list",
            required=True,
        ),
        number("confidence_score", 2, "trust in the row: 1 from the league's own id", "fraction"),
        day("last_gamebook_activity_date", "newest game seen by the box-score pass; older data do not undo it"),
        day("last_roster_activity_date", "newest roster snapshot seen by the roster pass"),
        text("created_by", "run that first wrote the row", required=True),
        moment("created_at", "when the row was first written (UTC)", required=True),
        moment("processed_at", "when the row was last written (UTC)", required=True),
    ),
)

_ALIASES = Table(
    name="player_aliases",
    dataset="nba_reference",
    phase="reference",
    grain="one alias, everywhere or with one team in one season",
    key=("alias_lookup", "season", "team_abbr"),
    description="Spellings and ids of other sources that stand for a registered player; the curated ones come with the "
    "program.",
    columns=(
        text("alias_lookup", "normalised spelling; source:id for an id of another source", required=True),
        text("season", "season in which it holds; empty for all", required=True),
        team_code("team_abbr", "team with which it holds; empty for all", required=True),
        integer("player_id", "NBA person id that it stands for", "id", required=True),
        lookup("nba_canonical_lookup"),
        text("alias_display", "variant as seen"),
        text("nba_canonical_display", "official name"),
        text(
            "alias_type",
            "suffix_difference, encoding_difference, name_variation, nickname, source_id or ai_resolved",
            required=True,
        ),
        text("alias_source", "who found it: known, review, model, or a source's name", required=True),
        flag("is_active", "FALSE for an alias that was withdrawn", required=True),
        text("notes", "reason or evidence"),
        text("created_by", "person or run", required=True),
        moment("created_at", "when it was first written (UTC)", required=True),
        moment("processed_at", "when it was last written (UTC)", required=True),
    ),
)

_NAME_KEY = (
    text("source", "table or feed that carries the name", required=True),
    lookup(),
    text("season", 'season label, "2021-22"; empty if the source has none', required=True),
    team_code("team_abbr", "team in the source, empty if it has none", required=True),
)

_DECISIONS = Table(
    name="name_decisions",
    dataset="nba_reference",
    phase="reference",
    grain="one resolved name of one source with one team in one season",
    key=("source", "player_lookup", "season", "team_abbr"),
    description="Which player a name stands for, and why: the step that decided, its score and its evidence.",
    columns=(
        *_NAME_KEY,
        text("original_name", "name as seen", required=True),
        text("source_player_id", "the source's own id of the player"),
        integer("player_id", "NBA person id", "id", required=True),
        text(
            "step",
            "id, alias, exact, exact_context, suffix, short_form, swapped, one_edit or review",
            required=True,
        ),
        number("score", 3, "similarity of the two names without suffix; 1 for ids and aliases", "fraction"),
        text("evidence", "in words: what the decision rests on", required=True),
        text("run_id", "run that decided", required=True),
        moment("created_at", "when it was first decided (UTC)", required=True),
        moment("processed_at", "when the decision last changed (UTC)", required=True),
    ),
)

_UNRESOLVED = Table(
    name="unresolved_player_names",
    dataset="nba_reference",
    phase="reference",
    grain="one unknown name of one source with one team in one season",
    key=("source", "player_lookup", "season", "team_abbr"),
    description="The review queue: names that no rule could tie to one person, with the evidence.",
    columns=(
        *_NAME_KEY,
        text("original_name", "name as seen", required=True),
        text("source_player_id", "the source's own id of the player"),
        day("first_seen_date", "first day on which it was seen"),
        day("last_seen_date", "last day on which it was seen"),
        integer("occurrences", "rows that carry it", "rows"),
        array("example_games", "STRING", "up to 10 game ids in which it was seen"),
        array("candidates", "STRING", "best candidates as player id:name:similarity, best first"),
        text("reason", "why no rule decided", required=True),
        text("status", "pending, under_review, resolved, ignored, invalid or snoozed", required=True),
        text("resolution_type", "how it was resolved: by_rule, alias_created, ignored, new_player or invalid"),
        integer("resolved_to_player_id", "NBA person id that it was resolved to", "id"),
        day("snooze_until", "hidden from the queue until this day"),
        text("reviewed_by", "who decided"),
        moment("reviewed_at", "when it was decided (UTC)"),
        moment("created_at", "when it was first queued (UTC)", required=True),
        moment("processed_at", "when the row was last written (UTC)", required=True),
    ),
)

_REVIEWS = Table(
    name="name_reviews",
    dataset="nba_reference",
    phase="reference",
    grain="one act of a reviewer on one name",
    key=("review_id",),
    description="What people and the model did to the queue, so that it can be undone.",
    columns=(
        text("review_id", "id of the act", required=True),
        *_NAME_KEY,
        text("action", "accept, reject, snooze, reopen; withdraw (source empty, the alias as the name)", required=True),
        integer("player_id", "NBA person id that was accepted", "id"),
        text("before", "JSON object: what the act changed, as it was before", required=True),
        text("alias_key", "alias_lookup|season|team_abbr of the alias that it made or withdrew, NULL if none"),
        text("reviewed_by", "who", required=True),
        text("notes", "why, in the reviewer's words"),
        moment("reviewed_at", "when (UTC)", required=True),
        moment("undone_at", "when it was undone (UTC)"),
        text("undone_by", "who undid it"),
        flag(
            "is_due",
            "TRUE while not all that follows from it or its undoing is done; a load or resolve does it",
        ),
    ),
)

_ANSWERS = Table(
    name="name_model_answers",
    dataset="nba_reference",
    phase="reference",
    grain="one question to one language model",
    key=("question_hash",),
    description="Answers of the optional model resolver, kept so that no question is paid for twice.",
    columns=(
        text(
            "question_hash",
            "16 hex digits over the model, the instructions, the name, its context and candidates",
            required=True,
        ),
        text("model", "model that answered", required=True),
        *_NAME_KEY,
        text("verdict", "MATCH, NEW_PLAYER, DATA_ERROR or UNSURE", required=True),
        integer("player_id", "NBA person id of a MATCH", "id"),
        number("confidence", 2, "the model's own confidence", "fraction", required=True),
        text("reason", "the model's reason"),
        number("cost_usd", 6, "share of the call's price", "US dollars", required=True),
        text("run_id", "run that asked", required=True),
        moment("answered_at", "when (UTC)", required=True),
    ),
)

_RUN_HISTORY = Table(
    name="processor_run_history",
    dataset="nba_reference",
    phase="reference",
    grain="one processor in one run",
    key=("run_id", "processor_name"),
    partition="data_date",
    description="One row per processor and run: range, outcome, counts, what the dependency check found.",
    columns=(
        text("run_id", "run", required=True),
        text("processor_name", "table that the processor fills", required=True),
        text("phase", "raw, reference, analytics, precompute or features", required=True),
        day("data_date", "last date of the range that was processed", required=True),
        day("start_date", "first date of the range"),
        text("status", "running, success, partial, failed, skipped or interrupted", required=True),
        moment("started_at", "start (UTC)", required=True),
        moment("processed_at", "end, or the last sign of life of a running one (UTC)"),
        number("duration_seconds", 3, "length of the run", "seconds"),
        integer("records_processed", "candidate rows", "rows"),
        integer("records_created", "rows written", "rows"),
        integer("records_skipped", "rows left alone because nothing changed", "rows"),
        integer("records_failed", "candidates that became a failure record", "rows"),
        text("mode", "daily or backfill", required=True),
        text("trigger_source", "command, runbook, schedule, downstream or api"),
        text("code_version", "hash of the SQL that ran"),
        text("output_table", "full name of the target, dataset.table", required=True),
        flag("dependency_check_passed", "FALSE if an upstream was missing; NULL if it was not checked"),
        text("missing_dependencies", "JSON list of the upstream tables that were missing"),
        text("stale_dependencies", "JSON list of the upstream tables past their age limit"),
        text("skip_reason", "why it was skipped"),
        text("error_message", "one line of the error that ended it"),
        text("summary", "JSON object of further counters"),
        integer("bytes_billed", "what computing and publishing the table was billed; NULL where nothing is", "bytes"),
        text("job_ids", "JSON list of the jobs that computed and published the table; NULL in a file"),
    ),
)

_PLACE = (
    number("latitude", 4, "latitude, north positive", "degrees", required=True),
    number("longitude", 4, "longitude, east positive", "degrees", required=True),
)

_VENUES = Table(
    name="venues",
    dataset="nba_reference",
    phase="reference",
    grain="one arena under one of its names",
    key=("arena", "city"),
    description="Arenas by the names under which schedules print them, with coordinates.",
    columns=stamped(
        text("arena", "name of the arena, now or once", required=True),
        text("city", "city as schedules print it", required=True),
        flag("is_usual", "TRUE for the arena that stands for its city where a schedule names an unknown one there"),
        *_PLACE,
    ),
)

_ARENAS = Table(
    name="arenas",
    dataset="nba_reference",
    phase="reference",
    grain="one home arena of one team for a span of dates",
    key=("team_abbr", "first_date"),
    description="Where a team listed as home plays, for games of which the schedule does not say where they were.",
    columns=stamped(
        team_code("team_abbr", "team that is listed as home", required=True),
        day("first_date", "first day of the span; July 2006 for arenas older than that", required=True),
        day("last_date", "last day of the span, NULL if it goes on"),
        text("arena", "name of the arena, see nba_reference.venues for its others", required=True),
        text("city", "city", required=True),
        *_PLACE,
    ),
)

_NEUTRAL = Table(
    name="neutral_site_games",
    dataset="nba_reference",
    phase="reference",
    grain="one game away from the home team's arena",
    key=("game_date", "team_1", "team_2"),
    description="Games known to have been played elsewhere, used where the schedule does not say where.",
    columns=stamped(
        day("game_date", "date of the game", required=True),
        team_code("team_1", "one team, the first by tricode", required=True),
        team_code("team_2", "the other team", required=True),
        text("arena", "name of the arena", required=True),
        text("city", "city", required=True),
        *_PLACE,
    ),
)

TABLES: tuple[Table, ...] = (
    _REGISTRY,
    _ALIASES,
    _DECISIONS,
    _UNRESOLVED,
    _REVIEWS,
    _ANSWERS,
    _RUN_HISTORY,
    _VENUES,
    _ARENAS,
    _NEUTRAL,
)
"""Reference tables."""
