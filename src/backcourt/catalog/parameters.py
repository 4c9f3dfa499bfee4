"""The type of every parameter of a statement: what is NULL or an empty list does not say its own."""

from __future__ import annotations

import re

_NAMES = {
    "STRING": (
        "alias_lookup birth by category code_version date_level delivery digits error event_id holder instance "
        "job_ids key kind message mode month name notes output payload player player_lookup processor reason review_id "
        "row run run_id season source source_file stale status summary table table_name team_abbr team_codes "
        "trigger unit"
    ),
    "INT64": (
        "ahead bootstrap_days bytes created failed first_month first_year last_month last_year least limit "
        "min_percent min_players min_teams players_per_game processed rows season_year skipped tolerance "
        "written"
    ),
    "FLOAT64": "seconds",
    "BOOL": "can_retry due forced is_correctable source_minimum with_due",
    "DATE": (
        "closing_day date day earliest_day end end_date first first_day first_game_day last last_day "
        "last_game_day latest_day month_end month_start opening_day start start_date today"
    ),
    "TIMESTAMP": "at now since",
    "ARRAY<STRING>": (
        "about carriers days ended gone hashes ids keys kinds months names open outputs phases plain seasons "
        "statuses tables types versions"
    ),
    "ARRAY<INT64>": "masks years",
}
PARAMETERS = {name: kind for kind, names in _NAMES.items() for name in names.split()}
"""BigQuery type by name; a name means the same in every statement."""
_COPY = re.compile(r"(_\d+)+$")


def parameter_type(name: str) -> str | None:
    """The BigQuery type of a parameter, also of one that is numbered beside others; None for one of somebody else's."""
    return PARAMETERS.get(_COPY.sub("", name))
