"""The review of names: what waits, what an act changes, and that everything can be taken back.

The league of these tests (review_league.py) is small enough to say by hand what must come out.
"""

import hashlib
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backcourt.calendar import DateRange
from backcourt.catalog import TABLES
from backcourt.errors import BackcourtError
from backcourt.names import review, review_perform, review_undo
from backcourt.names.normalise import player_lookup
from backcourt.names.outstanding import finish, outstanding
from backcourt.names.registry_fill import fill_registry
from backcourt.names.resolve import resolve
from backcourt.names.review_acts import Author
from backcourt.names.review_alias import alias_type
from backcourt.names.review_rows import STATUSES
from backcourt.names.review_undo import undo, withdraw
from backcourt.warehouse.base import Statement
from review_league import (
    BROWN,
    EITHER,
    FIRST,
    HOSTILE,
    INJURIES,
    JALEN,
    JAYLIN,
    LOADED,
    NOW,
    ODDS,
    PARTNER,
    ROBERT,
    SEASON,
    SECOND,
    TIMELORD,
    beginning,
    league,
    raw,
    say,
)

ANN = Author("ann", NOW, "review")
LATER = Author("bob", NOW + timedelta(minutes=1), "later")
TIMELORD_ID = "8443e848"
"""printf 'nbac_injury_report|timelordwilliams|2022-23|BOS' | sha256sum"""


def id_of(name, source=INJURIES, team="BOS"):
    """The id of a name, worked out from its definition."""
    return hashlib.sha256(f"{source}|{player_lookup(name)}|{SEASON}|{team}".encode()).hexdigest()[:8]


@pytest.fixture
def place(tmp_path_factory, tmp_path):
    """The league, to be changed."""
    return league(tmp_path_factory, tmp_path)


@pytest.fixture
def session(place):
    """An open session on the league."""
    with place.write(TABLES) as opened:
        yield opened


def ids_written(session):
    """Raw rows with an id: (table, name) and the id."""
    return {
        (source, name): player
        for source in (INJURIES, PARTNER, ODDS)
        for name, player in session.rows(
            f"SELECT player_lookup, MIN(player_id) AS p FROM nba_raw.{source} WHERE player_id IS NOT NULL "
            "GROUP BY player_lookup HAVING COUNT(DISTINCT player_id) = 1"
        )
    }


AT_FIRST = {(INJURIES, "alhorford"): 201143, (INJURIES, "robertwilliams"): ROBERT}
"""What rules and the curated aliases decide."""


def statuses(session):
    """Status of every queued name by id."""
    return {row["name_id"]: row["status"] for row in review.pending(session, STATUSES, today=FIRST)}


def test_what_waits_is_listed_by_occurrences(session):
    """The name with two rows comes first, then by key; ids are the first 8 hex digits of the key's SHA-256."""
    rows = review.pending(session, today=FIRST)
    assert rows[0]["name_id"] == TIMELORD_ID == id_of(TIMELORD)
    assert rows[0]["occurrences"] == 2
    assert [(row["source"], row["player_lookup"]) for row in rows[1:]] == sorted(
        (row["source"], row["player_lookup"]) for row in rows[1:]
    )
    # Three rows of Timelord, two of Jaelin, five hostile names with letters; the other two are no names.
    assert len(rows) == 3 + 2 + 5
    assert [row["name_id"] for row in review.pending(session, today=FIRST, limit=1)] == [TIMELORD_ID]
    assert {row["name_id"] for row in review.pending(session, ("invalid",), today=FIRST)} == {
        id_of(HOSTILE[0]),
        id_of(HOSTILE[-1]),
    }


def test_a_name_is_shown_with_its_candidates_and_their_teams(session):
    """Jaylin is one letter of 14 away (0.929), Jalen two (0.857); both were with OKC; nothing was done or decided."""
    shown = review.show(session, id_of(EITHER, team="OKC"))
    assert [(c.player_id, c.name, c.similarity, c.listed) for c in shown.candidates] == [
        (JAYLIN, "Jaylin Williams", 0.929, ("2022-23 OKC",)),
        (JALEN, "Jalen Williams", 0.857, ("2022-23 OKC",)),
    ]
    assert shown.reviews == ()
    assert shown.elsewhere == ()
    assert shown.row["example_games"] == ["0022200002"]


def test_ids_that_mean_no_name_or_several_are_refused(session):
    """A word, an unknown id and a beginning of several ids are refused with what to do; a clear beginning will do."""
    for wrong in ("", "no-id", "🏀", "x" * 10_000, "' OR 1=1"):
        with pytest.raises(BackcourtError, match=r"is not the id of a name.*backcourt names pending"):
            review.show(session, wrong)
    with pytest.raises(BackcourtError, match=r"no name in the queue has the id ffffffff.*backcourt names pending"):
        review.show(session, "ffffffff")
    # 2a559bda and 2f420c09 are two of the hostile names.
    assert {"2a559bda", "2f420c09"} <= set(statuses(session))
    with pytest.raises(BackcourtError, match=r"2 names have ids that begin with 2.*2a559bda, 2f420c09"):
        review.show(session, "2")
    assert review.show(session, "8443").row["original_name"] == TIMELORD


def test_what_cannot_be_done_is_refused_and_changes_nothing(session):
    """Unknown players, names without letters, past days, unknown kinds and decided names are refused with a way on."""
    before = beginning(session)
    either = id_of(EITHER, team="OKC")
    refusals = [
        ("1631119 Jaylin Williams, 1631114 Jalen Williams", lambda: say(session, "accept", either, 5, by=ANN)),
        (
            "reopen it first: backcourt names reopen 47acaa48",
            lambda: say(session, "accept", "47acaa48", ROBERT, by=ANN),
        ),
        ("valid: ignored, invalid, new_player", lambda: say(session, "reject", either, "nobody", by=ANN)),
        ("that day has come", lambda: say(session, "snooze", either, NOW.date(), by=ANN)),
        ("is pending, so it cannot be reopened", lambda: say(session, "reopen", either, by=ANN)),
        ("no reviewer is named", lambda: say(session, "reject", either, by=replace(ANN, by="  "))),
        ("not UTF-8", lambda: say(session, "reject", either, notes="\udcff", by=ANN)),
        ("valid: ignored, invalid, pending", lambda: review.pending(session, ("waiting",), today=FIRST)),
        ("no act has the id", lambda: undo(session, "' OR 1=1 --", ANN)),
        ("there is no alias 'nobody'", lambda: withdraw(session, "nobody", "", "", ANN)),
    ]
    for says, act in refusals:
        with pytest.raises(BackcourtError, match=says) as error:
            act()
        assert error.value.exit_code == 2
    assert beginning(session) == before


def test_an_accepted_name_is_known_everywhere(session):
    """Nobody is called nearly so: the alias holds everywhere, decides the two other rows, and resolves the failure."""
    done = say(session, "accept", TIMELORD_ID, ROBERT, notes="his nickname", by=ANN)
    # Two rows of the report, one of the partner, one of the odds; the failure of 10 January, not Jaelin's.
    assert (done.aliases, done.rows, done.names, done.dates) == (("timelordwilliams||",), 4, 2, (FIRST,))
    assert ids_written(session) == AT_FIRST | {
        (source, "timelordwilliams"): ROBERT for source in (INJURIES, PARTNER, ODDS)
    }
    alias = next(row for row in review.aliases(session) if row["alias_lookup"] == "timelordwilliams")
    assert {name: alias[name] for name in ("player_id", "alias_type", "alias_source", "is_active", "nba_canonical_lookup",
                                           "alias_display", "notes", "created_by", "created_at")} == {
        "player_id": ROBERT, "alias_type": "name_variation", "alias_source": "review", "is_active": True,
        "nba_canonical_lookup": "robertwilliamsiii", "alias_display": TIMELORD, "notes": "his nickname",
        "created_by": "ann", "created_at": NOW}  # fmt: skip
    shown = review.show(session, TIMELORD_ID)
    assert {name: shown.row[name] for name in ("status", "resolution_type", "resolved_to_player_id", "reviewed_by",
                                               "reviewed_at")} == {
        "status": "resolved", "resolution_type": "alias_created", "resolved_to_player_id": ROBERT, "reviewed_by": "ann",
        "reviewed_at": NOW}  # fmt: skip
    assert [(row["source"], row["step"], row["player_id"]) for row in shown.elsewhere] == [
        (PARTNER, "alias", ROBERT),
        (ODDS, "alias", ROBERT),
    ]
    (act,) = shown.reviews
    assert (act["review_id"], act["action"], act["alias_key"]) == (done.reviews[0], "accept", "timelordwilliams||")
    assert '"status": "pending"' in act["before"]
    # 16 letters of "timelordwilliams" and 14 of "robertwilliams": 0.625 similar, as the queue had said.
    (step,) = session.rows("SELECT step, score, player_id FROM nba_reference.name_decisions WHERE step = 'review'")
    assert step == ("review", 0.625, ROBERT)
    failures = session.rows(
        "SELECT player_lookup, status, resolved_at FROM nba_processing.registry_failures ORDER BY 1"
    )
    assert failures == [("jaelinwilliams", "pending", None), ("timelordwilliams", "resolved", NOW)]
    with pytest.raises(BackcourtError, match=r"is resolved, so it cannot be accepted.*names show 8443e848"):
        say(session, "accept", TIMELORD_ID, BROWN, by=LATER)


@pytest.mark.slow
def test_undoing_brings_everything_back_once(session):
    """After the undo queue, aliases in force, decisions, failures and raw rows are as before; a second does nothing."""
    before = beginning(session)
    done = say(session, "accept", TIMELORD_ID, ROBERT, by=ANN)
    assert beginning(session) != before
    undone = undo(session, done.reviews[0], LATER)
    assert (undone.action, undone.names, undone.rows, undone.decided) == ("accept", 3, 4, 0)
    assert beginning(session) == before
    assert [row["is_active"] for row in review.aliases(session) if row["alias_source"] == "review"] == [False]
    (act,) = review.show(session, TIMELORD_ID).reviews
    assert (act["undone_at"], act["undone_by"]) == (LATER.now, "bob")
    again = undo(session, done.reviews[0], replace(ANN, now=NOW + timedelta(hours=1)))
    assert (again.already, again.names, again.rows) == ("2023-01-13 12:01 UTC by bob", 0, 0)
    assert beginning(session) == before
    assert review.show(session, TIMELORD_ID).reviews == (act,)


@pytest.mark.parametrize(
    ("name", "official", "kind"),
    [
        ("Robert Williams", "Robert Williams III", "suffix_difference"),
        ("G.G. Jackson II", "GG Jackson", "suffix_difference"),
        ("Luka Dončic", "Luka Doncic", "encoding_difference"),
        ("Bob Covington", "Robert Covington", "nickname"),
        ("Robert Wiliams", "Robert Williams", "name_variation"),
        ("Timelord Williams", "Robert Williams III", "name_variation"),
    ],
)
def test_kinds_of_aliases(name, official, kind):
    """The suffix, signs beyond ASCII, a short form of the first name, or anything else."""
    assert alias_type(name, official) == kind


def test_health_is_judged_by_age_and_by_the_week(session):
    """Two decided and ten open names of this week are 16.7 %; over 24 hours is critical; nothing open is good."""
    found = review.health(session, NOW)
    assert (found.status, found.exit_code, found.oldest_hours, found.late) == ("warning", 1, 3.0, 0)
    assert (found.decided, found.queued, found.rate) == (2, 10, 0.167)
    assert found.counts == {"invalid": 2, "pending": 10}
    assert review.health(session, LOADED + timedelta(hours=24)).status == "warning"
    late = review.health(session, LOADED + timedelta(hours=24, seconds=1))
    assert (late.status, late.exit_code, late.late) == ("critical", 2, 10)
    # Eight days later nothing of it is new, but the names still wait.
    assert review.health(session, LOADED + timedelta(days=8)).rate is None
    # 18 decided and 2 open are 90 %, and not under 90 %; with one less they are.
    session.transaction(
        [
            # What nobody has asked about would be a warning of its own.
            Statement("DELETE FROM nba_raw.nbac_injury_report WHERE player_id IS NULL AND team <> 'OKC'"),
            Statement("DELETE FROM nba_raw.bdl_injuries"),
            Statement("DELETE FROM nba_raw.odds_api_player_points_props WHERE player_lookup = 'timelordwilliams'"),
            Statement(
                "DELETE FROM nba_reference.unresolved_player_names WHERE player_lookup NOT IN ('jaelinwilliams')"
            ),
            Statement(
                "INSERT INTO nba_reference.name_decisions (source, player_lookup, season, team_abbr, original_name, "
                "player_id, step, evidence, run_id, created_at, processed_at) SELECT 'x', FORMAT('%d', n), '', '', 'x', n, "
                "'exact', 'x', 'x', @now, @now FROM UNNEST(GENERATE_ARRAY(1, 16)) AS n",
                {"now": LOADED},
            ),
        ]
    )
    assert (review.health(session, NOW).rate, review.health(session, NOW).status) == (0.9, "good")
    session.transaction([Statement("DELETE FROM nba_reference.name_decisions WHERE player_lookup = '1'")])
    assert review.health(session, NOW).status == "warning"


def test_names_are_set_aside_and_come_back(session):
    """A snoozed name is hidden until its day; what is set aside can be reopened; a later act keeps an earlier one."""
    either, odd = id_of(EITHER, team="OKC"), id_of(HOSTILE[1])
    day = date(2023, 1, 20)
    snoozed = say(session, "snooze", either, day, by=ANN)
    listed = lambda today: {row["name_id"] for row in review.pending(session, today=today)}  # noqa: E731 - read thrice
    assert either not in listed(day - timedelta(days=1))
    assert either in listed(day)
    assert either in {row["name_id"] for row in review.pending(session, ("snoozed",), today=FIRST)}
    # It waits again from midnight of its day on.
    session.transaction([Statement("DELETE FROM nba_reference.unresolved_player_names WHERE status = 'pending' "
                                   "AND player_lookup <> @lookup", {"lookup": player_lookup(HOSTILE[1])})])  # fmt: skip
    assert say(session, "reject", odd, "invalid", by=ANN).reviews
    assert review.health(session, NOW.replace(day=20, hour=6)).oldest_hours == 6.0
    reopened = say(session, "reopen", either, by=LATER)
    assert statuses(session)[either] == "pending"
    with pytest.raises(BackcourtError, match=f"undo that one first: backcourt names undo {reopened.reviews[0]}"):
        undo(session, snoozed.reviews[0], LATER)
    undo(session, reopened.reviews[0], LATER)
    assert statuses(session)[either] == "snoozed"
    undo(session, snoozed.reviews[0], LATER)
    assert (statuses(session)[either], statuses(session)[odd]) == ("pending", "invalid")
    with pytest.raises(BackcourtError, match=f"is invalid, so it cannot be accepted.*reopen {odd}"):
        say(session, "accept", odd, ROBERT, by=LATER)


@pytest.mark.slow
def test_rejected_names_are_not_asked_again_but_new_players_are(session):
    """Ignored and invalid stay as they are in a later pass; a new player is decided once the registry has him."""
    either, odd, new = id_of(EITHER, team="OKC"), id_of(HOSTILE[1]), id_of(HOSTILE[5])
    say(session, "reject", either, by=ANN)
    say(session, "reject", odd, "invalid", by=ANN)
    say(session, "reject", new, "new_player", by=ANN)
    resolve(session, run_id="again", now=NOW + timedelta(hours=1))
    found = statuses(session)
    assert (found[either], found[odd], found[new]) == ("ignored", "invalid", "under_review")
    session.transaction(
        [
            Statement(
                "INSERT INTO nba_reference.nba_players_registry (universal_player_id, team_abbr, season, player_id, "
                "player_lookup, player_name, source_priority, created_by, created_at, processed_at) VALUES "
                "('nba_99', 'BOS', @season, 99, 'mhmdslh', @name, 'roster', 'x', @now, @now)",
                {"season": SEASON, "name": HOSTILE[5], "now": NOW},
            )
        ]
    )
    resolve(session, run_id="again", now=NOW + timedelta(hours=2))
    row = review.show(session, new).row
    assert (row["status"], row["resolution_type"], row["resolved_to_player_id"]) == ("resolved", "by_rule", 99)


@pytest.mark.slow
def test_an_alias_that_may_mean_another_holds_for_season_and_team(session):
    """Jaelin as Jalen: Jaylin is one letter away, so the alias holds with OKC in 2022-23; the odds know no team."""
    done = say(session, "accept", id_of(EITHER, team="OKC"), JALEN, by=ANN)
    assert done.aliases == ("jaelinwilliams|2022-23|OKC",)
    assert (done.rows, done.names, done.dates) == (1, 0, (SECOND,))
    odds = id_of(EITHER, ODDS, "")
    assert statuses(session)[odds] == "pending"
    # Without a team an alias would speak for everybody of this name in the season: the decision alone is kept.
    other = say(session, "accept", odds, JAYLIN, by=LATER)
    assert (other.aliases, other.rows, other.names) == (("",), 1, 0)
    assert ids_written(session) == AT_FIRST | {(INJURIES, "jaelinwilliams"): JALEN, (ODDS, "jaelinwilliams"): JAYLIN}
    assert statuses(session)[odds] == "resolved"
    resolve(session, run_id="again", now=NOW + timedelta(hours=1))
    assert ids_written(session)[ODDS, "jaelinwilliams"] == JAYLIN


@pytest.mark.slow
def test_an_alias_of_the_nearest_player_holds_everywhere(session):
    """Jaelin as Jaylin: nobody but he is one letter away, so the odds, without a team, are decided by it, too."""
    done = say(session, "accept", id_of(EITHER, team="OKC"), JAYLIN, by=ANN)
    assert (done.aliases, done.rows, done.names) == (("jaelinwilliams||",), 2, 1)
    assert ids_written(session)[ODDS, "jaelinwilliams"] == JAYLIN


@pytest.mark.slow
def test_a_second_player_of_one_spelling_gets_a_narrow_alias(session):
    """The spelling meant another with another team before: so the new alias holds with BOS in 2022-23 only."""
    session.transaction(
        [
            Statement(
                "INSERT INTO nba_reference.player_aliases (alias_lookup, season, team_abbr, player_id, "
                "nba_canonical_lookup, alias_type, alias_source, is_active, created_by, created_at, processed_at) VALUES "
                "('timelordwilliams', '2019-20', 'LAL', @brown, 'jaylenbrown', 'nickname', 'review', TRUE, 'x', @now, @now)",
                {"brown": BROWN, "now": LOADED},
            )
        ]
    )
    assert say(session, "accept", TIMELORD_ID, ROBERT, by=LATER).aliases == ("timelordwilliams|2022-23|BOS",)


@pytest.mark.slow
def test_ids_of_a_source_go_with_the_decision_they_rest_on(session):
    """A name that was decided by the partner's id 77 is asked again when the act that gave 77 its meaning is undone."""
    done = say(session, "accept", id_of(TIMELORD, PARTNER), ROBERT, by=ANN)
    raw(session, PARTNER, [{"as_of_date": SECOND, "bdl_player_id": 77, "season_year": 2022, "player_lookup": "rob",
                            "player_full_name": "Rob", "team_abbr": "BOS", "injury_status": "Out"}])  # fmt: skip
    resolve(session, run_id="load", now=NOW + timedelta(hours=1))
    decided = "SELECT step FROM nba_reference.name_decisions WHERE player_lookup = 'rob'"
    assert session.rows(decided) == [("id",)]
    undo(session, done.reviews[0], replace(LATER, now=NOW + timedelta(hours=2)))
    assert session.rows(decided) == []
    assert ids_written(session) == AT_FIRST
    assert statuses(session)[id_of("Rob", PARTNER)] == "pending"


@pytest.mark.slow
def test_a_withdrawn_curated_alias_stays_withdrawn(session):
    """The row that rested on it is found, asked again and decided by the rule of suffixes; a fill leaves it withdrawn."""
    before = beginning(session)
    gone = withdraw(session, "robertwilliams", "", "", ANN)
    assert (gone.alias, gone.player_id, gone.decisions) == ("robertwilliams||", ROBERT, 1)
    assert (gone.rows, gone.dates) == ({"nba_raw.nbac_injury_report": 1}, (FIRST,))
    assert gone.decided == 1
    decided = "SELECT step FROM nba_reference.name_decisions WHERE player_lookup = 'robertwilliams'"
    assert session.rows(decided) == [("suffix",)]
    fill_registry(session, DateRange(FIRST, SECOND), run_id="again", now=NOW + timedelta(hours=1))
    assert [row["is_active"] for row in review.aliases(session) if row["alias_lookup"] == "robertwilliams"] == [False]
    again = withdraw(session, "robertwilliams", "", "", LATER)
    assert (again.already, again.review_id, again.decisions) == (True, gone.review_id, 0)
    undo(session, gone.review_id, LATER)
    assert beginning(session) == before


@pytest.mark.slow
def test_a_withdrawn_alias_of_a_review_takes_its_decisions_along(session):
    """Four raw rows lose their id and three names are queued again; the acceptance beneath it cannot be undone first."""
    before = beginning(session)
    done = say(session, "accept", TIMELORD_ID, ROBERT, by=ANN)
    between = beginning(session)
    gone = withdraw(session, "timelordwilliams", "", "", ANN)
    assert gone.decisions == 3
    assert gone.rows == {f"nba_raw.{INJURIES}": 2, f"nba_raw.{PARTNER}": 1, f"nba_raw.{ODDS}": 1}
    assert gone.dates == (FIRST,)
    assert (gone.decided, ids_written(session)) == (0, AT_FIRST)
    assert statuses(session)[TIMELORD_ID] == "pending"
    keys = session.rows("SELECT COUNT(*) AS n, COUNT(DISTINCT CONCAT(source, player_lookup, team_abbr)) AS k FROM "
                        "nba_reference.unresolved_player_names")  # fmt: skip
    assert keys == [(12, 12)]
    with pytest.raises(BackcourtError, match=f"withdraw {gone.review_id}"):
        undo(session, done.reviews[0], LATER)
    undo(session, gone.review_id, ANN)
    after = beginning(session)
    assert {name: after[name] for name in after if name != "failures"} == {
        name: between[name] for name in after if name != "failures"
    }
    assert [row["status"] for row in after["failures"]] == ["pending", "resolved"]
    undo(session, done.reviews[0], LATER)
    assert beginning(session) == before


@pytest.mark.slow
def test_what_a_killed_acceptance_left_the_next_pass_does(place, monkeypatch):
    """If it ends before the ids are written and other names are asked, validators see it, and the next pass does it."""
    with place.write(TABLES) as session:
        monkeypatch.setattr(review_perform, "resolve", killed)
        with pytest.raises(KeyboardInterrupt):
            say(session, "accept", TIMELORD_ID, ROBERT, by=ANN)
    with place.write(TABLES) as session:
        assert ids_written(session) == AT_FIRST
        # Two rows of the report have their decision; the partner's name is decided by the alias now, the odds' too.
        left = outstanding(session, decide=False)
        assert (left.rows, left.acts) == (2, 1)
        assert "1 reviewers' decisions are only partly applied" in str(left)
        assert outstanding(session).revised == 2
        assert review.health(session, NOW).exit_code == 1
        finish(session, run_id="next", now=NOW + timedelta(hours=1))
        assert not outstanding(session)
        sources = (INJURIES, PARTNER, ODDS)
        assert ids_written(session) == AT_FIRST | {(source, "timelordwilliams"): ROBERT for source in sources}
        found = statuses(session)
        assert [found[id_of(TIMELORD, *where)] for where in ((INJURIES,), (PARTNER,), (ODDS, ""))] == ["resolved"] * 3
        decided = "SELECT source, player_id FROM nba_reference.name_decisions WHERE player_lookup = 'timelordwilliams'"
        assert sorted(session.rows(decided)) == sorted((source, ROBERT) for source in sources)


def killed(*_, **__):
    """What a process does that ends here."""
    raise KeyboardInterrupt


@pytest.mark.slow
def test_what_follows_from_an_undo_is_due_until_it_is_done(place, monkeypatch):
    """Killed before the names are asked again: the ids went with the decisions, it is said, and the next command does it."""
    with place.write(TABLES) as session:
        before = beginning(session)
        done = say(session, "accept", TIMELORD_ID, ROBERT, by=ANN)
        monkeypatch.setattr(review_undo, "resolve", killed)
        with pytest.raises(KeyboardInterrupt):
            undo(session, done.reviews[0], LATER)
        monkeypatch.undo()
        assert ids_written(session) == AT_FIRST
        assert outstanding(session, decide=False).acts == 1
        finish(session, run_id="next", now=NOW + timedelta(hours=1))
        assert not outstanding(session)
        assert undo(session, done.reviews[0], LATER).already == "2023-01-13 12:01 UTC by bob"
        assert beginning(session) == before


@pytest.mark.slow
def test_what_follows_from_a_withdrawal_and_its_undoing_is_due(place, monkeypatch):
    """A name that a rule decides without the alias, and that the alias decides when it is back, is not left waiting."""
    decided = "SELECT step FROM nba_reference.name_decisions WHERE player_lookup = 'robertwilliams'"
    with place.write(TABLES) as session:
        before = beginning(session)
        for step, act in (
            ("suffix", lambda: withdraw(session, "robertwilliams", "", "", ANN)),
            (
                "alias",
                lambda: undo(session, withdraw(session, "robertwilliams", "", "", ANN).review_id, LATER),
            ),
        ):
            monkeypatch.setattr(review_undo, "resolve", killed)
            with pytest.raises(KeyboardInterrupt):
                act()
            monkeypatch.undo()
            assert outstanding(session, decide=False).acts == 1
            assert review.health(session, NOW).exit_code == 1
            finish(session, run_id="next", now=NOW + timedelta(hours=1))
            assert (session.rows(decided), bool(outstanding(session))) == ([(step,)], False)
        assert {
            name: rows for name, rows in beginning(session).items() if name in {"aliases", "injuries", "failures"}
        } == {name: rows for name, rows in before.items() if name in {"aliases", "injuries", "failures"}}


@pytest.mark.slow
def test_an_alias_that_a_killed_act_made_decides_without_raw_rows_of_its_own(place, monkeypatch):
    """The accepted name has no row any more: only the names that its alias decides show that something is due."""
    with place.write(TABLES) as session:
        session.transaction([Statement(f"DELETE FROM nba_raw.{INJURIES} WHERE player_lookup = 'timelordwilliams'")])
        monkeypatch.setattr(review_perform, "resolve", killed)
        with pytest.raises(KeyboardInterrupt):
            say(session, "accept", TIMELORD_ID, ROBERT, by=ANN)
        monkeypatch.undo()
        left = outstanding(session, decide=False)
        assert (left.rows, left.never_asked, left.acts) == (0, 0, 1)
        finish(session, run_id="next", now=NOW)
        assert ids_written(session) == AT_FIRST | {(source, "timelordwilliams"): ROBERT for source in (PARTNER, ODDS)}
        assert not outstanding(session)


def test_who_repeats_an_act_has_nothing_left_to_do(session):
    """The same said twice, by anybody, changes nothing and names the act; with other notes, or another wish, it is new."""
    either, odd, new = id_of(EITHER, team="OKC"), id_of(HOSTILE[1]), id_of(HOSTILE[5])
    day = date(2023, 1, 20)
    acts = [
        ("ignored already", lambda by: say(session, "reject", either, notes="nobody", by=by)),
        ("pending already", lambda by: say(session, "reopen", either, by=by)),
        ("new_player already", lambda by: say(session, "reject", new, "new_player", by=by)),
        ("snoozed until 2023-01-20 already", lambda by: say(session, "snooze", odd, day, by=by)),
        (f"{ROBERT} already", lambda by: say(session, "accept", TIMELORD_ID, ROBERT, by=by)),
    ]
    for says, act in acts:
        done = act(ANN)
        after = beginning(session), session.query("SELECT * FROM nba_reference.name_reviews ORDER BY 1").to_pylist()
        again = act(LATER)
        assert (done.already, again.reviews) == ((), ())
        assert [(says in said.what, said.review_id) for said in again.already] == [(True, done.reviews[0])]
        stored = session.query("SELECT * FROM nba_reference.name_reviews ORDER BY 1").to_pylist()
        assert (beginning(session), stored) == after
    assert say(session, "snooze", odd, day, notes="other", by=LATER).reviews
    assert say(session, "snooze", odd, date(2023, 1, 21), by=LATER).reviews
    for refused in (
        lambda: say(session, "accept", TIMELORD_ID, ROBERT, notes="other", by=LATER),
        lambda: say(session, "reopen", id_of(HOSTILE[2]), by=LATER),
    ):
        with pytest.raises(BackcourtError, match="so it cannot be"):
            refused()


@pytest.mark.slow
def test_hostile_names_are_only_data(session):
    """A name that looks like SQL is accepted and stands for him; nothing of it, of notes or reviewers is ever run."""
    evil = HOSTILE[1]
    done = say(session, "accept", id_of(evil), BROWN, notes=evil, by=Author(evil, NOW, evil))
    assert ids_written(session)[INJURIES, "droptablenbareferencenamedecisions"] == BROWN
    shown = review.show(session, id_of(evil))
    assert (shown.row["reviewed_by"], shown.reviews[0]["notes"]) == (evil, evil)
    for wrong in HOSTILE:
        with pytest.raises(BackcourtError) as error:
            withdraw(session, wrong, "", "", LATER)
        assert "\x1b" not in str(error.value)
        assert "\u202e" not in str(error.value)
    undo(session, done.reviews[0], LATER)
    assert ids_written(session) == AT_FIRST


NAMES = (
    TIMELORD_ID,
    id_of(TIMELORD, PARTNER),
    id_of(TIMELORD, ODDS, ""),
    id_of(EITHER, team="OKC"),
    id_of(EITHER, ODDS, ""),
)
ACTS = st.one_of(
    st.tuples(st.just("accept"), st.sampled_from(NAMES), st.sampled_from((ROBERT, JALEN, JAYLIN))),
    st.tuples(st.just("reject"), st.sampled_from(NAMES), st.sampled_from(("ignored", "new_player"))),
    st.tuples(st.just("reopen"), st.sampled_from(NAMES), st.just(None)),
    st.tuples(st.just("snooze"), st.sampled_from(NAMES), st.just(date(2023, 2, 1))),
    st.tuples(
        st.just("withdraw"), st.sampled_from(("timelordwilliams", "jaelinwilliams", "robertwilliams")), st.just(None)
    ),
)


def do(session, action, name, value, run_id):
    """One act; returns its id, or None if it was refused or said what holds already."""
    by = Author("ann", NOW, run_id)
    try:
        if action == "withdraw":
            gone = withdraw(session, name, "", "", by)
            return None if gone.already else gone.review_id
        return next(iter(say(session, action, name, value, by=by).reviews), None)
    except BackcourtError:
        return None


@pytest.mark.slow
@settings(max_examples=3, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(acts=st.lists(ACTS, min_size=2, max_size=4))
def test_undoing_all_in_reverse_comes_back_to_the_beginning(tmp_path_factory, acts):
    """Whatever was accepted, rejected, snoozed and withdrawn in the same second: taken back in reverse, all is as before."""
    with league(tmp_path_factory, tmp_path_factory.mktemp("acts")).write(TABLES) as session:
        before = beginning(session)
        done = [do(session, *act, f"run{number}") for number, act in enumerate(acts)]  # type: ignore[call-arg]
        for number, act in enumerate(filter(None, reversed(done))):
            undo(session, act, Author("bob", NOW, f"undo{number}"))
        assert beginning(session) == before
