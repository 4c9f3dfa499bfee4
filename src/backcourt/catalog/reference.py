"""Reference tables (nba_reference): players, aliases, unresolved names, run history, arenas, neutral sites."""

from __future__ import annotations

from backcourt.catalog.columns import GAME, lookup, team_code
from backcourt.catalog.model import Table, stamped
from backcourt.catalog.types import array, day, flag, integer, moment, number, text

_REGISTRY = Table(
    name="nba_players_registry",
    dataset="nba_reference",
    phase="reference",
    grain="one player with one team in one season",
    key=("player_lookup", "team_abbr", "season"),
    description="Who played or was listed where: the names that other sources are resolved to.",
    columns=(
        lookup(),
        team_code("team_abbr", "team", required=True),
        text("season", 'season label, "2021-22"', required=True),
        integer("player_id", "NBA person id; NULL for a name that only another source has", "id"),
        text("universal_player_id", "stable id of the person across seasons, sources and spellings", required=True),
        text("player_name", "official name", required=True),
        text("name_suffix", "jr, sr, ii, iii, iv or v; NULL without one"),
        day("first_game_date", "first game in which he was listed"),
        day("last_game_date", "last game in which he was listed"),
        integer("games_played", "games with minutes", "games"),
        integer("total_appearances", "all listings: played, dressed or inactive", "games"),
        integer("inactive_appearances", "listings as inactive", "games"),
        integer("dnp_appearances", "listings as dressed without playing", "games"),
        text("position", "position"),
        text("source_priority", "source that the row rests on: nba_gamebook, nba_boxscore or roster", required=True),
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
    grain="one alias",
    key=("alias_lookup",),
    description="Spellings that stand for a registered player.",
    columns=(
        lookup("alias_lookup"),
        lookup("nba_canonical_lookup"),
        text("alias_display", "variant as seen"),
        text("nba_canonical_display", "official name"),
        text(
            "alias_type",
            "suffix_difference, encoding_difference, name_variation, nickname, source_id or ai_resolved",
            required=True,
        ),
        text("alias_source", "who found it: known, review, resolver, or a source's name", required=True),
        flag("is_active", "FALSE for an alias that was withdrawn", required=True),
        text("notes", "reason or evidence"),
        text("created_by", "person or run", required=True),
        moment("created_at", "when it was first written (UTC)", required=True),
        moment("processed_at", "when it was last written (UTC)", required=True),
    ),
)

_UNRESOLVED = Table(
    name="unresolved_player_names",
    dataset="nba_reference",
    phase="reference",
    grain="one unknown name of one source in one season",
    key=("source", "normalized_lookup", "season", "team_abbr"),
    description="The review queue: names that no rule could tie to one person, with the evidence.",
    columns=(
        text("source", "table or feed that carries the name", required=True),
        lookup("normalized_lookup"),
        text("season", 'season label, "2021-22"', required=True),
        team_code("team_abbr", "team in the source, empty text if it has none", required=True),
        text("original_name", "name as seen", required=True),
        day("first_seen_date", "first day on which it was seen"),
        day("last_seen_date", "last day on which it was seen"),
        integer("occurrences", "rows that carry it", "rows"),
        array("example_games", "STRING", "up to 10 game ids in which it was seen"),
        array("candidates", "STRING", "best candidates as lookup:similarity, best first"),
        text("status", "pending, under_review, resolved, ignored, invalid or snoozed", required=True),
        text("resolution_type", "how it was resolved: alias_created, registry_filled, ignored ..."),
        text("resolved_to_lookup", "registry name that it was resolved to"),
        day("snooze_until", "hidden from the queue until this day"),
        text("reviewed_by", "who decided"),
        moment("reviewed_at", "when it was decided (UTC)"),
        moment("created_at", "when it was first queued (UTC)", required=True),
        moment("processed_at", "when the row was last written (UTC)", required=True),
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
    ),
)

_ARENAS = Table(
    name="arenas",
    dataset="nba_reference",
    phase="reference",
    grain="one home arena of one team for a span of dates",
    key=("team_abbr", "first_date"),
    description="Home arenas and their coordinates, for travel distances.",
    columns=stamped(
        team_code("team_abbr", "team that plays there at home", required=True),
        day(
            "first_date", "first day of the span; the warehouse's first season for arenas older than it", required=True
        ),
        day("last_date", "last day of the span, NULL if it is still the home arena"),
        text("arena", "name of the arena in that span", required=True),
        text("city", "city", required=True),
        number("latitude", 4, "latitude, north positive", "degrees", required=True),
        number("longitude", 4, "longitude, east positive", "degrees", required=True),
    ),
)

_NEUTRAL = Table(
    name="neutral_site_games",
    dataset="nba_reference",
    phase="reference",
    grain="one game at a neutral site",
    key=("game_id",),
    description="Games that were not played in the arena of the team listed as home.",
    columns=stamped(
        GAME,
        day("game_date", "date of the game; a game of this id on another date is not this one", required=True),
        text("venue", "name of the venue", required=True),
        text("city", "city", required=True),
        number("latitude", 4, "latitude, north positive", "degrees", required=True),
        number("longitude", 4, "longitude, east positive", "degrees", required=True),
    ),
)

TABLES: tuple[Table, ...] = (_REGISTRY, _ALIASES, _UNRESOLVED, _RUN_HISTORY, _ARENAS, _NEUTRAL)
"""Reference tables."""
