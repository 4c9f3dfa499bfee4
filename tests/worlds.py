"""Three weeks of a simulated season as files and as warehouses, for the harnesses that disturb every command.

The folder holds the files as they stood on a morning, tonight's games planned; two men in the injury report and the
props carry names that nobody has, so that names wait for a decision.
"""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pyarrow.compute as pc
import pyarrow.parquet as pq

from backcourt.catalog import TABLES, table
from backcourt.names.normalise import player_lookup
from backcourt.processors.registry import registry
from backcourt.warehouse.base import Statement
from backcourt.warehouse.content import content_hash
from backcourt.warehouse.duckdb import DuckDBWarehouse
from box_scores import AWAY_SCORE, DAY, HOME_SCORE, game_id
from forked import Forks
from once import once
from partners import Partner
from state import query

FIRST, LAST = date(2021, 10, 19), date(2021, 11, 12)
"""First and last date with final games."""
LOADED = datetime(2021, 11, 13, 13, tzinfo=UTC)
"""The morning on which the files are loaded."""
NOW = datetime(2021, 11, 13, 15, tzinfo=UTC)
"""Two hours later: when the commands run."""
SPAN = ("--start-date", FIRST, "--end-date", LAST)
NOBODY = {"Easton Vanthurst": "Timelord Quandary", "Nasir Dunwell": "Zebulon Overmantel"}
"""Names of players, and what their rosters, reports and props call them: names that nobody has."""


def trials(default):
    """How often a harness tries: what BACKCOURT_TRIALS says, or few."""
    return int(os.environ.get("BACKCOURT_TRIALS", default))


def kills_each(default):
    """How often a trial is killed at most: what BACKCOURT_KILLS says, or few."""
    return int(os.environ.get("BACKCOURT_KILLS", default))


def season_files(season, folder, moment, *, planned=None):
    """The files of a simulated season as they stood at a moment, without play-by-play."""
    from backcourt.simulate.views import season_at

    kept = folder.with_name(f"{folder.name}-whole")
    season_at(SimpleNamespace(folder=season, planned=planned or {}), kept, moment)
    (kept / "play_by_play.parquet").unlink()
    kept.rename(folder)
    return folder


def rewrite(path, change):
    """Put what a function makes of a parquet file in its place."""
    rows = pq.read_table(path)
    pq.write_table(change(rows).cast(rows.schema), path)


def misspelt(folder):
    """Give two players names that nobody has, where the source says no id."""
    for stem in ("roster_snapshots", "injury_report", "player_props"):
        rewrite(folder / f"{stem}.parquet", _rename)


def _rename(rows):
    names = rows["player_name"]
    for right, wrong in NOBODY.items():
        names = pc.if_else(pc.equal(names, right), wrong, names)
    return rows.set_column(rows.column_names.index("player_name"), "player_name", names)


_LINE = """points, field_goals_made, field_goals_attempted, three_pointers_made, three_pointers_attempted,
free_throws_made, free_throws_attempted, offensive_rebounds, defensive_rebounds, total_rebounds, assists, steals, blocks,
turnovers, personal_fouls"""
BY_NAME = date(2021, 11, 8)
"""On this date one game came from a source without ids, which calls one man by a name that nobody has."""
STRANGER = "Bartholomew Nobody"


def by_name_only(path):
    """Make a game come from a source without ids; returns who carries a name that nobody has."""
    (game,) = query(path, "SELECT min(game_id) FROM nba_raw.nbac_team_boxscore WHERE game_date = ?", BY_NAME)[0]
    day = f"game_id = '{game}'"
    (who,) = query(
        path,
        f"SELECT player_id FROM nba_raw.nbac_gamebook_player_stats WHERE {day} AND seconds_played > 1500 "
        "ORDER BY player_id LIMIT 1",
    )[0]
    query(
        path,
        f"""INSERT INTO nba_raw.bdl_player_boxscores (game_id, game_date, season_year, player_lookup, player_full_name,
        home_team_abbr, away_team_abbr, team_abbr, minutes, {_LINE}, data_hash, processed_at)
        SELECT g.game_id, g.game_date, g.season_year, if(g.player_id = {who}, '{player_lookup(STRANGER)}', g.player_lookup),
        if(g.player_id = {who}, '{STRANGER}', g.player_name), s.home_team_tricode, s.away_team_tricode,
        g.team_abbr, format('{{}}:{{:02}}', g.seconds_played // 60, g.seconds_played % 60), {_LINE},
        md5(g.data_hash || g.player_id)[:16], g.processed_at
        FROM nba_raw.nbac_gamebook_player_stats AS g JOIN nba_raw.nbac_schedule AS s USING (game_id)
        WHERE g.{day} AND g.seconds_played > 0""",
    )
    for name in ("nbac_gamebook_player_stats", "nbac_player_boxscore"):
        query(path, f"DELETE FROM nba_raw.{name} WHERE {day}")
    lines = table("bdl_player_boxscores")
    with DuckDBWarehouse(path).write() as session:
        true = f"UPDATE {lines.full_name} AS t SET data_hash = {content_hash(lines, 't')} WHERE TRUE"
        session.transaction([Statement(true)])
    return who


class World:
    """The folder of one scenario's beginning, and what runs commands there.

    Attributes:
        forks: Runs commands.
        folder: Files as they stood, and the warehouses of every beginning by name.
        who: The player whom a name stands for that nobody has.
        review: The act by which it was given to him.
        withdrawal: The act by which the alias that it made was withdrawn.
    """

    def __init__(self, forks, folder):
        """Take a built folder."""
        self.forks, self.folder = forks, Path(folder)
        known = self.folder / "known.json"
        said = json.loads(known.read_text()) if known.exists() else ("", "", "")
        self.who, self.review, self.withdrawal = said

    def command(self, warehouse, *words, now=NOW, **options):
        """One command on a warehouse, in its folder; it must not end with a fault of our own."""
        ended = self.forks.run(
            [*words, "--warehouse", Path(warehouse).name], cwd=Path(warehouse).parent, now=now, **options
        )
        assert 3 not in ended.codes, ended.err
        return ended

    def good(self, warehouse, *words, **options):
        """The same, and it must end well."""
        ended = self.command(warehouse, *words, **options)
        assert ended.codes == (0,), (words, ended.codes, ended.out, ended.err)
        return ended

    def waiting(self, warehouse, name):
        """The id under which a name waits for a decision."""
        found = json.loads(self.good(warehouse, "names", "pending", "--json").out[0])
        return next(row["name_id"] for row in found if row["original_name"] == name)


def build(season, folder):
    """Every beginning: loaded, names undecided, computed, a name accepted, a date missing, damaged."""
    with Forks(folder) as forks:
        world = World(forks, folder)
        season_files(season, folder / "season", LOADED)
        misspelt(folder / "season")
        path = folder / "loaded.duckdb"
        world.good(path, "load", "season", "season", now=LOADED)
        undecided = Path(shutil.copy(path, folder / "undecided.duckdb"))
        who = by_name_only(undecided)
        done = Path(shutil.copy(undecided, folder / "done.duckdb"))
        world.command(done, "names", "resolve")
        world.command(done, "run", *SPAN)
        accepted = Path(shutil.copy(done, folder / "accepted.duckdb"))
        world.good(accepted, "names", "accept", world.waiting(accepted, STRANGER), who, "--by", "me")
        late = Path(shutil.copy(done, folder / "late.duckdb"))
        for processor in registry():
            table, day = processor.table.full_name, processor.table.partition
            query(late, f"DELETE FROM {table} WHERE {day} = ?", LAST)
        query(late, "DELETE FROM nba_processing.backfill_ledger WHERE game_date = ?", LAST)
        damaged = Path(shutil.copy(done, folder / "damaged.duckdb"))
        query(damaged, "DELETE FROM nba_precompute.team_defense_zone_analysis WHERE analysis_date = '2021-11-09'")
        query(damaged, "DELETE FROM nba_raw.nbac_shot_chart WHERE game_date = '2021-11-05'")
        (review, key) = query(accepted, "SELECT review_id, alias_key FROM nba_reference.name_reviews")[0]
        withdrawn = Path(shutil.copy(accepted, folder / "withdrawn.duckdb"))
        gone = world.good(withdrawn, "names", "withdraw", *alias_words(key), "--by", "me", "--json")
        payloads = Partner(folder, DuckDBWarehouse(folder / "payloads.duckdb"))
        payloads.warehouse.ensure(TABLES)
        for number in (101, 102):
            payloads.schedule((game_id(number), DAY, "BOS", "MIA", HOME_SCORE, AWAY_SCORE, 4))
        shutil.copytree(folder / "season", folder / "corrected")
        rewrite(folder / "corrected" / "team_boxscores.parquet", corrected)
        (folder / "known.json").write_text(json.dumps([str(who), str(review), json.loads(gone.out[0])["review_id"]]))
    return folder / "known.json"


def alias_words(key):
    """The words of a command that name an alias."""
    lookup, season, team = key.split("|")
    return [lookup, *(["--season", season] if season else []), *(["--team", team] if team else [])]


def older(path):
    """Make a file what an earlier version wrote: starters in two columns, fewer columns of acts, a lower layout."""
    for statement in (
        "ALTER TABLE nba_raw.nbac_schedule ADD COLUMN home_starter_ids BIGINT[]",
        "ALTER TABLE nba_raw.nbac_schedule ADD COLUMN away_starter_ids BIGINT[]",
        "UPDATE nba_raw.nbac_schedule SET home_starter_ids = starter_ids[1:5], away_starter_ids = starter_ids[6:]",
        "ALTER TABLE nba_raw.nbac_schedule DROP COLUMN starter_ids",
        "ALTER TABLE nba_reference.name_reviews DROP COLUMN is_due",
        "UPDATE nba_processing.warehouse_meta SET layout = 2",
    ):
        query(path, statement)


def corrected(rows):
    """One personal foul more for the first team of the last date but two."""
    fouls, days = rows["pf"].to_pylist(), rows["game_date"].to_pylist()
    place = days.index(sorted({*days})[-3])
    fouls[place] += 1
    return rows.set_column(rows.column_names.index("pf"), "pf", [fouls])


def damaged_world(simulated_warehouse, factory):
    """A warehouse of the same weeks, loaded and computed, with its season's files beside it; read it, or copy it."""

    def make(folder):
        season_files(Path(simulated_warehouse).with_name("season"), folder / "season", LOADED)
        with Forks(folder) as forks:
            world, path = World(forks, folder), folder / "whole.duckdb"
            world.good(path, "load", "season", folder / "season", now=LOADED)
            world.good(path, "run", *SPAN)
        return path

    return once(factory, "damaged-world", make)
