"""Real payloads of a second gathering, which no other test reads: each loads whole, or is refused or kept as a part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from backcourt.calendar import Seasons
from backcourt.errors import InputFileError
from backcourt.sources.declared import sources
from backcourt.sources.measure import Measure
from backcourt.sources.played import Game, Played
from backcourt.sources.source import About, read
from partners import NOW, Partner, partner, payload

__all__ = ["partner"]
SOURCES = sources()
Row = tuple[str, date, str, str, int, int, int]
WAS_OKC: Row = ("0021600270", date(2016, 11, 30), "OKC", "WAS", 126, 115, 5)
POR_DAL: Row = ("0022100732", date(2022, 1, 26), "DAL", "POR", 132, 112, 4)
CHI_CLE: Row = ("0022200552", date(2023, 1, 2), "CLE", "CHI", 145, 134, 5)
MIL_TOR: Row = ("0022500165", date(2025, 11, 4), "TOR", "MIL", 128, 100, 4)
GSW_BKN: Row = ("0022000001", date(2020, 12, 22), "BKN", "GSW", 125, 99, 4)
HOU_GSW: Row = ("0021700002", date(2017, 10, 17), "GSW", "HOU", 121, 122, 4)
NYK_SAS: Row = ("0042500405", date(2026, 6, 13), "SAS", "NYK", 100, 110, 4)
NOP_TOR: Row = ("0021900001", date(2019, 10, 22), "TOR", "NOP", 130, 122, 5)
REPORT = date(2026, 2, 8)


@dataclass(frozen=True)
class Given:
    """A payload with what it is about.

    Attributes:
        file: Where it lies.
        game: The game, as the schedule has it; None for a list without one.
        key: Its key; "" for that of its game.
        day: Its date; None for that of its game.
    """

    file: str
    game: Row | None = None
    key: str = ""
    day: date | None = None

    @property
    def name(self) -> str:
        """Its source."""
        return self.file.partition("/")[0]

    @property
    def about(self) -> About:
        """What it should be about."""
        day = self.day or (self.game[1] if self.game else REPORT)
        return About(self.key or (self.game[0] if self.game else ""), day, NOW, "payload")

    @property
    def played(self) -> Played:
        """Its game."""
        if self.game is None:
            return Played()
        ident, day, home, away, points, others, periods = self.game
        kind = "Playoffs" if ident.startswith("004") else "Regular Season"
        return Played(
            [Game(game_id=ident, day=day, kind=kind, home=home, away=away, score=(others, points), periods=periods)]
        )


GOOD = {
    Given("nbac_team_boxscore/v2_0021600270.json", WAS_OKC): 2,
    Given("nbac_team_boxscore/v2_0022100732.json", POR_DAL): 2,
    Given("nbac_team_boxscore/v2_0022200552.json", CHI_CLE): 2,
    Given("nbac_team_boxscore/v3_0022200552.json", CHI_CLE): 2,
    Given("nbac_team_boxscore/v3_0022500165.json", MIL_TOR): 2,
    Given("nbac_play_by_play/live_0022000001.json.gz", GSW_BKN): 579,
    Given("bigdataball_pbp/0021700002.csv", HOU_GSW): 457,
    Given("nbac_referee/2026-06-13.json", NYK_SAS, "date"): 4,
    Given("nbac_injury_report/2026-02-08_06_30PM.pdf", None, "1830"): 114,
}
"""What loads whole, with its rows: events as its list has them, but for what stands in others' (blocks, steals, the game's end)."""
PARTS = {
    Given("nbac_team_boxscore/v2_range_0021600270.json", WAS_OKC): "only a part of the game was asked for (RangeType)",
    Given("nbac_shot_chart/stats_away_shots_0022100732.json", POR_DAL): "TeamID 1610612742 was asked for, not all",
    Given("nbac_shot_chart/stats_home_shots_0021900001.json", NOP_TOR): "TeamID 1610612761 was asked for, not all",
    Given("nbac_shot_chart/stats_away_shots_0021900001.json", NOP_TOR): "TeamID 1610612740 was asked for, not all",
}
"""What is a part of its game, and why."""
REFUSED = {
    Given("nbac_shot_chart/player_season_2025-26.json.gz", MIL_TOR): "about game",
    Given("nbac_player_boxscore/teams_2025-26.json.gz", None, "RegularSeason", date(2026, 2, 21)): "PLAYER_ID",
    Given("nbac_gamebook/a.pdf", MIL_TOR): "a PDF without text: damaged",
}
"""What is no payload of its source, and what the message says."""


@pytest.mark.parametrize("given", GOOD, ids=lambda given: given.file)
def test_a_whole_one(given: Given) -> None:
    """Every row is read, nothing is unknown in it, and nothing is missing."""
    parsed = read(SOURCES[given.name], payload(given.file, more=True), given.about)
    verdict = Measure(SOURCES[given.name], given.played, Seasons()).verdict(parsed, given.about)
    assert (len(parsed.rows), str(verdict), parsed.changed) == (GOOD[given], "", set())


@pytest.mark.parametrize("given", PARTS, ids=lambda given: given.file)
def test_a_part_of_a_game(given: Given) -> None:
    """It is read, and what it lacks is said."""
    parsed = read(SOURCES[given.name], payload(given.file, more=True), given.about)
    verdict = Measure(SOURCES[given.name], given.played, Seasons()).verdict(parsed, given.about)
    assert verdict.parts == {given.about.key: PARTS[given]}


@pytest.mark.parametrize("given", REFUSED, ids=lambda given: given.file)
def test_another_shape(given: Given) -> None:
    """An answer to another question is refused in one line."""
    with pytest.raises(InputFileError, match=REFUSED[given]):
        read(SOURCES[given.name], payload(given.file, more=True), given.about)


@pytest.mark.slow
def test_they_load(partner: Partner) -> None:
    """All whole ones of games load with exit status 0; a part beside them changes no row of theirs."""
    partner.schedule(*dict.fromkeys(given.game for given in GOOD if given.game))
    for given in GOOD:
        if given.game:
            source, key = SOURCES[given.name], given.about.key
            done = partner.load(source, given.about.day, payload(given.file, more=True), key)
            assert (given.file, done.exit_code, done.incomplete, partner.rules()) == (given.file, 0, {}, {})
    boxes = "SELECT data_hash FROM nba_raw.nbac_team_boxscore ORDER BY 1"
    stored = partner.rows(boxes)
    part = next(given for given in PARTS if given.name == "nbac_team_boxscore")
    done = partner.load(SOURCES[part.name], part.about.day, payload(part.file, more=True), part.about.key)
    assert (done.exit_code, len(done.incomplete), partner.rows(boxes)) == (1, 1, stored)
