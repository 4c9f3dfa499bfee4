"""Operations tables (nba_processing): ledger, failures, quarantine, restatements, breakers, locks, events.

The ledger is the state: resume, gaps, staleness, lineage and history are queries on it.
"""

from __future__ import annotations

from backcourt.catalog.columns import GAME_DATE, lookup, team_code
from backcourt.catalog.model import Column, Table
from backcourt.catalog.types import array, day, flag, integer, moment, number, text

_RUN = text("run_id", "run that wrote the row", required=True)

_LEDGER = Table(
    name="backfill_ledger",
    dataset="nba_processing",
    phase="operations",
    grain="one table on one game date",
    key=("table_name", "game_date"),
    partition="game_date",
    description="What was computed, for which date, by which code, from which input.",
    columns=(
        text("table_name", "full name of the table that was filled, dataset.table", required=True),
        day("game_date", "date", required=True),
        text("status", "done, failed or skipped", required=True),
        text("reason", "why it failed or was skipped: bootstrap, MISSING_DEPENDENCY, an error; NULL if done"),
        text("mode", "daily or backfill", required=True),
        text("code_version", "hash of the SQL that ran", required=True),
        text("input_fingerprint", "hash of the upstream rows that the date was computed from"),
        array(
            "inputs",
            "STRING",
            "what stands behind the fingerprint: one checksum per upstream and window, or two per game; empty if the "
            "date reads nothing",
        ),
        text("output_fingerprint", "hash of the rows that were written"),
        integer("row_count", "rows that the table holds for the date", "rows"),
        integer("failure_count", "failure records of the date", "rows"),
        integer(
            "games_expected",
            "games that the windows of newest games should hold, over all candidates; NULL without such windows",
            "games",
        ),
        integer("games_found", "those of them that have their upstream rows", "games"),
        integer("attempt", "how often the date has been computed", "attempts"),
        _RUN,
        moment("started_at", "start of the chunk (UTC)", required=True),
        moment("finished_at", "end of the chunk (UTC); NULL while it is computed"),
    ),
)


def _failures(name: str, what: str) -> Table:
    columns: tuple[Column, ...] = (
        text("processor_name", "table that it failed to fill", required=True),
        day("analysis_date", "date for which no row was written", required=True),
        text("entity_id", "player id, team, game id, or DATE_LEVEL for the whole date", required=True),
        text("entity_type", "player, team, game or date", required=True),
        text(
            "failure_category",
            "INSUFFICIENT_DATA, INCOMPLETE_DATA, MISSING_DEPENDENCY, NO_SHOT_ZONE, CIRCUIT_BREAKER_ACTIVE or "
            "PROCESSING_ERROR",
            required=True,
        ),
        text("failure_reason", "one sentence with the numbers behind it"),
        integer("expected_game_count", "games that the computation wants", "games"),
        integer("actual_game_count", "games that were there", "games"),
        flag(
            "can_retry",
            "TRUE if another run may succeed: FALSE while only too few games have been played",
            required=True,
        ),
        flag("is_correctable", "TRUE if loading or computing missing data would mend it", required=True),
        _RUN,
        moment("created_at", "when it was recorded (UTC)", required=True),
    )
    return Table(
        name=name,
        dataset="nba_processing",
        phase="operations",
        grain="one processor, date and entity that produced no complete row",
        key=("processor_name", "analysis_date", "entity_id"),
        partition="analysis_date",
        description=f"Why {what} rows are absent or incomplete; a rerun replaces the records of its dates.",
        columns=columns,
    )


_QUARANTINE = Table(
    name="quarantine",
    dataset="nba_processing",
    phase="operations",
    grain="one broken rule of one game that is held back, or of which rows are",
    key=("table_name", "season", "game_id", "rule"),
    description="Games, and rows of loaded games, that a load held back, with every broken rule; the next load of "
    "the file replaces them.",
    columns=(
        text("table_name", "raw table that the game was meant for, dataset.table", required=True),
        text("season", 'season label, "2021-22"', required=True),
        text(
            "game_id",
            "game that was held back; team, player id or date in tables that have no games; (none) if it is missing",
            required=True,
        ),
        text("rule", "name of the broken rule", required=True),
        day("game_date", "date of the game, NULL if the schedule does not know it"),
        text("detail", "the values that break the rule, of one row, and how many more rows do"),
        text("source_file", "file that holds the rows; (landing zone) if no payload says so", required=True),
        _RUN,
        moment("quarantined_at", "when (UTC)", required=True),
    ),
)

_LANDED = Table(
    name="landed_files",
    dataset="nba_processing",
    phase="operations",
    grain="one payload of one source, date and key: the one that was loaded last",
    key=("source", "day", "payload_key"),
    partition="day",
    description="What of the landing zone was loaded, and with what result: a load goes on where it ended.",
    columns=(
        text("source", "name of the source", required=True),
        day("day", "date that the payload is about", required=True),
        text("payload_key", "game id, or what else tells the payloads of a date apart", required=True),
        text("digest", "16 hex digits of the content", required=True),
        text("path", "where it lies", required=True),
        text("outcome", "loaded, incomplete, quarantined or refused", required=True),
        text("detail", "why it was refused, or what is missing in it; NULL otherwise"),
        text(
            "season_ends",
            "of a snapshot, the ends of seasons that the schedule knew and no rule does; if they change, it is loaded "
            "again, because its dates may belong to other seasons",
        ),
        text(
            "measured_by",
            "what tells which games of the schedule it was judged by; if they change, it is judged again",
        ),
        moment("said_at", "when the payload says that it was made (UTC); an older one takes nothing back"),
        _RUN,
        moment("loaded_at", "when (UTC)", required=True),
    ),
)

_REGISTRY_FAILURES = Table(
    name="registry_failures",
    dataset="nba_processing",
    phase="operations",
    grain="one unmatched player on one date",
    key=("player_lookup", "game_date", "processor_name"),
    partition="game_date",
    description="Players that a computation could not tie to the registry: pending, resolved, reprocessed.",
    columns=(
        lookup(),
        GAME_DATE,
        text("processor_name", "table that misses the row", required=True),
        team_code("team_abbr", "team in the source"),
        text("season", 'season label, "2021-22"', required=True),
        text("game_id", "game in which he was seen"),
        text("status", "pending, resolved or reprocessed", required=True),
        integer("occurrence_count", "rows that carry the name on that date", "rows"),
        moment("created_at", "pending since (UTC)", required=True),
        moment("resolved_at", "when an alias or a registry row was made (UTC)"),
        moment("reprocessed_at", "when the date was computed again (UTC)"),
        _RUN,
    ),
)

_REPROCESS = Table(
    name="reprocess_attempts",
    dataset="nba_processing",
    phase="operations",
    grain="one retry of one entity",
    key=("processor_name", "entity_id", "analysis_date", "attempt_number"),
    partition="analysis_date",
    description="How often a withheld entity was tried again; three attempts make it rest seven days.",
    columns=(
        text("processor_name", "table that misses the row", required=True),
        text("entity_id", "player id or team", required=True),
        day("analysis_date", "date for which no row was written", required=True),
        integer("attempt_number", "1, 2, 3 ...", "attempts", required=True),
        moment("attempted_at", "when (UTC)", required=True),
        number("completeness_percent", 1, "share of the expected games that were there", "percent"),
        text("skip_reason", "why no row was written"),
        flag("circuit_breaker_tripped", "TRUE from the third attempt on", required=True),
        moment("circuit_breaker_until", "when the entity is tried again (UTC)"),
        _RUN,
    ),
)

_BREAKER = Table(
    name="circuit_breaker_state",
    dataset="nba_processing",
    phase="operations",
    grain="one processor",
    key=("processor_name",),
    description="Breakers of processors: five failed runs in a row stop a processor for thirty minutes.",
    columns=(
        text("processor_name", "table that the processor fills", required=True),
        text("state", "CLOSED, OPEN or HALF_OPEN", required=True),
        integer("failure_count", "failed runs in a row", "runs", required=True),
        moment("last_failure", "last failed run (UTC)"),
        moment("last_success", "last good run (UTC)"),
        moment("opened_at", "when it opened (UTC); NULL if closed"),
        integer("threshold", "failed runs in a row that open it", "runs", required=True),
        integer("timeout_seconds", "how long it stays open", "seconds", required=True),
        text("last_error", "one line of the last error"),
        moment("updated_at", "when the row was last written (UTC)", required=True),
    ),
)

_LOCKS = Table(
    name="locks",
    dataset="nba_processing",
    phase="operations",
    grain="one held lock",
    key=("lock_name", "run_id"),
    description="Who is writing which table and range; a lock whose holder shows no sign of life expires.",
    columns=(
        text("lock_name", "what is locked, for people: a table and a date range", required=True),
        text("table_name", "full name of the table, dataset.table"),
        day("start_date", "first date that is locked"),
        day("end_date", "last date that is locked"),
        _RUN,
        text("holder", "process id, host and user of the holder", required=True),
        text("holder_birth", "when that process started, so that a later one with the same id is not taken for it"),
        text(
            "instance_id",
            "kernel and process numbers below which the process id means something; in a project an id of the process; "
            "NULL if unknown",
        ),
        moment("acquired_at", "when it was taken (UTC)", required=True),
        moment("heartbeat_at", "last sign of life (UTC)", required=True),
        moment("expires_at", "when others may take it (UTC)", required=True),
    ),
)

_EVENTS = Table(
    name="events",
    dataset="nba_processing",
    phase="operations",
    grain="one event",
    key=("event_id",),
    description="Completion events, notifications and warnings: what Pub/Sub or a mailbox would receive.",
    columns=(
        text("event_id", "unique id, made from run, type and table", required=True),
        text("event_type", "completed, failed, notification, warning, breaker_opened ...", required=True),
        text("table_name", "table that it is about, dataset.table"),
        day("game_date", "date that it is about"),
        text("message", "one line for people", required=True),
        text("payload", "JSON object for programs"),
        _RUN,
        moment("created_at", "when (UTC)", required=True),
        text("delivery", "pending or delivered, of what a topic is to take; NULL where the row is the message"),
    ),
)

_RESTATEMENTS = Table(
    name="restatements",
    dataset="nba_processing",
    phase="operations",
    grain="one stored row that a run changed or removed",
    key=("table_name", "row_key", "run_id"),
    description="Change log: published rows whose content became another, and why.",
    columns=(
        text("table_name", "full name of the table, dataset.table", required=True),
        text("row_key", "values of the table's key, joined by |", required=True),
        day("game_date", "date of the row, NULL in tables without dates"),
        text("old_hash", "row hash before", required=True),
        text("new_hash", "row hash after, NULL if the row was removed"),
        text("reason", "missing, failed, stale, forced, correction or an operator's words", required=True),
        _RUN,
        moment("restated_at", "when (UTC)", required=True),
    ),
)

TABLES: tuple[Table, ...] = (
    _LEDGER,
    _failures("analytics_failures", "Phase 3"),
    _failures("precompute_failures", "Phase 4"),
    _QUARANTINE,
    _LANDED,
    _REGISTRY_FAILURES,
    _REPROCESS,
    _BREAKER,
    _LOCKS,
    _EVENTS,
    _RESTATEMENTS,
)
"""Operations tables."""
