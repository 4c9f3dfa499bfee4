"""Who is meant by a name: every step, and above all when nobody is chosen."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from people_of import LISTED, NAMES, all_of, people, who

from backcourt.names.aliases import CURATED, KNOWN, Alias
from backcourt.names.careers import FOREVER, Career
from backcourt.names.decide import NameQuery, decide
from backcourt.names.normalise import player_lookup
from backcourt.names.people import everybody, name_book

CLEAR = [
    ("Luka Doncic", "DAL", 4, "exact_context"),
    ("LUKA DONČIĆ", "DAL", 4, "exact_context"),
    ("Luka DonÄ\u008diÄ‡", "DAL", 4, "exact_context"),
    ("Dončić, Luka", "DAL", 4, "exact_context"),
    ("Jalen Williams", "OKC", 1, "exact_context"),
    ("Jaylin Williams", "OKC", 2, "exact_context"),
    ("Luka Doncic", "", 4, "exact"),
    ("Luka Doncic", "MIA", 4, "exact"),
    ("Marcus Morris", "LAC", 7, "suffix"),
    ("Xavier Tillman Sr.", "MEM", 23, "suffix"),
    ("Gary Payton", "GSW", 13, "suffix"),
    ("Gary Payton", "", 13, "suffix"),
    ("Giannis Antetokounpmo", "XXX", 18, None),
    ("Ron Holland", "DET", 9, "short_form"),
    ("RJ Nembhard Jr.", "CLE", 10, "short_form"),
    ("R. J. Nembhard Jr.", "CLE", 10, "short_form"),
    ("K. Williams", "OKC", 3, "short_form"),
    ("Juan Navarro", "MEM", 22, "short_form"),
    ("Doncic Luka", "DAL", 4, "swapped"),
    ("Antetokounmpo Thanasis", "MIL", 19, "swapped"),
    ("Luka Donkic", "DAL", 4, "one_edit"),
    ("Gianis Antetokounmpo", "MIL", 18, "one_edit"),
    ("Giannis Antetokounpmo", "", 18, "one_edit"),
    ("Brandon Williams", "POR", 25, "exact_context"),
    ("Brandon Williams", "", 25, "exact"),
    ("Nene", "", 26, None),
    # An exact name is no slip for a name one letter away.
    ("Jalen McDaniels", "", 14, "exact"),
    ("Nikola Jokic", "", 16, "exact"),
    ("C. Nembhard", "CLE", 27, "short_form"),
    ("Nembhard, C.", "CLE", 27, "short_form"),
    ("C.J. Nembhard", "CLE", 27, "exact_context"),
]
OPEN = [
    ("J. Williams", "OKC", "2022-23", "several players of OKC in 2022-23 have a similar name"),
    ("Jailen Williams", "OKC", "2022-23", "nobody of this name with OKC in 2022-23"),
    ("Tim Hardaway Sr.", "DAL", "2022-23", "players of this name are registered, but none in 2022-23"),
    ("Tim Hardaway", "", "", "others have this name but for the suffix or one letter, and no season tells"),
    ("Gary Payton III", "GSW", "2022-23", "players of this name are registered, but none in 2022-23"),
    ("Jalen McDaniels", "MIN", "2022-23", "in 2022-23 others have this or nearly this name"),
    ("Nikola Jokić", "", "", "others have this name but for the suffix or one letter"),
    ("Brandon Williams", "", "", "several players have this name, and no season tells them apart"),
    ("Rob Smith", "", "", "somebody has this name, but it may be the short form of another"),
    ("Robert Smith", "DAL", "2022-23", "players of this name are registered, but none in 2022-23"),
    ("Marcus Morris", "", "", "others have this name but for the suffix or one letter"),
    ("Marcus Morris", "BKN", "2022-23", "in 2022-23 a player of this name, suffix aside, was not with BKN"),
    ("Ron Holland", "", "2022-23", "nobody of this name in 2022-23"),
    ("Maxwell Nobody", "", "", "nobody of this name is registered"),
    ("Kris Nembhard", "CLE", "2022-23", "nobody of this name with CLE in 2022-23"),
    ("RK Nembhard", "CLE", "2022-23", "nobody of this name with CLE in 2022-23"),
    ("Andrew Doncic", "DAL", "2022-23", "nobody of this name with DAL in 2022-23"),
]


def test_who(session):
    """The right person by the step that the rules name; of a namesake of another season nobody is made."""
    found = all_of(session, people(), [(name, team, "2022-23") for name, team, *_ in CLEAR])
    for (name, team, player, step), decision in zip(CLEAR, found, strict=True):
        if step is None:
            assert (decision.player_id, decision.step) == (None, ""), (name, team)
            assert player in [candidate.player_id for candidate in decision.candidates]
            continue
        assert (decision.player_id, decision.step) == (player, step), (name, team, decision.evidence)
        assert decision.player_name == NAMES[player]
        assert decision.evidence
        assert decision.candidates == ()


def test_nobody_is_guessed(session):
    """Two who fit, a namesake of another season, a sibling name, a stranger: nobody is chosen, and the reason says why."""
    found = all_of(session, people(), [(name, team, season) for name, team, season, _ in OPEN])
    for (name, team, season, why), decision in zip(OPEN, found, strict=True):
        assert (decision.player_id, decision.step, decision.score) == (None, "", None), (name, team, season)
        assert why in decision.evidence, (name, team, season)


@pytest.mark.parametrize("player", sorted(NAMES))
def test_a_hidden_person_is_nobody(session, player):
    """Take a person out of the registry: his name with his team and season is not given to anybody else."""
    for _, team, season in [listing for listing in LISTED if listing[0] == player]:
        found = who(session, NAMES[player], team, season, among=people(without={player}))
        assert found.player_id is None


def test_a_known_word_is_no_misspelling(session):
    """Jalen is a name: a Jalen McDaniels with Minnesota is not Jaden McDaniels; Jadem is nobody's name, so he is."""
    assert who(session, "Jalen McDaniels", "MIN").player_id is None
    assert who(session, "Jadem McDaniels", "MIN").player_id == 15


def test_a_list_names_a_player_once(session):
    """On a list with Ronald Holland II himself, Ron Holland is not him as well; the two orders agree."""
    known = people()
    known.stage(session)
    both = [NameQuery("Ron Holland", "2022-23", "DET", "a"), NameQuery("Ronald Holland II", "2022-23", "DET", "a")]
    found = decide(session, known, both)
    assert [decision.player_id for decision in found] == [None, 9]
    assert found[0].evidence == "the similar player is already there under another name: 9"
    assert decide(session, known, both[::-1]) == found[::-1]
    dots = [NameQuery(name, "2022-23", "CLE", "a") for name in ("C. Nembhard", "C Nembhard", "Nembhard, C.")]
    assert [decision.player_id for decision in decide(session, known, dots)] == [27] * 3
    other = [both[0], NameQuery("Ronald Holland II", "2022-23", "DET", "b")]
    assert [decision.player_id for decision in decide(session, known, other)] == [9, 9]


def test_an_id_is_carried_forward(session):
    """A source's own id, once matched, decides before the name does; another source's same id says nothing."""
    known = people(source_ids=[("feed", "77", 2)])
    assert who(session, "Jalen Williams", "OKC", among=known, source="feed", own="77").player_id == 2
    assert who(session, "Jalen Williams", "OKC", among=known, source="feed", own="77").step == "id"
    assert who(session, "Jalen Williams", "OKC", among=known, source="other", own="77").player_id == 1


@pytest.mark.parametrize(
    ("alias", "name", "team", "season", "player", "step"),
    [
        (Alias("jdub", "", "", 1, "review"), "J-Dub", "OKC", "2022-23", 1, "alias"),
        (Alias("jdub", "", "", 1, "review"), "J-Dub", "", "", 1, "alias"),
        (Alias("jdub", "2022-23", "OKC", 1, "review"), "J-Dub", "OKC", "2022-23", 1, "alias"),
        (Alias("jdub", "2022-23", "OKC", 1, "review"), "J-Dub", "DAL", "2022-23", None, ""),
        (Alias("jdub", "", "", 99, "review"), "J-Dub", "OKC", "2022-23", None, ""),
        # A person's word brings somebody into a season that does not list him; the curated list does not.
        (Alias("timhardaway", "", "", 5, "review"), "Tim Hardaway", "MIA", "2022-23", 5, "alias"),
        (Alias("timhardaway", "", "", 5, "known"), "Tim Hardaway", "MIA", "2022-23", None, ""),
        # Whoever has exactly this name with the team is meant, whatever an alias for everywhere says.
        (Alias("jalenwilliams", "", "", 2, "known"), "Jalen Williams", "OKC", "2022-23", 1, "exact_context"),
        (Alias("jalenwilliams", "2022-23", "OKC", 2, "review"), "Jalen Williams", "OKC", "2022-23", 2, "alias"),
    ],
)
def test_aliases(session, alias, name, team, season, player, step):
    """An alias decides within its scope, for people who exist, and not against somebody of exactly that name."""
    found = who(session, name, team, season, among=people(aliases=[alias]))
    assert (found.player_id, found.step) == (player, step)


@pytest.mark.parametrize(
    ("name", "team", "season", "player", "step"),
    [
        # The season is loaded, the team is not: who can have played then decides, listed elsewhere or not.
        ("Gary Payton II", "NYK", "2022-23", 13, "exact"),
        ("Gary Payton", "NYK", "2022-23", 13, "suffix"),
        ("Rob Smith", "NYK", "2022-23", 21, "exact"),
        ("Tim Hardaway", "NYK", "2022-23", 6, "suffix"),
        ("Tim Hardaway Sr.", "NYK", "2022-23", None, ""),
        ("Robert Smith", "NYK", "2022-23", None, ""),
        # Of a team that is loaded the list says who was there.
        ("Gary Payton", "DAL", "2022-23", None, ""),
        # Nothing of the season is loaded.
        ("Rob Smith", "DAL", "2018-19", 21, "exact"),
        ("Gary Payton", "NYK", "1999-00", 12, "exact"),
        ("Gary Payton", "NYK", "2009-10", None, ""),
        ("Gary Payton II", "NYK", "1999-00", None, ""),
        ("Robert Smith", "DAL", "2018-19", None, ""),
        ("Nikola Jokic", "", "2018-19", 16, "exact"),
    ],
)
def test_careers_decide_where_no_list_does(session, name, team, season, player, step):
    """A season or a team that is not loaded is no reason to wait for an exact name, nor to take one of another era."""
    careers = {5: (1989, 2002), 6: (2013, FOREVER), 12: (1990, 2006), 13: (2015, FOREVER), 16: (2015, FOREVER),
               17: (2022, FOREVER), 20: (1977, 1984), 21: (2017, FOREVER)}  # fmt: skip
    known = people(careers={who: Career(*years) for who, years in careers.items()})
    found = who(session, name, team, season, among=known)
    assert (found.player_id, found.step) == (player, step), found.evidence


def test_the_curated_list():
    """The eight known aliases, each for a player whom the league's list has under the official name."""
    spelled = {spelling.player_id: spelling.name for spelling in everybody().spellings}
    assert len(CURATED) == len(KNOWN) == 8
    for entry in CURATED:
        assert player_lookup(spelled[entry.player_id]) == entry.canonical_lookup
        assert entry.alias_lookup != entry.canonical_lookup


def test_the_name_book_has_short_forms_only():
    """Short forms are in it; two spellings of one name are not."""
    pairs = set(zip(*(column.to_pylist() for column in name_book().columns), strict=True))
    assert {("nathaniel", "nate"), ("robert", "rob"), ("william", "bill")} - pairs <= {("william", "bill")}
    assert not {("jalen", "jaylin"), ("jaylin", "jalen")} & pairs


HOSTILE = [
    ("", "invalid"),
    ("   ", "invalid"),
    ("🏀🔥", "invalid"),
    ("x" * 10_000, "invalid"),
    ("Luka " * 3000, "invalid"),
    ("عبد الله", ""),
    ("Robert'); DROP TABLE nba_reference.nba_players_registry;--", ""),
    ("<script>alert(1)</script>", ""),
    ("@run_id", ""),
    ("\x00\x1b[31mLuka", ""),
    (",", "invalid"),
    ("Jr.", ""),
]


def test_hostile_names(session):
    """Whatever stands where a name should be is data: invalid or undecided, never an error, never executed."""
    found = all_of(session, people(), [(name, "DAL", "2022-23") for name, _ in HOSTILE])
    for (name, step), decision in zip(HOSTILE, found, strict=True):
        assert (decision.player_id, decision.step) == (None, step), name[:40]
        assert decision.evidence


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.text(max_size=12), st.sampled_from(sorted(NAMES.values()))), max_size=6), st.randoms())
def test_order_and_repetition_do_not_matter(session, pairs, random):
    """The same names in another order, some of them twice, get the same decisions."""
    known = people()
    known.stage(session)
    asked = [NameQuery(name, "2022-23", "OKC", "list") for pair in pairs for name in pair]
    found = dict(zip(asked, decide(session, known, asked), strict=True))
    shuffled = [*asked, *asked[:2]]
    random.shuffle(shuffled)
    assert [found[entry] for entry in shuffled] == decide(session, known, shuffled)
