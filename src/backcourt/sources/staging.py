"""What a load stages before it judges: the statement of each file, the files' rows, the teams and the names.

One SQL file per feed turns the staged rows into the table's rows. What several files have in common is in parts/:
{name} in a file is the text of parts/name.sql. {is_altered} is true for a stored row of the schedule that does not
match its hash.
"""

from __future__ import annotations

from backcourt.catalog.views import SqlFiles
from backcourt.sources.faults import stage_faults
from backcourt.sources.feed import Batch, types_of
from backcourt.sources.rules import TABLES
from backcourt.warehouse.base import Session
from backcourt.warehouse.content import altered

statement = SqlFiles(
    "backcourt.sources",
    *("feeds", "parts"),
    parts={"is_altered": altered(TABLES["nba_raw.nbac_schedule"])},
)
"""SQL that turns the staged file of that name into the rows, with the rules each breaks and its warning."""


def stage_inputs(session: Session, batch: Batch) -> None:
    """Make the files, the teams and the normal form of every name readable in nba_staging."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from backcourt.catalog.teams import TEAMS, teams_of
    from backcourt.names.normalise import lookup_array

    # Codes of a season gone by have been replaced by today's, but on Basketball-Reference.
    teams = [
        {"tricode": team.tricode, "team_id": team.team_id, "bref_code": then.bref_code}
        for team, then in zip(TEAMS, teams_of(batch.year), strict=True)
    ]
    session.stage_arrow("teams", pa.Table.from_pylist(teams))
    names: pa.Table = pa.table({"player_name": batch.names, "player_lookup": lookup_array(batch.names)})
    session.stage_arrow("player_names", names)
    if batch.origin is None:
        columns = {"landed_unit": [unit for unit, _ in batch.payloads], "path": [path for _, path in batch.payloads]}
        session.stage_arrow("landed_units", pa.table({name: pa.array(v, pa.string()) for name, v in columns.items()}))
    if batch.not_whole:
        stage_faults(session, batch.not_whole)
    for feed in batch.feeds:
        if feed.stem in batch.rows:
            rows = batch.rows[feed.stem]
            session.stage_arrow(feed.stem, rows, types_of(feed, rows.schema))
        elif batch.origin is not None:
            path = batch.origin / feed.file_name
            session.stage_parquet(feed.stem, path, types_of(feed, pq.read_schema(path)))
