"""What a SELECT reads of its upstreams: no column may matter that the lineage does not know."""

from dataclasses import replace
from datetime import date

import pytest

from backcourt.calendar import DateRange
from backcourt.catalog import table, views
from backcourt.processors.lineage import EVERYTHING, groups, trace, values_mask
from backcourt.processors.registry import registry
from backcourt.processors.views import VIEWS
from backcourt.warehouse.content import stored_text
from backcourt.warehouse.duckdb import DuckDBWarehouse
from backcourt.warehouse.seasons import game_dates, processor_values

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
    """Fouls reach no table behind player_game_summary; points and minutes reach some readers, who played all of them."""
    summary = next(processor for processor in registry() if processor.name == "player_game_summary")
    changes = {name: group.changes for group in groups(summary, "box_lines") for name in group.columns}
    assert changes["personal_fouls"] == changes["steals"] == 0
    assert 0 < changes["points"].bit_count() < changes["player_id"].bit_count()
    assert 0 < changes["seconds_played"].bit_count() < changes["player_id"].bit_count()
    assert "game_date" not in changes


def test_a_view_stands_for_its_tables():
    """A view has the columns that its SELECT returns, and who reads it reads the tables behind it in no other way."""
    for view in VIEWS.values():
        assert set(trace(views.view(view.name))) <= {column.name for column in view.table.columns}
        readers = [processor for processor in registry() if groups(processor, view.name)]
        assert readers
        assert [groups(reader, name) for reader in readers for name in view.stands_for if groups(reader, name)] == []


def test_values_are_hashed_with_those_whose_they_are():
    """Of a box-score line, points are hashed with the player, so that two who exchange their points are a change."""
    summary = next(processor for processor in registry() if processor.name == "player_game_summary")
    points = next(group for group in groups(summary, "box_lines") if "points" in group.columns)
    assert points.columns == ("points",)
    assert {"game_id", "player_id", "team_abbr"} <= set(points.hashed)
    shots = next(group for group in groups(summary, "nba_raw.nbac_shot_chart") if "zone" in group.columns)
    assert {"game_id", "event_id", "player_id"} <= set(shots.hashed)


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


def together(source, target, known):
    """Columns that the same outputs read are changed together, each in another half of the rows: SQL by column.

    A column that decides about the key is left out: rows of another key are other rows, and whoever joins on it is
    followed through the key.
    """
    found = {}
    for number, column in enumerate(source.business_columns):
        read = frozenset(name for name, sources in known.items() if (source.full_name, column.name) in sources)
        if column.type in OTHER and not read & set(target.key):
            half = (
                f"MOD(ABS(UNIX_MICROS(processed_at)) + STRPOS(data_hash, '{'0123456789abcdef'[number % 16]}'), 2) = 0"
            )
            changed = OTHER[column.type].format(c=column.name)
            found.setdefault(read, {})[column.name] = f"IF({half}, {changed}, {column.name}) AS {column.name}"
    return found


@pytest.mark.slow
@pytest.mark.parametrize("processor", registry(), ids=lambda processor: processor.table.short)
def test_no_column_matters_that_is_not_known(processor, eight_weeks):
    """Every column of every upstream is changed in half of its rows: only what the lineage names comes out otherwise."""
    known = trace(processor.sql)
    target = processor.table
    outputs = [column for column in target.business_columns if column.name not in target.key]
    with DuckDBWarehouse(eight_weeks).read() as session:
        values = processor_values(game_dates(session), SPAN)

        def rows(name, sql):
            return session.stage_query(
                name, processor.staged_sql.replace(processor.sql.strip().rstrip(";"), sql), values
            )

        before = rows("before", processor.sql.strip().rstrip(";"))
        for upstream in target.upstreams:
            source = table(upstream.table)
            for read, alike in together(source, target, known).items():
                columns = ", ".join(alike.get(c.name, c.name) for c in source.columns)
                fake = session.stage_query("other", f"SELECT {columns} FROM {source.full_name}")
                after = rows("after", processor.sql.strip().rstrip(";").replace(source.full_name, fake.name))
                same = " AND ".join(f"a.{name} = b.{name}" for name in target.key)
                differ = session.rows(
                    f"SELECT {', '.join(map(unlike, outputs))} FROM {before} AS a INNER JOIN {after} AS b ON {same}"
                )[0]
                touched = {column.name for column, count in zip(outputs, differ, strict=True) if count}
                assert touched <= read, (source.full_name, *alike, touched - read)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["player_game_summary", "upcoming_player_game_context", "upcoming_team_game_context"])
def test_no_column_of_a_view_matters_that_is_not_known(name, eight_weeks):
    """Every column of every view is changed in half of its rows: only what the lineage names comes out otherwise."""
    processor = next(each for each in registry() if each.name == name)
    target, sql = processor.table, processor.sql_with(VIEWS)
    known, whole = trace(sql), processor.sql.strip().rstrip(";")
    outputs = [column for column in target.business_columns if column.name not in target.key]
    with DuckDBWarehouse(eight_weeks).read() as session:
        values = processor_values(game_dates(session), SPAN)

        def rows(where, select):
            return session.stage_query(where, processor.staged_sql.replace(whole, select.strip().rstrip(";")), values)

        before = rows("before", sql)
        for view in VIEWS.values():
            text = views.view(view.name, "BETWEEN @start_date AND @end_date", VIEWS)
            if text not in sql:
                continue
            returned = [column for column in view.table.columns if column.name in trace(text)]
            who = "player_lookup" if view.name != "known_lines" else "bookmaker_key"
            half = f"MOD(LENGTH(REPLACE(TO_HEX(SHA256(CONCAT(game_id, {who}))), 'a', '')), 2) = 0"
            for column in returned:
                read = {output for output, sources in known.items() if (view.name, column.name) in sources}
                if column.name == "season_year" or read & set(target.key):
                    continue
                other = OTHER[column.type].format(c=column.name)
                columns = ", ".join(
                    c.name if c.name != column.name else f"IF({half}, {other}, {c.name}) AS {c.name}" for c in returned
                )
                fake = session.stage_query("other", f"SELECT {columns} FROM ({text})", values)
                after = rows("after", sql.replace(text, f"SELECT * FROM {fake.name}"))
                same = " AND ".join(f"a.{key} = b.{key}" for key in target.key)
                differ = session.rows(
                    f"SELECT {', '.join(map(unlike, outputs))} FROM {before} AS a INNER JOIN {after} AS b ON {same}"
                )[0]
                touched = {output.name for output, count in zip(outputs, differ, strict=True) if count}
                assert touched <= read, (view.name, column.name, touched - read)
