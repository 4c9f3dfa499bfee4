"""What follows the last table of a load: names are resolved whatever ended it before, and in whatever order it came."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import duckdb
import pytest

from backcourt.calendar import DateRange
from backcourt.integrity.gaps import find_gaps
from backcourt.integrity.validation import NAMES_ASKED, everything, readiness
from backcourt.names.outstanding import outstanding
from backcourt.names.resolve import taken_ids, write_ids
from backcourt.names.review import health, pending
from backcourt.names.review_acts import Author
from backcourt.sources.season import load_season
from backcourt.warehouse.base import Statement
from backcourt.warehouse.duckdb import DuckDBSession
from backcourt.warehouse.publish import Restated
from partners import partner
from review_league import say

__all__ = ["partner"]

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = datetime(2026, 1, 2, tzinfo=UTC)
STAMPS = {"processed_at", "created_at", "quarantined_at", "run_id", "created_by", "restated_at"}
ROSTERS = "nba_raw.br_rosters_current"


def contents(path):
    """Every row of every table without times and runs; the run history apart, which counts what each load did."""
    connection = duckdb.connect(str(path), read_only=True)
    columns = connection.execute(
        "SELECT schema_name, table_name, list(column_name) FROM duckdb_columns() WHERE schema_name LIKE 'nba_%' "
        "AND table_name NOT IN ('processor_run_history', 'warehouse_meta') GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    found = {}
    for schema, table, names in columns:
        kept = ", ".join(name for name in names if name not in STAMPS)
        where = "WHERE status <> 'resolved'" if table == "unresolved_player_names" else ""
        found[table] = connection.execute(f"SELECT {kept} FROM {schema}.{table} {where} ORDER BY ALL").fetchall()
    connection.close()
    return found


class KilledError(Exception):
    """The process ends here."""


class Kills:
    """Ends the process at one publication: before it, so that everything up to it is stored."""

    def __init__(self, monkeypatch):
        """Count publications from now on."""
        self.count, self.at = 0, 0
        real = DuckDBSession.transaction

        def transaction(session, statements):
            self.count += 1
            if self.count == self.at:
                raise KilledError
            return real(session, statements)

        monkeypatch.setattr(DuckDBSession, "transaction", transaction)

    def before(self, number):
        """Kill before that publication, counted from 1; 0 kills no more."""
        self.count, self.at = 0, number


@pytest.mark.slow
def test_a_load_killed_before_any_publication_is_finished_by_the_next(make_season, monkeypatch):
    """Killed between two publications, the same load again stores the very rows of an undisturbed one."""
    kills = Kills(monkeypatch)
    quiet = make_season("quiet")
    # A load that is carried out, not copied: its publications count.
    quiet.write().load(write=False)
    publications = kills.count
    expected = contents(quiet.warehouse.path)
    assert len(expected["name_decisions"]) > 20
    assert publications > 12
    # Before the first table, after it, in the middle, after the last and before the names; the places are alike.
    for number in (1, 4, publications // 2, publications - 1, publications):
        killed = make_season(f"killed-{number}")
        kills.before(number)
        with pytest.raises(KilledError):
            killed.write().load(write=False)
        kills.before(0)
        assert killed.load(write=False).exit_code == 0
        assert contents(killed.warehouse.path) == expected, f"killed before publication {number}"
        assert killed.rows("SELECT COUNT(*) FROM nba_processing.restatements") == [(0,)]
        sources = (
            "SELECT COUNT(DISTINCT output_table) FROM nba_reference.processor_run_history WHERE status = 'success'"
        )
        assert killed.rows(sources) == quiet.rows(sources)


@pytest.mark.slow
def test_every_validator_sees_names_that_nobody_asked_about(season, monkeypatch):
    """A load that ends before the names leaves no row of them unseen: range, readiness, gaps and health say so.

    The next load, though it skips every game, does what is left; then all four are content about names.
    """
    from backcourt.sources import units

    season.write()
    with monkeypatch.context() as patched:
        patched.setattr(units, "settle_names", lambda *_, **__: (_ for _ in ()).throw(KilledError))
        with pytest.raises(KilledError):
            season.load(write=False)
    span = DateRange(date(2021, 10, 1), date(2021, 10, 31))

    def seen():
        with season.warehouse.read() as session:
            checks = [*everything(session, span)[0].checks, *readiness(session, span).checks]
            levels = [(check.level, check.next_step) for check in checks if check.name == NAMES_ASKED]
            return levels, find_gaps(session, span).names, health(session, NOW), outstanding(session)

    levels, gaps, judged, left = seen()
    assert levels == [("problem", "backcourt names resolve")] * 2
    # Per team 5 men of the roster file; the man whose team has a price, and the one who is hurt, of each game.
    assert (left.listings, left.never_asked) == (24, 20 + 2 + 2)
    assert gaps == "24 players by team and season are not registered, 24 names were never looked up"
    assert judged.exit_code == 1

    again = season.load(write=False, now=LATER)
    assert not again.changed
    assert again.names.decided == 24
    levels, gaps, judged, left = seen()
    assert levels == [("ok", "")] * 2
    assert (gaps, bool(left), judged.status) == ("", False, "good")


def test_rows_without_their_decided_id_are_seen_and_mended(season):
    """An id that is decided and not written, as by an older version that was killed, is found and written."""
    season.load()
    before = contents(season.warehouse.path)
    with season.warehouse.write() as session:
        names = session.stage_query("all_names", "SELECT * FROM nba_reference.name_decisions")
        taken = taken_ids(session, names.name)
        assert sum(stage.rows for _, stage in taken) == 24
        statements = write_ids(session, taken, Restated("old", NOW, "names"))
        session.transaction([*statements, Statement("DELETE FROM nba_processing.restatements WHERE run_id = 'old'")])
    with season.warehouse.read() as session:
        assert outstanding(session, decide=False).rows == 24
    season.load(write=False, only=["odds_api_game_lines"])
    found = contents(season.warehouse.path)
    found.pop("restatements")
    before.pop("restatements")
    assert found == before


def moved(files, years):
    """The same league that many seasons later."""
    found = {}
    for stem, rows in files.items():
        found[stem] = []
        for row in rows:
            new = dict(row)
            for name, value in row.items():
                if name == "game_id":
                    new[name] = f"{value[:3]}{int(value[3:5]) + years}{value[5:]}"
                elif name == "season":
                    new[name] = f"{int(value[:4]) + years}-{int(value[5:]) + years}"
                elif isinstance(value, date) and name != "birth_date":
                    new[name] = value + timedelta(days=365 * years)
            found[stem].append(new)
    return found


def _renamed(season, player, first, last):
    """Give a player another name in every file that has his id."""
    for stem in ("player_boxscores", "players", "roster_snapshots"):
        for row in season.files[stem]:
            if row["player_id"] == player:
                row["player_name"] = f"{first} {last}"
    for row in season.files["player_boxscores_v3"]:
        if row["person_id"] == player:
            row["first_name"], row["family_name"] = first, last


@pytest.fixture
def two_seasons(make_season):
    """Folders of two seasons of which each knows what decides names of the other.

    In the second the roster misspells a man so that only the list's own id, which the first explains, says who he is;
    and writes "Schroderr", one letter off, which in the first is the name of somebody else.
    """
    first, second = make_season("first"), make_season("second")
    second.files = moved(second.files, 1)
    _renamed(second, 7474, "Dennis", "Schröder")
    _renamed(first, 7513, "Klaus", "Schroderr")
    for row in second.files["rosters_bref"]:
        if row["bref_id"] == "MIL1":
            row["bref_name"] = "The Joker"
        if row["bref_id"] == "LAL4":
            row["bref_name"], row["bref_id"] = "Dennis Schroderr", "new1"
    for row in first.files["rosters_bref"]:
        if row["bref_id"] == "BRK3":
            row["bref_name"] = "Klaus Schroderr"
    return first.write(), second.write()


def loaded(make_season, name, *seasons):
    """A warehouse into which the seasons were loaded in this order."""
    place = make_season(name).warehouse
    for number, season in enumerate(seasons):
        summary = load_season(place, season.folder, now=NOW + timedelta(days=number), run_id=f"load-{number}")
        assert summary.exit_code == 0
    return place


@pytest.mark.slow
def test_order_and_number_of_loads_do_not_matter(two_seasons, make_season):
    """Two seasons in either order, one of them twice, give the same ids, registry, decisions and open questions.

    What the second season alone would have decided otherwise is decided again, and its rows stand in the change log.
    """
    first, second = two_seasons
    forth = loaded(make_season, "forth", first, second)
    expected = contents(forth.path)
    back = loaded(make_season, "back", second, first)
    logs = expected.pop("restatements"), (found := contents(back.path)).pop("restatements")
    assert found == expected
    assert logs[0] == []
    # The man known by his id alone had waited, the misspelt one had been somebody: both rows were changed.
    changed = [row[1] for row in logs[1]]
    assert len(changed) == 2
    waits = [(row[0], row[4]) for row in expected["unresolved_player_names"]]
    assert waits == [("br_rosters_current", "Dennis Schroderr")]
    with forth.read() as session:
        joker = session.rows(
            "SELECT player_id, step FROM nba_reference.name_decisions WHERE player_lookup = 'thejoker'"
        )
        assert joker == [(7491, "id")]
    again = loaded(make_season, "again", first, second, second, first)
    found = contents(again.path)
    assert found.pop("restatements") == []
    assert found == expected


def test_what_people_said_stays(two_seasons, make_season):
    """An accepted name keeps its player, whatever a later load knows of the rules."""
    first, second = two_seasons
    place = loaded(make_season, "people", second)
    with place.write() as session:
        assert session.rows(
            "SELECT step FROM nba_reference.name_decisions WHERE player_lookup = 'dennisschroderr'"
        ) == [("one_edit",)]
        (joker,) = pending(session, today=date(2026, 1, 1))
        say(session, "accept", joker["name_id"], 7490, by=Author("ann", NOW, "review"))
    load_season(place, first.folder, now=LATER, run_id="load-2")
    with place.read() as session:
        assert session.rows(
            "SELECT player_id, step FROM nba_reference.name_decisions WHERE player_lookup = 'thejoker'"
        ) == [(7490, "review")]
        assert session.rows(f"SELECT player_id FROM {ROSTERS} WHERE player_lookup = 'thejoker'") == [(7490,)]


@pytest.mark.slow
@pytest.mark.parametrize("stopped", ["settle_names", "remember"])
def test_a_killed_load_of_a_source_is_finished_whatever_the_next_one_does(partner, monkeypatch, stopped):
    """Killed before the names, or before the payload is remembered: the next load gives the state of a quiet one.

    So does a load with nothing to do: what was remembered is skipped, and the names are done all the same.
    """
    from backcourt.sources import landed
    from backcourt.sources.declared import sources
    from partners import payload

    source, day = sources()["bdl_injuries"], date(2025, 7, 15)
    page = json.loads(payload("bdl_injuries/page.json"))
    # The last page of the list, as one that another follows is judged again; and with somebody whom nobody knows.
    page["meta"] = {}
    page["data"][0]["player"]["last_name"] = "Nobodyinsky"
    data = json.dumps(page).encode()

    def killed(*_, **__):
        raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr(landed, stopped, killed)
        with pytest.raises(KilledError):
            partner.load(source, day, data)
    asked = "SELECT COUNT(*) FROM nba_reference.unresolved_player_names"
    rows = "SELECT COUNT(*) > 10 FROM nba_raw.bdl_injuries"
    assert partner.rows(rows) == [(True,)]
    assert (partner.rows(asked) == [(0,)]) == (stopped == "settle_names")
    with partner.warehouse.read() as session:
        assert bool(outstanding(session, decide=False)) == (stopped == "settle_names")
    again = landed.load_landed(partner.warehouse, source, partner.landing, [day], now=NOW, run_id="again")
    assert (again.success, again.known) == (0, 0)
    with partner.warehouse.read() as session:
        assert not outstanding(session)
    # Everything is remembered; an open question that went is asked again by a load that skips every payload.
    partner.execute("DELETE FROM nba_reference.unresolved_player_names")
    idle = landed.load_landed(partner.warehouse, source, partner.landing, [day], now=NOW, run_id="idle")
    assert (idle.known, idle.files) == (1, 1)
    with partner.warehouse.read() as session:
        assert not outstanding(session)
