"""Names of the raw tables become ids: decided, recorded, written; the registry is filled and never made older."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from backcourt.calendar import DateRange
from backcourt.names.carriers import CARRIERS
from backcourt.names.registry_fill import fill_registry
from backcourt.names.resolve import resolve, taken_ids, write_ids
from backcourt.warehouse.duckdb import DuckDBWarehouse
from backcourt.warehouse.publish import Restated
from rehash import rehash
from small_season import LAST, command, raw, raw_season
from state import query

__all__ = ["command", "raw", "raw_season"]
NOW = datetime(2021, 11, 20, tzinfo=UTC)
SPAN = DateRange(date(2021, 10, 1), LAST)
INJURIES = "nba_raw.nbac_injury_report"
PROPS = "nba_raw.odds_api_player_points_props"


def resolved(path, hours=1):
    """Decide what is open."""
    with DuckDBWarehouse(path).write() as session:
        return resolve(session, run_id=f"r{hours}", now=NOW + timedelta(hours=hours))


def filled(path, hours=0):
    """Fill the registry."""
    with DuckDBWarehouse(path).write() as session:
        return fill_registry(session, SPAN, run_id=f"f{hours}", now=NOW + timedelta(hours=hours))


def forgotten(path):
    """Take every id and decision away, as if the names had just been loaded."""
    for carrier in CARRIERS.values():
        query(path, f"UPDATE {carrier.table.full_name} SET player_id = NULL")
        rehash(path, carrier.table.full_name)
    for table in ("name_decisions", "unresolved_player_names"):
        query(path, f"DELETE FROM nba_reference.{table}")


def rows(path, table):
    """The rows of a table without the time of writing."""
    return query(path, f"SELECT * EXCLUDE processed_at FROM {table} ORDER BY ALL")


def test_a_load_has_resolved_all_names(raw):
    """The names of a season that was loaded with its box scores have their ids, the right ones."""
    assert query(raw, f"SELECT count(*) FILTER (player_id IS NULL), count(*) > 100 FROM {INJURIES}") == [(0, True)]
    assert query(raw, f"SELECT count(*) FILTER (player_id IS NULL), count(*) > 100 FROM {PROPS}") == [(0, True)]
    for table in (INJURIES, PROPS):
        wrong = query(
            raw,
            f"SELECT count(*) FROM {table} AS t WHERE player_id NOT IN (SELECT player_id FROM "
            "nba_raw.nbac_player_list_current AS l WHERE l.player_lookup = t.player_lookup)",
        )
        assert wrong == [(0,)]


def test_resolving_again_gives_the_same_rows(raw):
    """Without ids and decisions, the names are resolved to the very rows that the load wrote, hashes included."""
    before = {carrier.table.name: rows(raw, carrier.table.full_name) for carrier in CARRIERS.values()}
    forgotten(raw)
    found = resolved(raw)
    assert (found.queued, found.rows) == (0, sum(map(len, before.values())))
    assert before == {carrier.table.name: rows(raw, carrier.table.full_name) for carrier in CARRIERS.values()}
    again = resolved(raw, 2)
    assert (again.asked, again.decided, again.rows) == (0, 0, 0)


def test_what_nobody_can_decide_waits(raw):
    """An open name stands in the queue with where it was seen, its candidates and the reason; a rule may decide it later.

    The same pass does not queue it twice, and what a reviewer set aside is not asked again.
    """
    [(player, name, lookup, team)] = query(
        raw,
        f"SELECT player_id, min(player_full_name), player_lookup, team FROM {INJURIES} GROUP BY ALL "
        "HAVING len(player_lookup) > 12 ORDER BY count(*) DESC, player_id LIMIT 1",
    )
    strange = f"zz{lookup[3:]}"
    query(
        raw,
        f"UPDATE {INJURIES} SET player_lookup = ?, player_full_name = ?, player_id = NULL WHERE player_id = ?",
        strange,
        f"Zz{name[3:]}",
        player,
    )
    rehash(raw, INJURIES, "player_lookup = ?", [strange])
    [(count, first, last)] = query(
        raw, f"SELECT count(*), min(game_date), max(game_date) FROM {INJURIES} WHERE player_lookup = ?", strange
    )
    found = resolved(raw)
    assert (found.asked, found.decided, found.queued, found.rows) == (1, 0, 1, 0)
    queue = "SELECT {} FROM nba_reference.unresolved_player_names"
    seen = "source, player_lookup, season, team_abbr, occurrences, first_seen_date, last_seen_date, status"
    assert query(raw, queue.format(seen)) == [
        ("nbac_injury_report", strange, "2021-22", team, count, first, last, "pending")
    ]
    [(candidates, reason, games)] = query(raw, queue.format("candidates, reason, len(example_games)"))
    assert candidates[0].startswith(f"{player}:{name}:0.")
    assert reason == f"nobody of this name with {team} in 2021-22"
    assert games == min(count, 10)

    assert resolved(raw, 2).queued == 1
    assert query(raw, queue.format("count(*), min(created_at) = max(created_at)")) == [(1, True)]

    query(raw, "UPDATE nba_reference.unresolved_player_names SET status = 'ignored', reviewed_by = 'me'")
    assert resolved(raw, 3).asked == 0
    query(raw, "UPDATE nba_reference.unresolved_player_names SET status = 'pending', reviewed_by = NULL")
    query(
        raw,
        "INSERT INTO nba_reference.player_aliases BY NAME SELECT ? AS alias_lookup, '' AS season, '' AS team_abbr, "
        "? AS player_id, ? AS nba_canonical_lookup, 'nickname' AS alias_type, 'review' AS alias_source, TRUE AS "
        "is_active, 'me' AS created_by, now() AS created_at, now() AS processed_at",
        strange,
        player,
        lookup,
    )
    found = resolved(raw, 4)
    assert (dict(found.steps), found.rows) == ({"alias": 1}, count)
    assert query(raw, queue.format("status, resolution_type, resolved_to_player_id")) == [
        ("resolved", "by_rule", player)
    ]
    assert query(raw, f"SELECT DISTINCT player_id FROM {INJURIES} WHERE player_lookup = ?", strange) == [(player,)]


def test_the_games_of_a_source_without_teams_are_context(raw):
    """Props name no team: of two sisters of a name in the season, the one whose team plays in all of the games is meant."""
    pairs = query(
        raw,
        "SELECT a.player_id, a.player_name, b.player_id FROM nba_reference.nba_players_registry AS a JOIN "
        "nba_reference.nba_players_registry AS b ON a.season = b.season AND a.season <> '' AND a.player_id <> b.player_id "
        "AND levenshtein(a.player_lookup, b.player_lookup) = 1 AND a.team_abbr <> b.team_abbr ORDER BY ALL",
    )
    assert pairs, "the invented league has people whose names differ in one letter"
    priced = query(
        raw,
        f"SELECT player_id, count(DISTINCT game_id) FROM {PROPS} WHERE list_contains(?, player_id) GROUP BY ALL",
        [player for player, *_ in pairs],
    )
    forgotten(raw)
    resolved(raw)
    for player, games in priced:
        if games > 1:
            assert games == query(raw, f"SELECT count(DISTINCT game_id) FROM {PROPS} WHERE player_id = ?", player)[0][0]


def test_ids_can_be_taken_away(raw):
    """Names whose ids are taken have none, with new hashes in the change log, and can be decided again."""
    before = rows(raw, INJURIES)
    [(lookup, team)] = query(
        raw,
        "SELECT player_lookup, team_abbr FROM nba_reference.name_decisions WHERE source = 'nbac_injury_report' "
        "ORDER BY ALL LIMIT 1",
    )
    with DuckDBWarehouse(raw).write() as session:
        names = session.stage_query(
            "some_names",
            "SELECT source, player_lookup, season, team_abbr FROM nba_reference.name_decisions "
            "WHERE source = 'nbac_injury_report' AND player_lookup = @lookup AND team_abbr = @team",
            {"lookup": lookup, "team": team},
        )
        taken = taken_ids(session, names.name)
        session.transaction(write_ids(session, taken, Restated("t", NOW, "names")))
        count = sum(stage.rows for _, stage in taken)
    assert count == query(raw, f"SELECT count(*) FROM {INJURIES} WHERE player_id IS NULL")[0][0] > 0
    assert query(raw, "SELECT count(*), min(reason) FROM nba_processing.restatements WHERE run_id = 't'") == [
        (count, "names")
    ]
    query(raw, "DELETE FROM nba_reference.name_decisions WHERE player_lookup = ?", lookup)
    assert resolved(raw).rows == count
    assert rows(raw, INJURIES) == before


def test_the_registry_counts_box_scores(raw):
    """A player's games with a team are those in which he has minutes, his listings all of them; every row once."""
    counted = query(
        raw,
        "SELECT player_id, team_abbr, min(game_date), max(game_date), count(*) FILTER (seconds_played > 0), count(*), "
        "count(*) FILTER (player_status = 'inactive'), count(*) FILTER (player_status = 'dnp') "
        "FROM nba_raw.nbac_gamebook_player_stats GROUP BY ALL ORDER BY ALL",
    )
    # The small file is cut from a season whose registry had been filled to its end.
    query(raw, "DELETE FROM nba_reference.nba_players_registry")
    filled(raw)
    assert counted == query(
        raw,
        "SELECT player_id, team_abbr, first_game_date, last_game_date, games_played, total_appearances, "
        "inactive_appearances, dnp_appearances FROM nba_reference.nba_players_registry "
        "WHERE source_priority = 'nba_gamebook' ORDER BY ALL",
    )
    assert filled(raw, 1).written == 0
    assert query(
        raw,
        "SELECT count(*) = count(DISTINCT (universal_player_id, team_abbr, season)) FROM nba_reference.nba_players_registry",
    ) == [(True,)]


def test_everybody_who_ever_played_is_there(raw):
    """The league's list seeds the registry: 5,198 people without team and season; 78 of them share 38 names."""
    assert query(
        raw, "SELECT count(*), count(DISTINCT player_lookup) FROM nba_reference.nba_players_registry WHERE season = ''"
    ) == [(5198, 5158)]


def test_older_data_do_not_undo_the_registry(raw):
    """With the newest games gone from the raw tables, a row keeps what it knew; a new listing is added all the same."""
    filled(raw)
    kept = rows(raw, "nba_reference.nba_players_registry")
    for table in ("nbac_gamebook_player_stats", "nbac_player_boxscore"):
        query(raw, f"DELETE FROM nba_raw.{table} WHERE game_date > ?", LAST - timedelta(days=7))
    assert filled(raw, 1).written == 0
    assert rows(raw, "nba_reference.nba_players_registry") == kept


@pytest.mark.parametrize("name", ["", "🏀", "x" * 10_000, "'); DROP TABLE t;--", "<b>Bold</b>", "عبد الله", "@now"])
def test_hostile_names_are_stored(raw, name):
    """Whatever a source prints is stored as it is and queued as pending or invalid; nothing is executed or lost."""
    query(
        raw,
        f"UPDATE {INJURIES} SET player_lookup = 'odd', player_full_name = ?, player_id = NULL "
        f"WHERE rowid = (SELECT min(rowid) FROM {INJURIES})",
        name,
    )
    tables = query(raw, "SELECT count(*) FROM duckdb_tables()")
    found = resolved(raw)
    bad = name in {"", "🏀"} or len(name) > 200
    assert (found.asked, found.queued, found.invalid) == (1, int(not bad), int(bad))
    [(stored, status)] = query(raw, "SELECT original_name, status FROM nba_reference.unresolved_player_names")
    assert stored == name
    assert status == ("invalid" if bad else "pending")
    assert query(raw, "SELECT count(*) FROM duckdb_tables()") == tables


def test_a_second_pass_decides_nothing_that_the_first_refused(raw):
    """Who is on a list under his own name is not taken for a similar one there, in a later pass either."""
    [(player, name, lookup)] = query(
        raw,
        f"SELECT player_id, min(player_full_name), player_lookup FROM {INJURIES} GROUP BY ALL "
        "HAVING count(*) > 2 AND len(player_lookup) > 12 ORDER BY player_id LIMIT 1",
    )
    query(
        raw,
        f"UPDATE {INJURIES} SET player_lookup = ?, player_full_name = ?, player_id = NULL WHERE rowid = "
        f"(SELECT min(rowid) FROM {INJURIES} WHERE player_id = ?)",
        f"{lookup[:-1]}q{lookup[-1]}",
        f"{name[:-1]}q{name[-1]}",
        player,
    )
    for hours in (1, 2):
        assert (resolved(raw, hours).queued, resolved(raw, hours).decided) == (1, 0)
    assert query(raw, "SELECT reason FROM nba_reference.unresolved_player_names") == [
        (f"the similar player is already there under another name: {player}",)
    ]
