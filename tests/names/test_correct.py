"""A wrong decision is found and given to the right player, and that can be undone."""

from __future__ import annotations

import pytest

from backcourt.errors import BackcourtError
from backcourt.names import review_perform
from backcourt.names.outstanding import finish, outstanding
from backcourt.names.resolve import resolve
from backcourt.names.review import decided
from backcourt.names.review_acts import Author
from backcourt.names.review_perform import correct
from backcourt.names.review_undo import undo
from review_league import BROWN, INJURIES, NOW, ROBERT, league
from state import query

BY = Author("me", NOW, "r")


@pytest.fixture
def place(tmp_path_factory, tmp_path):
    """The small league, in which a rule took Robert Williams for Robert Williams III."""
    return league(tmp_path_factory, tmp_path)


def ids(place):
    """The ids of Robert Williams in the injury report."""
    return query(
        place.path, f"SELECT DISTINCT player_id FROM nba_raw.{INJURIES} WHERE player_lookup = 'robertwilliams'"
    )


def test_a_decision_is_corrected_and_the_correction_undone(place):
    """The other id stands in the raw rows, a later pass keeps it, and an undo puts the name back into the queue."""
    with place.write() as session:
        (found,) = [row for row in decided(session, "Róbert Wílliams") if row["source"] == INJURIES]
        assert (found["player_id"], found["step"]) in {(ROBERT, "suffix"), (ROBERT, "alias")}
        done = correct(session, found["name_id"], BROWN, BY)
        assert done.rows == 1
    assert ids(place) == [(BROWN,)]
    with place.write() as session:
        resolve(session, run_id="again", now=NOW)
        assert [row["player_id"] for row in decided(session, found["name_id"])] == [BROWN]
        undo(session, done.reviews[0], BY)
    assert ids(place) != [(BROWN,)]


def test_a_killed_correction_is_finished_by_the_next_command(place, monkeypatch):
    """It ends before the raw rows have the other id: that is seen, the next command writes it, and no decision is lost."""

    def killed(*_, **__):
        raise KeyboardInterrupt

    with place.write() as session:
        (found,) = [row for row in decided(session, "Robert Williams") if row["source"] == INJURIES]
        monkeypatch.setattr(review_perform, "resolve", killed)
        with pytest.raises(KeyboardInterrupt):
            correct(session, found["name_id"], BROWN, BY)
    assert ids(place) == [(ROBERT,)]
    with place.write() as session:
        left = outstanding(session, decide=False)
        assert (left.rows, left.acts) == (1, 1)
        finish(session, run_id="next", now=NOW)
        assert [row["player_id"] for row in decided(session, found["name_id"])] == [BROWN]
    assert ids(place) == [(BROWN,)]


def test_a_correction_that_is_repeated_has_nothing_left_to_do(place):
    """He is that player already, by the correction or by a rule: it is said, with the act if there is one."""
    with place.write() as session:
        (found,) = [row for row in decided(session, "Robert Williams") if row["source"] == INJURIES]
        by_rule = correct(session, found["name_id"], ROBERT, BY)
        assert [(said.what, said.review_id) for said in by_rule.already] == [
            (f"'Robert Williams' is {ROBERT} already", "")
        ]
        done = correct(session, found["name_id"], BROWN, BY)
        again = correct(session, found["name_id"], BROWN, BY)
        assert (again.reviews, again.already[0].review_id) == ((), done.reviews[0])
        assert session.rows("SELECT COUNT(*) AS n FROM nba_reference.name_reviews") == [(1,)]
    assert ids(place) == [(BROWN,)]


def test_what_cannot_be_corrected(place):
    """No such id, and somebody who is not registered: refused, and nothing is changed."""
    with place.write() as session:
        (found,) = [row for row in decided(session, "Robert Williams") if row["source"] == INJURIES]
        for text, player, says in (
            ("ffffffff", BROWN, "no decided name"),
            (found["name_id"], 123456789, "123456789"),
        ):
            with pytest.raises(BackcourtError, match=says):
                correct(session, text, player, BY)
    assert ids(place) == [(ROBERT,)]


def test_the_beginning_of_an_id_is_enough(place):
    """A beginning that only one decision's id has names it; one that several have is refused, with longer ones to type."""
    with place.write() as session:
        (found,) = [row for row in decided(session, "Robert Williams") if row["source"] == INJURIES]
        ids = [row["name_id"] for row in decided(session)]
        short = next(n for n in range(1, 9) if sum(i.startswith(found["name_id"][:n]) for i in ids) == 1)
        assert decided(session, found["name_id"][:short]) == [found]
        done = correct(session, found["name_id"][:short].upper(), BROWN, BY)
        assert done.rows == 1
        shared = [i for i in "0123456789abcdef" if sum(name.startswith(i) for name in ids) > 1]
        for digit in shared:
            with pytest.raises(BackcourtError, match="ids that begin with"):
                correct(session, digit, BROWN, BY)
        with pytest.raises(BackcourtError, match="is not the id of a name"):
            correct(session, "no id", BROWN, BY)
