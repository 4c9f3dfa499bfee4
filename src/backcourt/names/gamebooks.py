"""Gamebooks whose names may be somebody else's by what is known now: they are loaded again.

A gamebook prints names without ids, and its rows have one each: what was decided when it was loaded stands in no other
row. So whatever could decide otherwise since is looked for here: a decision, a question, a bearer of a like name.
"""

from __future__ import annotations

from collections.abc import Collection

from backcourt.names.asking import BY_PEOPLE, DECISIONS, QUEUE, season_of
from backcourt.names.carriers import HOLDING
from backcourt.names.people import REGISTRY
from backcourt.warehouse.base import Session

_RAW = f"nba_raw.{HOLDING}"
_SUFFIX = r"(jr|sr|ii|iii|iv|v)$"


def to_load_again(session: Session, source: str) -> Collection[str]:
    """Ids of the games of loaded gamebooks of which a name can be decided otherwise by what came since.

    That is if, later than the gamebook was loaded, a name of one of its teams was decided, or lost its player; or
    somebody was registered with one of its teams whose name, suffix aside, or last name a player of the game has, or
    of whose names a rule has decided any by their likeness.

    Args:
        session: An open session; reading is enough.
        source: Name of the source that brings the gamebooks.
    """
    # Text of the last name: what follows the letters of the first word.
    family = (
        "SUBSTR(n.player_lookup, LENGTH(REGEXP_REPLACE(SPLIT(n.player_name, ' ')[SAFE_OFFSET(0)], "
        r"r'[^\p{L}\p{N}]', '')) + 1)"
    )
    rows = session.rows(
        f"""
        WITH loaded AS (
          SELECT f.payload_key AS game_id, f.loaded_at, r.team_abbr, {season_of("r")} AS season, r.player_id,
            r.player_lookup
          FROM nba_processing.landed_files AS f
          INNER JOIN {_RAW} AS r ON r.game_id = f.payload_key
          WHERE f.source = @source AND f.outcome = 'loaded'
        )
        SELECT DISTINCT l.game_id
        FROM loaded AS l
        INNER JOIN (
          SELECT season, team_abbr, processed_at FROM {DECISIONS} WHERE source = '{HOLDING}'
          UNION ALL
          SELECT season, team_abbr, processed_at FROM {QUEUE} WHERE source = '{HOLDING}' AND status = 'pending'
        ) AS d ON d.season = l.season AND d.team_abbr = l.team_abbr AND d.processed_at > l.loaded_at
        UNION DISTINCT
        SELECT l.game_id
        FROM loaded AS l
        INNER JOIN {REGISTRY} AS n
          ON n.season = l.season AND n.team_abbr = l.team_abbr AND n.player_id <> l.player_id
          AND n.created_at > l.loaded_at
        LEFT JOIN (
          SELECT DISTINCT season, team_abbr FROM {DECISIONS} WHERE source = '{HOLDING}' AND step <> '{BY_PEOPLE}'
        ) AS d ON d.season = l.season AND d.team_abbr = l.team_abbr
        WHERE d.season IS NOT NULL
          OR REGEXP_REPLACE(n.player_lookup, r'{_SUFFIX}', '') = REGEXP_REPLACE(l.player_lookup, r'{_SUFFIX}', '')
          OR ENDS_WITH(l.player_lookup, {family})
        ORDER BY 1""",
        {"source": source},
    )
    return frozenset(str(row[0]) for row in rows)
