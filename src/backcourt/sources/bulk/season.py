"""What has landed of a season in bulk, and what of it is missing, judged by what belongs together.

The schedule says which games are over; the team log must have two lines of each, with its score; a team's players make
its points and attempts; its shots are its attempts. Without a schedule the team logs say which games there are. Only
games before today count, so that a season that is going on is whole up to yesterday.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from backcourt.calendar import Seasons, league_day, season_year
from backcourt.catalog.teams import TEAMS
from backcourt.errors import InputFileError, counted
from backcourt.sources.declared import sources
from backcourt.sources.landing import Landed, Landing
from backcourt.sources.parsers.nbac_season import KINDS, kind_of, team_of
from backcourt.sources.played import SERVICE_TYPES, Game
from backcourt.sources.providers.nbac_season import PLAYER_LOG, SHOTS, TEAM_LOG
from backcourt.sources.source import Published, read
from backcourt.sources.targets import Target, values_of
from backcourt.sources.whole import ATTEMPTS_OFF, Verdict

NOT_THERE = "it has not landed"
"""What is missing in a payload that is not there."""
REGULAR = "RegularSeason"
_TYPES: Mapping[str, str] = {name.replace(" ", ""): name for name in SERVICE_TYPES.values()}
"""The kinds of games as the service names them, by the keys of their payloads."""
_SINCE: Mapping[str, int] = {"RegularSeason": 1946, "PlayIn": 2019, "Playoffs": 1946, "IST": 2023}
"""First year of the first season with games of a kind."""
_FIRST_SHOTS = 1996
"""First year of the first season of which the service has shots."""
_TEAM_IDS: Mapping[str, str] = {team.tricode: str(team.team_id) for team in TEAMS}
_SETTLING = timedelta(days=7)
"""After that a game which the schedule has as neither over nor put off was never played: asking again says no more."""
_ROUND = 500
"""An answer that is not whole and has a multiple of so many rows has probably been cut."""


@dataclass(frozen=True, slots=True)
class Due:
    """A game that is over.

    Attributes:
        points: Points by team; None where nobody says.
    """

    points: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class BulkAnswer:
    """What a wide answer holds.

    Attributes:
        lines: Rows, points and attempts by game and team.
        days: Date by game, where the answer says it.
        rows: Rows in all.
        fault: Why it cannot be relied on; "" if it can.
    """

    lines: Mapping[tuple[str, str], tuple[int, int, int]] = field(default_factory=dict)
    days: Mapping[str, date] = field(default_factory=dict)
    rows: int = 0
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """An answer that a season needs.

    Attributes:
        target: What is asked.
        lacking: What is missing in the newest one that has landed; "" if it is whole.
    """

    target: Target
    lacking: str


class BulkSeason:
    """A season in the landing zone.

    Attributes:
        label: Such as "2021-22".
        landing: The landing zone.
        today: The league's date; games from then on are not missed.
        day: Date under which answers of today land: always one of the season's own.
        days: The dates of the season.
    """

    def __init__(self, label: str, landing: Landing, today: date) -> None:
        """Name the season; nothing is read yet.

        Raises:
            BackcourtError: If the label is not a season's.
        """
        self.label, self.landing, self.today = label, landing, today
        self.year = season_year(label)
        self.days = Seasons().dates(self.year)
        self.day = max(min(today, self.days.end), self.days.start)
        self._newest: dict[str, dict[str, Landed]] = {}
        self._due: dict[str, dict[str, Due]] = {}
        self._held: dict[str, BulkAnswer] = {}
        self._games: dict[str, tuple[list[dict[str, Any]], str]] = {}

    @property
    def is_over(self) -> bool:
        """True if the season has ended."""
        return self.today > self.days.end

    def newest(self, source: Published) -> dict[str, Landed]:
        """The newest payloads of a source that are about the season, by key.

        Args:
            source: One of those that a season is fetched with.
        """
        if source.name not in self._newest:
            days = [day for day in self.landing.days(source.name) if self.days.start <= day <= self.days.end]
            keys = [self.label] if source is schedule_source() else []
            found = self.landing.newest(source.name, days, keys)
            self._newest[source.name] = {one.key: one for one in sorted(found, key=lambda one: (one.day, one.received))}
        return self._newest[source.name]

    def look_again(self) -> None:
        """Look into the landing zone again: something has landed."""
        self._newest, self._due = {}, {}

    def asks(self, source: Published) -> list[Ask]:
        """What the season needs of a source, as far as is known now, with what is missing.

        Args:
            source: The schedule, or one of the wide answers; what it needs of one hangs on those before it.
        """
        newest = self.newest(source)
        if source is schedule_source():
            return [self._ask(source, self.label, newest)]
        kinds = self.kinds()
        if source is TEAM_LOG:
            return [self._ask(source, kind, newest) for kind in kinds]
        kinds = [kind for kind in kinds if self.due(kind) or not self._is_known(kind)]
        if source is PLAYER_LOG:
            return [self._ask(source, kind, newest) for kind in kinds]
        if self.year < _FIRST_SHOTS:
            return []
        return [ask for kind in kinds for ask in self._shots(kind, newest)]

    def _shots(self, kind: str, newest: Mapping[str, Landed]) -> list[Ask]:
        """Shots come by team in the regular season; of other kinds one answer has room for the whole league.

        What is missing in that one after it was asked for today is asked for by team.
        """
        teams = sorted({team for due in self.due(kind).values() for team in due.points}) or list(_TEAM_IDS)
        if kind != REGULAR:
            wide, landed = self._ask(SHOTS, kind, newest), newest.get(kind)
            held = self.held(SHOTS, landed) if landed else BulkAnswer()
            if not wide.lacking or landed is None or landed.day < self.day or not held.rows:
                return [wide]
            teams = [team for team in teams if self._judged(SHOTS, f"{team}-{kind}", held)]
        return [self._ask(SHOTS, f"{team}-{kind}", newest) for team in teams]

    def _ask(self, source: Published, key: str, newest: Mapping[str, Landed]) -> Ask:
        values = values_of(self.day, self.label)
        if source is not schedule_source():
            values |= {"season_type": _TYPES[kind_of(key)], "team_id": _TEAM_IDS.get(team_of(key), "0")}
        landed = newest.get(key)
        return Ask(Target(self.day, key, values), self.lacking_in(source, landed) if landed else NOT_THERE)

    def kinds(self) -> list[str]:
        """The kinds of games that the season has had, as the service names them, without the blank.

        A season that is over has had those of its time, whatever a schedule leaves out.
        """
        usual = self.is_over or not self.schedule()
        return [kind for kind in KINDS if self.due(kind) or (usual and self.year >= _SINCE[kind])]

    def _is_known(self, kind: str) -> bool:
        """True if it is known which games of a kind are over."""
        return bool(self.schedule()) or kind in self.newest(TEAM_LOG)

    def schedule(self) -> list[dict[str, Any]]:
        """The rows of the schedule; none if it has not landed or cannot be read."""
        landed = self.newest(schedule_source()).get(self.label)
        return self._schedule(landed)[0] if landed else []

    def _schedule(self, landed: Landed) -> tuple[list[dict[str, Any]], str]:
        if landed.path not in self._games:
            try:
                rows = read(schedule_source(), self.landing.read(landed), landed.about).rows
                self._games[landed.path] = (rows, "")
            except InputFileError as error:
                self._games[landed.path] = ([], str(error))
        return self._games[landed.path]

    def held(self, source: Published, landed: Landed) -> BulkAnswer:
        """What a wide answer holds; each is read once."""
        if landed.path not in self._held:
            self._held[landed.path] = _held(source, self.landing, landed)
        return self._held[landed.path]

    def due(self, kind: str) -> dict[str, Due]:
        """The games of a kind that are over before today, by id: the schedule's, and those that the team log adds."""
        if kind not in self._due:
            self._due[kind] = self._by_schedule(kind) | self._by_lines(kind)
        return self._due[kind]

    def _by_schedule(self, kind: str) -> dict[str, Due]:
        return {
            str(row["game_id"]): Due(
                {str(row[f"{side}_abbreviation"]): row[f"{side}_score"] for side in ("away", "home")}
            )
            for row in self.schedule()
            if str(row["game_id"]).startswith(KINDS[kind]) and _is_over(row, self.today)
        }

    def _by_lines(self, kind: str) -> dict[str, Due]:
        """The games of which the team log has lines; what the schedule says of their points counts more."""
        log, planned = self._team_log(kind), self._by_schedule(kind)
        found: dict[str, dict[str, int | None]] = {}
        for (game, team), (_, points, _) in log.lines.items():
            if game not in planned and log.days.get(game, self.today) < self.today:
                found.setdefault(game, {})[team] = points
        return {game: Due(points) for game, points in found.items()}

    def _team_log(self, kind: str) -> BulkAnswer:
        landed = self.newest(TEAM_LOG).get(kind)
        return self.held(TEAM_LOG, landed) if landed else BulkAnswer()

    def lacking_in(self, source: Published, landed: Landed) -> str:
        """What is missing in a payload that has landed; "" if it is whole.

        Args:
            source: Its source.
            landed: The payload.
        """
        if source is schedule_source():
            return self._lacking_in_schedule(landed)
        return self._judged(source, landed.key, self.held(source, landed))

    def _lacking_in_schedule(self, landed: Landed) -> str:
        rows, fault = self._schedule(landed)
        if fault:
            return fault
        over = {str(row["game_id"]) for row in rows if _is_over(row, self.today)}
        if self.is_over and not over:
            return "it holds no game that is over"
        received = league_day(landed.received)
        if received < self.today and (late := self._unsettled(rows, received - _SETTLING)):
            return f"{counted(late, 'game')} before {self.today} may be over by now: it was fetched on {received}"
        played = sorted({game for kind in KINDS for game in self._by_lines(kind)} - over)
        if played:
            return str(Verdict(tuple(played), games=len(over) + len(played)))
        return ""

    @property
    def late(self) -> int:
        """Games of the last week that should be over, and by the schedule are not."""
        return self._unsettled(self.schedule(), self.today - _SETTLING)

    def _unsettled(self, rows: Sequence[Mapping[str, Any]], since: date) -> int:
        kinds, settled = tuple(KINDS.values()), {"Final", "Postponed"}
        counting = [row for row in rows if row["game_date"] and str(row["game_id"]).startswith(kinds)]
        return sum(since <= row["game_date"] < self.today and row["status"] not in settled for row in counting)

    def _judged(self, source: Published, key: str, held: BulkAnswer) -> str:
        """What is missing in a wide answer."""
        kind, team = kind_of(key), team_of(key)
        due = self._by_schedule(kind) if source is TEAM_LOG else {}
        due = due or self.due(kind)
        if team:
            due = {game: Due({team: one.points[team]}) for game, one in due.items() if team in one.points}
        log = self._team_log(kind).lines if source is not TEAM_LOG else {}
        absent, parts = [], {}
        for game, one in due.items():
            if not any((game, side) in held.lines for side in one.points):
                absent.append(game)
            elif fault := _fault(source, game, one, held, log):
                parts[game] = fault
        lacking = held.fault
        if not held.rows and not lacking:
            lacking = "it holds nothing" if due or (kind == REGULAR and not self.schedule()) else ""
        elif held.rows % _ROUND == 0 and held.rows and (absent or parts or not self.schedule()):
            lacking = f"it has exactly {held.rows:,} rows, so the service may have cut it"
        return str(Verdict(tuple(sorted(absent)), parts, lacking, len(due)))

    def games(self) -> list[Game]:
        """The games of the schedule that are over before today, for what is asked game by game."""
        names = {prefix: kind for kind, prefix in KINDS.items()}
        return [
            Game(
                game_id=str(row["game_id"]),
                day=row["game_date"],
                kind=names[str(row["game_id"])[:3]],
                home=str(row["home_abbreviation"]),
                away=str(row["away_abbreviation"]),
                score=(row["away_score"], row["home_score"]),
                periods=row["periods"],
            )
            for row in self.schedule()
            if str(row["game_id"])[:3] in names and _is_over(row, self.today)
        ]


def schedule_source() -> Published:
    """The schedule, with which a season begins."""
    return sources()["nbac_schedule"]


def _is_over(row: Mapping[str, Any], today: date) -> bool:
    """True if a game of the schedule is over before today, and has a score."""
    scored = row["home_score"] is not None and row["away_score"] is not None
    return row["status"] == "Final" and scored and row["game_date"] is not None and row["game_date"] < today


def _held(source: Published, landing: Landing, landed: Landed) -> BulkAnswer:
    try:
        parsed = read(source, landing.read(landed), landed.about)
    except InputFileError as error:
        return BulkAnswer(fault=str(error))
    lines: dict[tuple[str, str], tuple[int, int, int]] = {}
    days: dict[str, date] = {}
    rows: Counter[tuple[str, str]] = Counter()
    for row in parsed.rows:
        place = row["game_id"], row["team"]
        rows[place] += 1
        _, points, tried = lines.get(place, (0, 0, 0))
        lines[place] = rows[place], points + row["pts"], tried + row["fga"]
        if row["game_date"]:
            days[row["game_id"]] = row["game_date"]
    return BulkAnswer(lines, days, len(parsed.rows), parsed.narrow or parsed.more)


def _fault(
    source: Published, game: str, due: Due, held: BulkAnswer, log: Mapping[tuple[str, str], tuple[int, int, int]]
) -> str:
    """What is wrong with what an answer holds of a game; "" if nothing."""
    for team, points in due.points.items():
        rows, made, tried = held.lines.get((game, team), (0, 0, 0))
        _, own_points, attempts = log.get((game, team), (0, points, None))
        if not rows:
            return f"it holds nothing of {team}"
        if source is SHOTS:
            if attempts is not None and abs(rows - attempts) > ATTEMPTS_OFF:
                return f"{rows} shots of {team}, the team log has {attempts} attempts"
            continue
        if source is TEAM_LOG and rows > 1:
            return f"it holds {rows} lines of {team}"
        right = points if points is not None else own_points
        if right is not None and made != right:
            return f"it has {made} points of {team}, the game {right}"
        if source is PLAYER_LOG and attempts is not None and tried != attempts:
            return f"its players have {tried} attempts of {team}, the team log {attempts}"
    return ""
