"""What a SELECT reads of its upstreams: no column may matter that the lineage does not know."""

from dataclasses import replace
from datetime import date

import pytest

from backcourt.backfill.seasons import processor_values
from backcourt.calendar import DateRange
from backcourt.catalog import table
from backcourt.processors.lineage import EVERYTHING, groups, trace, values_mask
from backcourt.processors.registry import registry
from backcourt.warehouse.content import stored_text
from backcourt.warehouse.duckdb import DuckDBWarehouse

SPAN = DateRange(date(2021, 11, 20), date(2021, 11, 24))
OTHER = {
    "INT64": "{c} + 1",
    "FLOAT64": "{c} + 1.5",
    "BOOL": "NOT {c}",
    "STRING": "CONCAT({c}, 'x')",
    "DATE": "DATE_ADD({c}, INTERVAL 1 DAY)",
    "TIMESTAMP": "TIMESTAMP_ADD({c}, INTERVAL 90 MINUTE)",
    "ARRAY<INT64>": "ARRAY(SELECT e + 1 FROM UNNEST({c}) AS e)",
}
"""Another value of each type."""


def test_a_filter_counts_for_every_column_and_a_left_join_for_its_own():
    """Each column has its own sources; WHERE decides about all of them, the right side of a LEFT JOIN about its own."""
    found = trace(
        "WITH n AS (SELECT game_id, points FROM nba_raw.nbac_team_boxscore WHERE assists > 3) "
        "SELECT s.game_id, s.season, n.points FROM nba_raw.nbac_schedule AS s LEFT JOIN n ON n.game_id = s.game_id "
        "WHERE s.game_status = 3"
    )
    schedule, box = "nba_raw.nbac_schedule", "nba_raw.nbac_team_boxscore"
    assert found == {
        "game_id": {(schedule, "game_id"), (schedule, "game_status")},
        "season": {(schedule, "season"), (schedule, "game_status")},
        "points": {
            (box, "points"),
            (box, "assists"),
            (box, "game_id"),
            (schedule, "game_id"),
            (schedule, "game_status"),
        },
    }


def test_what_nobody_reads_changes_nothing():
    """Fouls reach no table behind player_game_summary; points reach some of its readers, minutes all of them."""
    summary = next(processor for processor in registry() if processor.name == "player_game_summary")
    changes = {
        name: group.changes for group in groups(summary, "nba_raw.nbac_gamebook_player_stats") for name in group.columns
    }
    assert changes["personal_fouls"] == changes["steals"] == 0
    assert 0 < changes["points"].bit_count() < changes["seconds_played"].bit_count()
    assert "position" not in changes


def test_what_decides_about_failures_decides_about_every_column():
    """A player without his team's box score is not written: whether it is there matters to every reader of his row."""
    summary = next(processor for processor in registry() if processor.name == "player_game_summary")
    changes = {name: group.changes for group in groups(summary, "nba_raw.nbac_team_boxscore") for name in group.columns}
    assert changes["game_id"] == changes["team_abbr"]
    assert changes["game_id"].bit_count() > 10
    assert changes["fg_attempted"] == 0


def test_identity_is_left_out_of_values():
    """The mask of values lacks the classes of ids and names alone; the mask of everything has all bits."""
    name = "nba_analytics.player_game_summary"
    assert values_mask(name) & EVERYTHING == values_mask(name) > 0
    reader = next(processor for processor in registry() if processor.name == "upcoming_player_game_context")
    lookup = next(group for group in groups(reader, name) if "player_full_name" in group.columns)
    assert lookup.identity(name) == lookup
    assert lookup.read & values_mask(name) == 0


def unlike(column):
    """SQL that counts the pairs of rows that differ in a column."""
    one, other = (stored_text(replace(column, name=f"{alias}.{column.name}")) for alias in "ab")
    return f"COUNTIF(COALESCE({one}, '~') <> COALESCE({other}, '~'))"


@pytest.mark.slow
@pytest.mark.parametrize("processor", registry(), ids=lambda processor: processor.table.short)
def test_no_column_matters_that_is_not_known(processor, simulated_warehouse):
    """Every column of every upstream is changed in half of its rows: only what the lineage names comes out otherwise."""
    known = trace(processor.sql)
    target = processor.table
    outputs = [column for column in target.business_columns if column.name not in target.key]
    with DuckDBWarehouse(simulated_warehouse).read() as session:
        values = processor_values(session, SPAN)

        def rows(name, sql):
            return session.stage_query(
                name, processor.staged_sql.replace(processor.sql.strip().rstrip(";"), sql), values
            )

        before = rows("before", processor.sql.strip().rstrip(";"))
        for upstream in target.upstreams:
            source = table(upstream.table)
            for column in source.business_columns:
                if column.type not in OTHER:
                    continue
                other = OTHER[column.type].format(c=column.name)
                changed = f"IF(MOD(ABS(UNIX_MICROS(processed_at)) + LENGTH(data_hash) + STRPOS(data_hash, 'a'), 2) = 0, {other}, {column.name})"
                columns = ", ".join(
                    c.name if c.name != column.name else f"{changed} AS {c.name}" for c in source.columns
                )
                fake = session.stage_query("other", f"SELECT {columns} FROM {source.full_name}")
                after = rows("after", processor.sql.strip().rstrip(";").replace(source.full_name, fake.name))
                same = " AND ".join(f"a.{name} = b.{name}" for name in target.key)
                differ = session.rows(
                    f"SELECT {', '.join(map(unlike, outputs))} FROM {before} AS a INNER JOIN {after} AS b ON {same}"
                )[0]
                touched = {column.name for column, count in zip(outputs, differ, strict=True) if count}
                read = {name for name, sources in known.items() if (source.full_name, column.name) in sources}
                if read & set(target.key):
                    # Rows of another key are other rows: whoever joins on it is followed through the key.
                    continue
                assert touched <= read, (column.name, touched - read)
