"""Names on the real rosters: nobody is taken for somebody else, and nearly everybody is found."""

from __future__ import annotations

import random
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

from name_damage import DAMAGE

from backcourt.names.decide import decide
from backcourt.names.normalise import parse
from backcourt.names.people import registered
from backcourt.sources.season import load_season
from backcourt.warehouse.duckdb import DuckDBWarehouse
from names import damage, hidden, judged, rosters
from state import query

pytestmark = pytest.mark.slow
LABELLED = ("2021-22", "2022-23")
SEASONS = (*LABELLED, "2023-24", "2024-25")
BOXES = ("nbac_schedule", "nbac_team_boxscore", "nbac_player_boxscore", "nbac_gamebook_player_stats")


@pytest.fixture(scope="module")
def league(real_data, tmp_path_factory):
    """A session, and the people of the four real seasons without and with aliases."""
    warehouse = DuckDBWarehouse(tmp_path_factory.mktemp("names") / "w.duckdb")
    for season in SEASONS:
        boxes = BOXES if season != "2021-22" else BOXES[:-1]
        load_season(warehouse, real_data / season, now=datetime(2026, 1, 1, tzinfo=UTC), run_id="t", only=boxes)
    with warehouse.read() as session:
        yield session, registered(session, aliases=False), registered(session)


def resolved(path):
    """What loads have made of the names: ids in the raw rows, registry, aliases, decisions and open questions."""
    stamps = {"processed_at", "created_at", "created_by", "run_id"}
    found = {}
    for table, only in (
        ("nba_raw.br_rosters_current", ""),
        ("nba_reference.nba_players_registry", ""),
        ("nba_reference.player_aliases", ""),
        ("nba_reference.name_decisions", ""),
        ("nba_reference.unresolved_player_names", "WHERE status <> 'resolved'"),
    ):
        columns = [row[0] for row in query(path, f"SELECT column_name FROM (DESCRIBE {table})")]
        kept = ", ".join(name for name in columns if name not in stamps)
        found[table] = query(path, f"SELECT {kept} FROM {table} {only} ORDER BY ALL")
    return found


def test_the_order_of_loads_does_not_matter(real_data, tmp_path):
    """Two seasons in either order, the rosters before any box score or a season twice, give the same ids and decisions.

    Every roster row of 2021-22 finds its player, of 2022-23 all but that of Jeenathan Williams, registered as Nate.
    """
    found = []
    for name, seasons in (("forth", LABELLED), ("back", LABELLED[::-1]), ("again", (*LABELLED, LABELLED[0]))):
        warehouse = DuckDBWarehouse(tmp_path / f"{name}.duckdb")
        # Names that were asked before their season was loaded end as those that were asked after.
        for season in seasons if name == "back" else ():
            load_season(
                warehouse,
                real_data / season,
                now=datetime(2026, 1, 1, tzinfo=UTC),
                run_id="rosters",
                only=("nbac_schedule", "br_rosters_current"),
            )
        for season in seasons:
            boxes = BOXES if season != "2021-22" else BOXES[:-1]
            load_season(
                warehouse,
                real_data / season,
                now=datetime(2026, 1, 1, tzinfo=UTC),
                run_id=season,
                only=(*boxes, "br_rosters_current"),
            )
        found.append(resolved(warehouse.path))
    assert found[0] == found[1]
    assert found[0] == found[2]
    without = "SELECT season_year, count(*) FROM nba_raw.br_rosters_current WHERE player_id IS NULL GROUP BY ALL"
    assert query(tmp_path / "forth.duckdb", without) == [(2022, 1)]
    assert len(found[0]["nba_reference.name_decisions"]) == 1323


@pytest.mark.parametrize("season", LABELLED)
@pytest.mark.parametrize("aliases", [False, True], ids=["without-aliases", "with-aliases"])
def test_labelled_rosters(league, real_data, season, aliases):
    """Precision is 1 and recall at least 0.997 on the seasons whose true players are given, with and without aliases."""
    session, bare, whole = league
    people = whole if aliases else bare
    people.stage(session)
    truth = rosters(real_data / season)
    assert len(truth) > 600
    known = {spelling.player_id for spelling in people.spellings}
    found = judged(truth, decide(session, people, [asked for asked, _ in truth]), known)
    assert found["resolvable"] == len(truth)
    assert (found["wrong"], found["precision"]) == (0, 1.0)
    assert found["recall"] >= 0.997


@pytest.mark.parametrize("season", LABELLED)
def test_labelled_rosters_before_their_season_is_loaded(league, real_data, season):
    """Nobody listed in the season yet: whoever is found then is found after, nobody is wrong, and most are found."""
    session, _, whole = league
    truth = rosters(real_data / season)
    asked = [asked for asked, _ in truth]
    whole.stage(session)
    after = decide(session, whole, asked)
    blind = replace(whole, listings=[listing for listing in whole.listings if listing.season != season])
    blind.stage(session)
    before = decide(session, blind, asked)
    assert [
        d.player_id for d, (_, player) in zip(before, truth, strict=True) if d.player_id not in {None, player}
    ] == []
    missed = [d.asked.name for d, later in zip(before, after, strict=True) if d.player_id is None and later.player_id]
    # A list without a team's players leaves other spellings open, never an exact name.
    assert len(missed) <= 0.01 * len(truth)
    # Without anything loaded, by careers alone; and a hidden person is nobody then, too.
    for player in sorted({player for _, player in truth})[::25]:
        alone = hidden(blind, {player})
        alone.stage(session)
        rows = [asked for asked, own in truth if own == player]
        assert [d.player_id for d in decide(session, alone, rows)] == [None] * len(rows)


@pytest.mark.parametrize("season", SEASONS)
def test_whoever_is_hidden_is_nobody(league, real_data, season):
    """Hide each person, one of each team at a time: his rows are given to nobody, in the later seasons, too.

    There the true player is the one of exactly this name; rows without one are left out.
    """
    session, _, whole = league
    listed = {
        (entry.team_abbr, parse(whole.names[entry.player_id]).lookup): entry.player_id for entry in whole.listings
    }
    truth = [
        (asked, player if season in LABELLED else listed.get((asked.team_abbr, parse(asked.name).lookup)))
        for asked, player in rosters(real_data / season, labelled=season in LABELLED)
    ]
    truth = [(asked, player) for asked, player in truth if player]
    assert len(truth) > 600
    by_team: dict[str, list[int]] = {}
    for asked, player in truth:
        by_team.setdefault(asked.team_abbr, []).append(player)
    turns = max(map(len, by_team.values()))
    asked_for = 0
    for turn in range(turns):
        gone = {players[turn] for players in by_team.values() if turn < len(players)}
        rows = [asked for asked, player in truth if player in gone]
        people = hidden(whole, gone)
        people.stage(session)
        found = [decision for decision in decide(session, people, rows) if decision.player_id is not None]
        assert not found
        asked_for += len(rows)
    assert asked_for >= len(truth)


@pytest.mark.parametrize("context", ["none", "season", "team"])
def test_damaged_names(league, context):
    """Names of 5,198 players and 500 people who do not exist, damaged in every way: 0 wrong, with and without context.

    With team and season nearly all are found.
    """
    session, bare, _ = league
    if context == "none":
        truth = [(name, "", "", player) for player, name in sorted(bare.names.items())]
        assert len(truth) >= 5198
    else:
        truth = [
            (bare.names[entry.player_id], entry.season, entry.team_abbr if context == "team" else "", entry.player_id)
            for entry in bare.listings
        ]
    found = damage(session, bare, truth, random.Random(1))
    assert {kind: result["wrong"] for kind, result in found.items()} == dict.fromkeys((*DAMAGE, "made up"), 0)
    least = {"none": 0.95, "season": 0.99, "team": 1.0}[context]
    assert found["as it is"]["recall"] >= least
    if context == "team":
        assert min(result["recall"] for kind, result in found.items() if kind != "made up") > 0.9
