"""Every source and every way in which an answer can be less than was asked: what is kept, what is asked again.

The cells are by hand: ``refused`` (it does not land), ``incomplete`` (it lands, is named and asked for again, and nothing
that is stored goes), ``held`` (incomplete, and its game is held back), ``whole``, or ``-`` where there can be no such
answer. Cells in parentheses are what nothing in the answer tells: they are loaded beside what is stored.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from backcourt.calendar import Seasons, is_game_id
from backcourt.catalog.teams import TEAMS, team_code_of
from backcourt.errors import InputFileError
from backcourt.sources.declared import sources
from backcourt.sources.fetch import Judging, has_landed
from backcourt.sources.landed import load_landed
from backcourt.sources.measure import Measure, measure
from backcourt.sources.played import Game, Played
from backcourt.sources.remembered import outcomes
from backcourt.sources.source import About, Source, read
from backcourt.sources.targets import Target
from box_scores import DAY as BOX_DAY
from box_scores import game_id, v2
from market_payloads import offers, props
from partners import NOW, Partner, partner, payload
from pdf_maker import AWAY, BELOW, HOME, box, pdf, printed, report

__all__ = ["partner"]
SOURCES = sources()
MLK = date(2024, 1, 15)
WAYS = ("empty", "a game less", "a side less", "cut", "older", "other league", "other date")
Edit = Callable[[Any], Any]


@dataclass(frozen=True)
class Case:
    """A source, its whole payload, and how it becomes less.

    Attributes:
        file: The payload, or its bytes.
        day: Date that it is about.
        key: Its key.
        cells: Outcome by way, in the order of ``WAYS``.
        games: The games that are over: id, home, away, points of away and home, periods; else they are its rows'.
        edits: What makes the payload less, by way.
        page: What stands before the JSON in a page; "" if the payload is JSON.
        made: The same of what is no JSON: makes the bytes, from the whole ones if it needs them.
    """

    file: str | bytes
    day: date
    key: str
    cells: str
    games: tuple[tuple[str, str, str, int, int, int], ...] = ()
    edits: Mapping[str, Edit] = field(default_factory=dict)
    page: str = ""
    made: Mapping[str, Callable[[bytes], bytes]] = field(default_factory=dict)

    @property
    def ways(self) -> set[str]:
        """The ways in which it becomes less by a change of its own."""
        return self.edits.keys() | self.made.keys()

    @property
    def outcome(self) -> dict[str, str]:
        """The cells by way."""
        return dict(zip(WAYS, self.cells.split(), strict=True))


def at(whole: Any, *path: str | int) -> Any:
    """What stands at a path."""
    for part in path:
        whole = whole[part]
    return whole


def keep(*path: str | int, but: Callable[[Any], bool] = lambda _: True) -> Edit:
    """Takes out of the list at a path what is not kept."""

    def edit(whole: Any) -> Any:
        at(whole, *path[:-1])[path[-1]] = [entry for entry in at(whole, *path) if but(entry)]
        return whole

    return edit


def half(*path: str | int) -> Edit:
    """The first half of the list at a path."""

    def edit(whole: Any) -> Any:
        found = at(whole, *path)
        at(whole, *path[:-1])[path[-1]] = found[: len(found) // 2]
        return whole

    return edit


def put(*path: str | int, value: object) -> Edit:
    """Another value at a path."""

    def edit(whole: Any) -> Any:
        at(whole, *path[:-1])[path[-1]] = value
        return whole

    return edit


def each(*path: str | int, **values: object) -> Edit:
    """Other values in every entry of the list at a path."""

    def edit(whole: Any) -> Any:
        for entry in at(whole, *path):
            entry.update(values)
        return whole

    return edit


def column(place: int, *values: object, without: bool = True) -> Callable[[Any], bool]:
    """True of lines that do not have one of the values in a column."""
    return lambda line: (line[place] in values) is not without


ROSTER = ("props", "pageProps", "team", "roster")
ROWS = ("resultSets", 0, "rowSet")
NOTHING = keep(*ROWS, but=lambda _: False)
LEAGUE = put("parameters", "LeagueID", value="20")
LOG = "nbac_player_boxscore/leaguegamelog.json"
SHOTS = "../payloads2/nbac_shot_chart/both_teams_0022100732.json"
ESPN = r"window\['__espnfitt__'\]\s*=\s*"
LAST = "the last page of "
"""Begins what stands for a page that is made the last one of its list."""
BOX = ("page", "content", "gamepackage", "bxscr")
STRIP = ("page", "content", "gamepackage", "gmStrp")


def page_of_all(name: str) -> bytes:
    """A page of a list, the only one at hand, as its last one; players are of one team after the other."""
    page = json.loads(payload(f"{name}/page.json"))
    page["meta"].pop("next_cursor")
    for place, entry in enumerate(page["data"] if name == "bdl_active_players" else ()):
        entry["team"] |= {"abbreviation": TEAMS[place % len(TEAMS)].tricode}
    return json.dumps(page).encode()


def gamebook(lines: Sequence[str]) -> bytes:
    """A gamebook with these lines."""
    return pdf([printed(lines)])


def injuries(home: str = "", away: str = "Out") -> bytes:
    """An injury report of one game: the status of a man of each team, or that it has not reported; "" is no line."""
    rows: list[tuple[float, Sequence[str]]] = []
    for place, (team, status) in enumerate((("Boston Celtics", away), ("Miami Heat", home))):
        told = ("", "", status) if status.isupper() else (f"{team.split()[1]}, Al", status, "Rest")
        if status:
            rows.append((459 - 22 * place, ("02/08/2026", "07:30 (ET)", "BOS@MIA", team, *told)))
    return report(rows, title="02/08/26 03:30 PM")


def of_lines(whole: bytes, kept: Callable[[bytes, int], bool]) -> bytes:
    """Some lines of a file, and its heading."""
    heading, *lines = whole.splitlines(keepends=True)
    return heading + b"".join(line for place, line in enumerate(lines) if kept(line, place))


def not_begun(line: list[Any]) -> list[Any]:
    """A line of a scoreboard before the game."""
    return [*line[:3], 1, "7:30 pm ET", *line[5:]]


def unplayed(whole: Any) -> Any:
    """A schedule that still has every game before it."""
    for day in whole["leagueSchedule"]["gameDates"]:
        for game in day["games"]:
            game |= {"gameStatus": 1, "gameStatusText": "7:30 pm ET"}
    return whole


def days(first: int, last: int) -> Edit:
    """The dates of a schedule from one to another."""

    def edit(whole: Any) -> Any:
        whole["leagueSchedule"]["gameDates"] = whole["leagueSchedule"]["gameDates"][first:last]
        return whole

    return edit


def short_schedule() -> bytes:
    """Six dates of the real schedule."""
    return json.dumps(days(30, 36)(json.loads(payload("nbac_schedule/schedule_api.json.gz")))).encode()


BOX_LINES = box(below=BELOW[:4])
"""A gamebook that lists nobody as inactive, whom the registry would have to know."""
CASES: dict[str, Case] = {
    "nbac_team_boxscore": Case(
        v2(game_id(1)), BOX_DAY, game_id(1), "refused - held held - held -",
        ((game_id(1), "BOS", "MIA", 108, 110, 4),),
        {
            "empty": keep("resultSets", 1, "rowSet", but=lambda _: False),
            "a side less": half("resultSets", 1, "rowSet"),
            "cut": put("parameters", value={"RangeType": 2, "StartRange": 0, "EndRange": 7200}),
            "other league": LEAGUE,
        },
    ),
    "nbac_schedule": Case(
        b"schedule", date(2025, 8, 27), "2024-25", "incomplete incomplete - incomplete held refused -", (),
        {
            "empty": days(0, 0), "a game less": keep("leagueSchedule", "gameDates", 0, "games", but=lambda _: False),
            "cut": days(0, 3), "older": unplayed, "other league": put("leagueSchedule", "leagueId", value="20"),
        },
    ),
    "nbac_player_boxscore": Case(
        LOG, date(2025, 3, 15), "RegularSeason", "incomplete incomplete held incomplete - held refused", (),
        {
            "empty": NOTHING, "a game less": keep(*ROWS, but=column(6, "0022400968")),
            "a side less": keep(*ROWS, but=column(4, "MIA")), "cut": half(*ROWS), "other league": LEAGUE,
        },
    ),
    "nbac_play_by_play": Case(
        "nbac_play_by_play/b.json.gz", date(2025, 1, 15), "0022400561", "refused - held held - refused -",
        (("0022400561", "PHI", "NYK", 125, 119, 5),),
        {
            "empty": keep("game", "actions", but=lambda _: False),
            "a side less": keep("game", "actions", but=lambda a: a.get("teamTricode") != "PHI"),
            "cut": half("game", "actions"), "other league": put("game", "gameId", value="2022400561"),
        },
    ),
    "nbac_referee": Case(
        "nbac_referee/referees.json", date(2025, 1, 8), "date", "incomplete incomplete - incomplete - refused refused",
        (),
        {
            "empty": keep("nba", "Table", "rows", but=lambda _: False),
            "a game less": lambda whole: put("nba", "Table", "rows", value=whole["nba"]["Table"]["rows"][1:])(whole),
            "cut": half("nba", "Table", "rows"), "other league": lambda whole: {"gl": whole["gl"]},
        },
    ),
    "nbac_scoreboard_v2": Case(
        "nbac_scoreboard_v2/scoreboard.json", MLK, "date", "incomplete incomplete - incomplete held held refused", (),
        {
            "empty": NOTHING, "a game less": lambda whole: put(*ROWS, value=at(whole, *ROWS)[1:])(whole),
            "cut": half(*ROWS), "other league": LEAGUE,
            "older": lambda whole: put(*ROWS, value=[not_begun(line) for line in at(whole, *ROWS)])(whole),
        },
    ),
    "nbac_player_list": Case(
        "nbac_player_list/players.json", date(2025, 10, 27), "2025-26", "incomplete - - incomplete - refused -", (),
        {"empty": NOTHING, "cut": half(*ROWS), "other league": LEAGUE},
    ),
    "nbac_player_movement": Case(
        "nbac_player_movement/movement.json.gz", date(2025, 8, 27), "date", "incomplete - - incomplete - - -", (),
        {
            "empty": keep("NBA_Player_Movement", "rows", but=lambda _: False),
            "cut": half("NBA_Player_Movement", "rows"),
        },
    ),
    "nbac_team_roster_api": Case(
        "../payloads2/nbac_team_roster_api/CLE_2025-26.json", date(2026, 2, 22), "CLE",
        "incomplete - - incomplete - refused -", (), {"empty": NOTHING, "cut": half(*ROWS), "other league": LEAGUE},
    ),
    "nbac_shot_chart": Case(
        SHOTS, date(2022, 1, 26), "0022100732", "refused - held held - held -",
        (("0022100732", "POR", "DAL", 132, 112, 4),),
        {
            "empty": NOTHING, "a side less": keep(*ROWS, but=column(5, 1610612757)),
            "cut": put("parameters", "Period", value=1), "other league": LEAGUE,
        },
    ),
    "bdl_boxscores": Case(
        "bdl_boxscores/box_scores.json", MLK, "date", "incomplete incomplete incomplete incomplete incomplete - refused",
        (),
        {
            "empty": put("data", value=[]), "a game less": lambda whole: put("data", value=whole["data"][1:])(whole),
            "a side less": put("data", 0, "home_team", "players", value=[]), "cut": half("data"),
            "older": each("data", status="7:30 pm ET"),
        },
    ),
    "bdl_standings": Case(
        "bdl_standings/a.json", date(2025, 1, 15), "2024-25", "incomplete - - incomplete - - -", (),
        {"empty": put("data", value=[]), "cut": half("data")},
    ),
    "bdl_injuries": Case(
        f"{LAST}bdl_injuries", date(2025, 1, 15), "date", "incomplete - - incomplete - - -", (),
        {"empty": put("data", value=[]), "cut": put("meta", value={"next_cursor": 4082934, "per_page": 100})},
    ),
    "espn_scoreboard": Case(
        "espn_scoreboard/a.json", MLK, "date", "incomplete incomplete - incomplete incomplete refused refused", (),
        {
            "empty": put("events", value=[]), "a game less": lambda whole: put("events", value=whole["events"][1:])(whole),
            "cut": half("events"), "other league": lambda whole: json.loads(json.dumps(whole).replace("~l:46~", "~l:59~")),
            "older": lambda whole: json.loads(
                json.dumps(whole).replace('"state": "post"', '"state": "pre"').replace('"Final"', '"7:30 PM"')
            ),
        },
    ),
    "espn_boxscore": Case(
        "espn_boxscore/a.html.gz", MLK, "0022300560", "refused - incomplete incomplete incomplete refused refused", (),
        {
            "empty": put(*BOX, value=[]), "a side less": half(*BOX), "cut": put(*BOX, 0, "stats", value=[]),
            "older": put(*STRIP, "status", "state", value="in"),
            "other league": put(*STRIP, "uid", value="s:40~l:59~e:401585183"),
        },
        page=ESPN,
    ),
    "espn_team_roster": Case(
        "espn_team_roster/api.json", date(2025, 7, 1), "BOS", "incomplete - - incomplete - refused -", (),
        {
            "empty": put("team", "athletes", value=[]),
            "cut": lambda whole: put("team", "athletes", value=whole["team"]["athletes"][:3])(whole),
            "other league": put("team", "uid", value="s:40~l:59~t:2"),
        },
    ),
    "odds_game_lines": Case(
        "odds_game_lines/lines.json", date(2024, 1, 24), "0022300629", "incomplete - - (whole) - incomplete refused",
        (("0022300629", "GSW", "ATL", 112, 134, 4),),
        {
            "empty": put("data", "bookmakers", value=[]), "cut": half("data", "bookmakers"),
            "other league": put("data", "sport_key", value="basketball_wnba"),
        },
    ),
    "odds_api_props": Case(
        json.dumps(props()).encode(), date(2024, 1, 24), "0022300629", "incomplete - - (whole) - incomplete refused",
        (("0022300629", "GSW", "ATL", 112, 134, 4),),
        {
            "empty": put("data", "bookmakers", value=[]), "cut": half("data", "bookmakers"),
            "other league": put("data", "sport_key", value="basketball_ncaab"),
        },
    ),
    "nbac_boxscore_summary_v2": Case(
        "../payloads2/nbac_boxscore_summary_v2/0022200552.json",
        date(2023, 1, 2),
        "0022200552",
        "(whole) - - refused held held refused",
        (("0022200552", "CLE", "CHI", 134, 145, 5),),
        {
            "empty": keep("resultSets", 3, "rowSet", but=lambda _: False),
            "cut": keep("resultSets", 5, "rowSet", but=lambda _: False),
            "older": put("resultSets", 0, "rowSet", 0, 3, value=1),
            "other league": LEAGUE,
        },
    ),
    "nbac_roster": Case(
        "nbac_roster/roster.html.gz",
        date(2025, 8, 27),
        "GSW",
        "incomplete - - incomplete - refused -",
        (),
        {
            "empty": put(*ROSTER, value=[]),
            "cut": lambda whole: put(*ROSTER, value=at(whole, *ROSTER)[:4])(whole),
            "other league": each(*ROSTER, TeamID=1610612737),
        },
        page=r'<script id="__NEXT_DATA__"[^>]*>',
    ),
    "bdl_active_players": Case(
        f"{LAST}bdl_active_players", date(2025, 1, 15), "date", "incomplete - - incomplete - - -", (),
        {"empty": put("data", value=[]), "cut": lambda whole: put("data", value=whole["data"][:20])(whole)},
    ),
    "bettingpros_player_props": Case(
        json.dumps(offers()).encode(), date(2024, 1, 24), "0022300627", "incomplete - - incomplete - refused -",
        (("0022300627", "ATL", "DAL", 148, 143, 4),),
        {
            "empty": put("offers", value=[]), "cut": put("_pagination", value={"page": 1, "total_pages": 3}),
            "other league": put("offers", 0, "sport", value="WNBA"),
        },
    ),
    "nbac_gamebook": Case(
        gamebook(BOX_LINES), date(2024, 4, 10), "0022301158", "refused - refused refused refused held refused",
        (("0022301158", "CLE", "MEM", 32, 37, 4),),
        made={
            "empty": lambda _: gamebook(box(AWAY[-2:], HOME[-3:])),
            "a side less": lambda _: gamebook([line for line in BOX_LINES if line not in AWAY]),
            "cut": lambda whole: whole[: len(whole) // 2],
            "older": lambda _: gamebook([line.replace("FINAL BOX", "3rd QUARTER ONLY") for line in BOX_LINES]),
            "other league": lambda _: gamebook([line.replace("CLEVELAND CAVALIERS", "MAINE CELTICS") for line in BOX_LINES]),
        },
    ),
    "nbac_injury_report": Case(
        "../payloads2/nbac_injury_report/2026-02-08_03_30PM.pdf", date(2026, 2, 8), "1530",
        "incomplete (whole) (whole) refused (whole) - refused", (),
        made={
            "empty": lambda _: injuries(away="NOT YET SUBMITTED"), "a game less": lambda _: injuries("Out"),
            "a side less": lambda _: injuries("Out", away="NOT YET SUBMITTED"), "cut": lambda whole: whole[: len(whole) // 2],
            "older": lambda _: injuries("Doubtful"),
        },
    ),
    "bigdataball_pbp": Case(
        "bigdataball_pbp/game.csv", date(2025, 6, 22), "0042400407", "refused - held held held refused refused",
        (("0042400407", "OKC", "IND", 91, 103, 4),),
        made={
            "empty": lambda whole: whole[: whole.index(b"\n") + 1],
            "a side less": lambda whole: of_lines(whole, lambda line, _: b",IND," not in line),
            "cut": lambda whole: of_lines(whole, lambda _, place: place < 255),
            "older": lambda whole: of_lines(whole, lambda _, place: place < 500),
            "other league": lambda whole: whole.replace(b"42400407", b"2042400407"),
        },
    ),
    "br_roster": Case(
        "../payloads2/br_roster/HOU_2018.html.gz", date(2018, 6, 1), "HOU", "refused - - refused (whole) refused -", (),
        made={
            "empty": lambda whole: whole.replace(b'data-stat="player"', b'data-stat="nobody"'),
            "cut": lambda whole: whole[: len(whole) * 9 // 10],
            "older": lambda whole: whole.replace(b'data-stat="player"', b'data-stat="nobody"', 3),
            "other league": lambda whole: whole.replace(b'id="roster"', b'id="other"').replace(b"id=roster", b"id=other"),
        },
    ),
}  # fmt: skip


def bytes_of(case: Case) -> bytes:
    """The whole payload."""
    if case.file == b"schedule":
        return short_schedule()
    if isinstance(case.file, str) and case.file.startswith(LAST):
        return page_of_all(case.file.removeprefix(LAST))
    return case.file if isinstance(case.file, bytes) else payload(case.file)


def less(case: Case, way: str) -> bytes:
    """The payload made less."""
    data = bytes_of(case)
    if way in case.made:
        return case.made[way](data)
    if not case.page:
        return json.dumps(case.edits[way](json.loads(data))).encode()
    text = data.decode()
    found = re.search(case.page, text)
    assert found is not None
    whole, end = json.JSONDecoder().raw_decode(text, found.end())
    return (text[: found.end()] + json.dumps(case.edits[way](copy.deepcopy(whole))) + text[end:]).encode()


def about(case: Case, **change: Any) -> About:
    """What the payload should be about."""
    return About(**({"key": case.key, "day": case.day, "received": NOW, "path": "payload"} | change))


def games(name: str, case: Case) -> list[Game]:
    """The games that the payload is about: what it should hold is what the whole one does."""
    if case.games:
        return [
            Game(game_id=g, day=case.day, kind="Regular Season", home=h, away=a, score=(x, y), periods=n)
            for g, h, a, x, y, n in case.games
        ]
    if not SOURCES[name].whole.by_games and not {"home", "away"} <= SOURCES[name].feed.columns.keys():
        return []
    found: dict[str, list[str]] = {}
    dates: dict[str, date] = {}
    for place, row in enumerate(read(SOURCES[name], bytes_of(case), about(case)).rows):
        home, away = (row.get(side) or row.get(f"{side}_abbreviation") for side in ("home", "away"))
        ident = row.get("game_id") or (case.key if case.key.startswith("00") else f"{home} {away}")
        sides = found.setdefault(ident, [])
        sides += [
            team for team in (home, away, row.get("team_abbreviation") if not home else None) if team not in sides
        ]
        dates[ident] = row.get("game_date") or case.day
        assert place < 10_000
    return [
        Game(
            game_id=ident,
            day=dates[ident],
            kind="Regular Season",
            home=sides[0],
            away=sides[1],
            score=(1, 2),
            periods=4,
        )
        for ident, named in found.items()
        for sides in [[team for team in named if team]]
    ]


def outcome(name: str, case: Case, data: bytes, **change: Any) -> str:
    """What becomes of a payload."""
    source = SOURCES[name]
    own = about(case, **change)
    try:
        parsed = read(source, data, own)
    except InputFileError:
        return "refused"
    verdict = Measure(source, Played(games(name, case)), Seasons()).verdict(parsed, own)
    if verdict.is_whole:
        return "whole"
    return "held" if verdict.parts and "game_id" in source.feed.columns and not verdict.absent else "incomplete"


def test_every_source_is_in_the_matrix() -> None:
    """Each has a row, and each row a change for every cell that says an outcome."""
    assert CASES.keys() == SOURCES.keys()
    for name, case in CASES.items():
        told = {way for way, cell in case.outcome.items() if cell not in {"-", "(whole)"}} - {"other date"}
        assert told <= case.ways, name


@pytest.mark.parametrize("name", CASES)
def test_what_becomes_of_it(name: str) -> None:
    """The whole payload is whole; each that is less is what its cell says."""
    case = CASES[name]
    expected = {way: cell.strip("()") for way, cell in case.outcome.items() if cell != "-"}
    assert outcome(name, case, bytes_of(case)) == "whole"
    found = {way: outcome(name, case, less(case, way)) for way in expected if way in case.ways}
    if "other date" in expected:
        found["other date"] = outcome(name, case, bytes_of(case), day=case.day + timedelta(days=1))
    assert found == expected


@pytest.mark.slow
def test_another_shape_is_never_half_read() -> None:
    """The payload of one source under the name of another is refused, or holds nothing for it: no row comes of it."""
    texts = {name: bytes_of(case) for name, case in CASES.items()}
    taken = []
    for name, case in CASES.items():
        for other, data in texts.items():
            if other != name and len(data) < 3_000_000:
                try:
                    rows = read(SOURCES[name], data, about(case)).rows
                except InputFileError:
                    continue
                taken += [(name, other)] if rows else []
    assert taken == []


TABLES = {name: f"SELECT data_hash FROM {SOURCES[name].table} ORDER BY 1" for name in CASES}


def of_schedule(name: str, case: Case) -> list[tuple[str, date, str, str, int, int, int]]:
    """The games of a case as rows of the schedule, with the scores of the payload where a rule compares them."""
    if name == "nbac_player_boxscore":
        lines = at(json.loads(bytes_of(case)), *ROWS)
        points: dict[tuple[str, str], int] = {}
        for line in lines:
            points[line[6], line[4]] = points.get((line[6], line[4]), 0) + line[28]
        pairs: dict[str, list[str]] = {}
        for game, team in points:
            pairs.setdefault(game, []).append(team)
        return [
            (game, case.day, home, away, points[game, home], points[game, away], 5)
            for game, (home, away) in pairs.items()
        ]
    if case.games:
        return [(g, case.day, h, a, y, x, n) for g, h, a, x, y, n in case.games]
    found = []
    for number, one in enumerate(games(name, case)):
        ident = one.game_id if is_game_id(one.game_id) else f"002{Seasons().year_of(case.day) % 100}005{number:02d}"
        found.append((ident, one.day, one.home, one.away, 2, 1, 4))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_nothing_stored_goes_and_the_next_fetch_asks_again(
    name: str, partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each answer that is less: the rows are those of the whole one, exit status 1, and it is asked for again.

    What nothing in the answer tells is told by what is stored, where the source compares with that.
    """
    case, source = CASES[name], SOURCES[name]
    # Nobody is registered, so that there is nothing to decide.
    monkeypatch.setattr("backcourt.sources.landed.settle_names", lambda *_, **__: None)
    # The fixture has made the tables.
    monkeypatch.setattr(partner.warehouse, "ensure", lambda _: None)
    partner.schedule(*of_schedule(name, case))
    if name == "bdl_boxscores":
        # Its rules compare the lines with the score.
        set_scores(partner, json.loads(bytes_of(case))["data"])
    whole = partner.load(source, case.day, bytes_of(case), case.key)
    assert (whole.exit_code, whole.incomplete) == (0, {}), (whole.refused, partner.rules())
    stored, wanted = partner.rows(TABLES[name]), [Target(case.day, case.key, {})]
    assert stored
    compared = {"incomplete", "held", "refused"} | ({"(whole)"} if source.whole.share else set())
    ways = [way for way, cell in case.outcome.items() if way in case.ways and cell in compared]
    for way in ways:
        refused = case.outcome[way] == "refused"
        done = partner.load(source, case.day, less(case, way), case.key)
        assert (way, done.exit_code, bool(done.incomplete), bool(done.refused)) == (way, 1, not refused, refused)
        assert (way, partner.rows(TABLES[name])) == (way, stored)
        outcome = "refused" if refused else "incomplete"
        assert (way, partner.rows("SELECT outcome FROM nba_processing.landed_files")) == (way, [(outcome,)])
        assert has_landed(source, partner.landing, wanted, judging(partner, source, case)) == set()
    again = load_landed(partner.warehouse, source, partner.landing, [case.day], now=NOW, run_id="again")
    assert (again.known, again.exit_code) == (0, 1)
    assert partner.load(source, case.day, bytes_of(case), case.key).exit_code == 0
    assert has_landed(source, partner.landing, wanted, judging(partner, source, case)) == {(case.day, case.key)}
    assert (partner.rules(), len(partner.rows(TABLES[name]))) == ({}, len(stored))


def judging(partner: Partner, source: Source, case: Case) -> Judging:
    """What a fetch judges by, from the warehouse."""
    with partner.warehouse.read() as session:
        return Judging(measure(session, source, [(case.day, case.key)], Seasons()), outcomes(session, source))


def set_scores(partner: Partner, entries: list[dict[str, Any]]) -> None:
    """Give the stored games the scores that a payload has."""
    for entry in entries:
        home, away = (team_code_of(entry[side]["abbreviation"]) for side in ("home_team", "visitor_team"))
        partner.execute(
            "UPDATE nba_raw.nbac_schedule SET home_team_score = ?, away_team_score = ?, periods = 6 "
            "WHERE home_team_tricode IN (?, ?) AND away_team_tricode IN (?, ?)",
            [entry["home_team_score"], entry["visitor_team_score"], home, away, home, away],
        )
        partner.execute(
            "UPDATE nba_raw.nbac_schedule SET home_team_tricode = ?, away_team_tricode = ? "
            "WHERE home_team_tricode IN (?, ?) AND away_team_tricode IN (?, ?)",
            [home, away, home, away, home, away],
        )
