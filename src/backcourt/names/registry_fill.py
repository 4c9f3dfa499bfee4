"""Fill the player registry: everyone who ever played, then who was listed where: pass one of a two-pass backfill.

Every season that the range touches is counted whole from the raw rows, so that the order of runs does not matter. A
row that was written from newer games or a newer roster is kept.
"""

from __future__ import annotations

import time
from dataclasses import astuple, dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from backcourt.calendar import DateRange
from backcourt.catalog.views import SqlFiles
from backcourt.names.aliases import CURATED, VERSION
from backcourt.names.normalise import player_lookup
from backcourt.names.people import REGISTRY, everybody
from backcourt.warehouse.arrow import table_of
from backcourt.warehouse.base import Session, Staged, Statement, Value

if TYPE_CHECKING:
    import pyarrow as pa

_SQL = SqlFiles("backcourt.names")
_KEY = "n.universal_player_id = t.universal_player_id AND n.team_abbr = t.team_abbr AND n.season = t.season"
_COMPUTED = (
    "player_id",
    "player_lookup",
    "player_name",
    "name_suffix",
    "birth_date",
    "first_game_date",
    "last_game_date",
    "games_played",
    "total_appearances",
    "inactive_appearances",
    "dnp_appearances",
    "position",
    "source_priority",
    "confidence_score",
    "last_gamebook_activity_date",
    "last_roster_activity_date",
)


@dataclass(frozen=True, slots=True)
class FillResult:
    """What the pass did.

    Attributes:
        rows: Registry rows of the seasons: players by team and season.
        written: New or changed rows, those of the list of all players among them.
    """

    rows: int
    written: int


@dataclass(frozen=True, slots=True)
class Counted:
    """The registry as it is to be, staged: nothing is written until ``statements`` are.

    Attributes:
        result: What writing it does.
        statements: What writes it, with its line of the run history.
        people: Full name of the registry as it is then: player_id, player_name, team_abbr and season.
        aliases: Full name of the aliases in force then: alias_lookup, season, team_abbr, player_id and alias_source.
        added: Curated aliases that the warehouse does not have yet.
        changed: Full name of the new and changed rows.
        staged: What to discard afterwards.
    """

    result: FillResult
    statements: tuple[Statement, ...]
    people: str
    aliases: str
    added: int
    changed: str
    staged: tuple[Staged, ...]

    @property
    def changes(self) -> bool:
        """True if writing it changes anything but the run history."""
        return bool(self.result.written or self.added)


LISTING = frozenset(
    f"nba_raw.{name}"
    for name in (
        "nbac_gamebook_player_stats",
        "nbac_inactive_players",
        "nbac_player_boxscore",
        "nbac_player_list_current",
        "espn_team_rosters",
    )
)
"""Raw tables that say, with the league's ids, who was listed where."""
EVERY_SEASON = DateRange(date(1900, 1, 1), date(2199, 12, 31))
"""A range that touches every season of the schedule."""


def fill_registry(
    session: Session, span: DateRange, *, run_id: str, now: datetime, mode: str = "backfill", trigger: str = "api"
) -> FillResult:
    """Seed the registry with everybody who ever played, and count who was listed for whom in the seasons of a range.

    Unchanged rows are left alone. Curated aliases that the warehouse does not have yet are added.

    Args:
        session: A session that can write.
        span: The range; every season that it touches is counted whole.
        run_id: Who writes.
        now: The time of new and changed rows (UTC).
        mode: Name of the mode, for the run history.
        trigger: Who started it, for the run history.
    """
    counted = count_registry(session, span, run_id=run_id, now=now, mode=mode, trigger=trigger)
    session.transaction(counted.statements)
    session.discard(*counted.staged)
    return counted.result


def count_registry(
    session: Session, span: DateRange, *, run_id: str, now: datetime, mode: str = "backfill", trigger: str = "api"
) -> Counted:
    """Count what ``fill_registry`` writes, and write nothing; reading is enough. The arguments are the same."""
    started = time.perf_counter()
    values: dict[str, Value] = {"start": span.start, "end": span.end}
    counted = session.stage_query("registry_rows", _SQL("registry"), values)
    columns = ("universal_player_id", "team_abbr", "season", *_COMPUTED)
    rows = [f"SELECT {', '.join(columns)} FROM {counted}"]
    if not _seeded(session):
        rows.append(_SQL("registry_seeds", everybody=session.stage_arrow("registry_everybody", _seeds())))
    staged = session.stage_query("registry_all", " UNION ALL ".join(rows))
    same = " AND ".join(f"(n.{name} = t.{name} OR (n.{name} IS NULL AND t.{name} IS NULL))" for name in _COMPUTED)
    changed = session.stage_query(
        "registry_changed",
        _SQL("registry_changed", counted=staged.name, same=same),
        {"run_id": run_id, "now": now},
    )
    curated = _curated_aliases(session)
    people = session.stage_query("registry_people", _SQL("registry_people", changed=changed.name))
    aliases = session.stage_query("registry_aliases", _SQL("registry_aliases", curated=curated.name))
    listed = ", ".join((*columns, "created_by"))
    statements = (
        Statement(f"DELETE FROM {REGISTRY} AS t WHERE EXISTS (SELECT 1 FROM {changed} AS n WHERE {_KEY})"),
        Statement(
            f"INSERT INTO {REGISTRY} ({listed}, created_at, processed_at) SELECT {listed}, created_at, @now "
            f"FROM {changed} ORDER BY season, team_abbr, player_lookup, player_id",
            {"now": now},
        ),
        Statement(
            _SQL("keep_aliases", curated=curated.name),
            {"notes": f"curated list, version {VERSION}", "run_id": run_id, "now": now},
        ),
        Statement(
            _SQL("registry_history"),
            {
                **values,
                "run_id": run_id,
                "name": REGISTRY.rpartition(".")[2],
                "now": now,
                "today": now.date(),
                "seconds": round(time.perf_counter() - started, 3),
                "rows": staged.rows,
                "written": changed.rows,
                "mode": mode,
                "trigger": trigger,
                "output": REGISTRY,
            },
        ),
    )
    return Counted(
        FillResult(counted.rows, changed.rows),
        statements,
        people.name,
        aliases.name,
        curated.rows,
        changed.name,
        (counted, staged, changed, curated, people, aliases),
    )


def _seeded(session: Session) -> bool:
    """True if the list of all players is there, as long as the installed package has it: it only ever grows."""
    from nba_api.stats.library import data

    count = session.rows(f"SELECT COUNT(*) AS n FROM {REGISTRY} WHERE season = ''")[0][0]
    return int(str(count)) == len(data.players)


@lru_cache
def _seeds() -> pa.Table:
    """All players the league ever had."""
    columns = (
        "universal_player_id STRING, player_id INT64, player_lookup STRING, player_name STRING, name_suffix STRING"
    )
    people = everybody(aliases=False)
    return table_of(
        columns,
        [
            (f"nba_{who.player_id}", who.player_id, player_lookup(who.name), who.name, name.suffix)
            for who, name in zip(people.spellings, people.parsed, strict=True)
        ],
    )


def _curated_aliases(session: Session) -> Staged:
    """The curated aliases that the warehouse does not have; one that somebody withdrew stays withdrawn."""
    columns = "alias_lookup STRING, nba_canonical_lookup STRING, player_id INT64, alias_type STRING"
    staged = session.stage_arrow("curated_aliases", table_of(columns, map(astuple, CURATED)))
    return session.stage_query("curated_missing", _SQL("curated_missing", curated=staged))
