"""Fetch a season in bulk: step by step, each asked for what the steps before it say is needed and has not landed whole.

What does not come whole is asked for once more at the end; what is missing then is named.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from backcourt.calendar import Seasons, season_label, season_year
from backcourt.errors import BackcourtError
from backcourt.sources.bulk.events import event_source
from backcourt.sources.bulk.season import NOT_THERE, Ask, BulkSeason, schedule_source
from backcourt.sources.fetch import Asking, Fetched, Judges, Judging, fetch, has_landed
from backcourt.sources.landing import Landed, Landing
from backcourt.sources.measure import Measure
from backcourt.sources.played import Played
from backcourt.sources.providers.nbac_season import IN_BULK
from backcourt.sources.service import Pace
from backcourt.sources.source import Published
from backcourt.sources.targets import Target, values_of

_PASSES = 2
"""How often a season is gone through: what was not whole is asked for once more."""
_FAILED = "failed: "
"""What ``fetch`` says of a payload that did not come."""
_ORDER: tuple[Published, ...] = (schedule_source(), *IN_BULK)
"""What a season is fetched with: what is needed of one hangs on those before it."""
Watch = Callable[[str, int, int], None]
"""Hears the source that is asked, requests that have been answered, and how many there are in all."""
Told = Callable[[str, Target, str], None]
"""Hears the source, what was asked for, and what became of it."""


@dataclass(slots=True)
class Needs:
    """What is still to be asked for a season, as far as is known before it is.

    Attributes:
        season: The season.
        known: Answers that have landed whole, by source.
        todo: Answers that are asked for, by source.
        minutes: Time that they take at the pace that the hosts bear, without the time of the answers.
    """

    season: str
    known: dict[str, int] = field(default_factory=dict)
    todo: dict[str, int] = field(default_factory=dict)
    minutes: float = 0.0

    @property
    def requests(self) -> int:
        """How many answers are asked for."""
        return sum(self.todo.values())


@dataclass(slots=True)
class SeasonFetched:
    """What a fetch of a season did.

    Attributes:
        season: The season.
        parts: What was done, by source.
        missing: What is missing or not whole in the end, and why, by source and key.
        late: Games of the last week that should be over, and by the schedule are not.
        stopped: Why the rest was not tried; "" if all was.
    """

    season: str
    parts: dict[str, Fetched] = field(default_factory=dict)
    missing: dict[tuple[str, str], str] = field(default_factory=dict)
    late: int = 0
    stopped: str = ""

    @property
    def requests(self) -> int:
        """Requests that were sent."""
        return sum(part.requests for part in self.parts.values())

    @property
    def known(self) -> int:
        """Answers that had landed whole before."""
        return sum(part.known for part in self.parts.values())

    @property
    def stored(self) -> int:
        """Answers that are new."""
        return sum(part.stored for part in self.parts.values())

    @property
    def unchanged(self) -> int:
        """Answers that came and were the same as before."""
        return sum(part.unchanged for part in self.parts.values())

    @property
    def exit_code(self) -> int:
        """0 good, 1 if anything is missing, not whole, or late."""
        return 1 if self.missing or self.late or self.stopped else 0


def check_begun(labels: Sequence[str], today: date) -> None:
    """Refuse seasons that have not begun.

    Args:
        labels: The seasons.
        today: The league's date.

    Raises:
        BackcourtError: If one of them is still to come.
    """
    current = Seasons().year_of(today)
    later = [label for label in labels if season_year(label) > current]
    if later:
        raise BackcourtError(
            f"season {later[0]} has not begun on {today}", valid=[f"seasons up to {season_label(current)}"]
        )


def needs(season: BulkSeason, asking: Asking, *, play_by_play: bool = False) -> Needs:
    """What a fetch would ask for; what hangs on answers that have not landed is counted as a season usually needs it.

    Args:
        season: The season.
        asking: How the service is asked.
        play_by_play: True if the events of every game are wanted, too.
    """
    found = Needs(season.label)
    for source in _ORDER:
        asks = season.asks(source)
        todo = sum(bool(ask.lacking) or not asking.resume for ask in asks)
        _count(found, source, todo, len(asks) - todo)
    if play_by_play:
        wanted = _event_targets(season)
        known = set()
        if asking.resume:
            known = has_landed(event_source(), season.landing, wanted, _event_judge(season))
        _count(found, event_source(), len(wanted) - len(known), len(known))
    return found


def _count(found: Needs, source: Published, todo: int, known: int) -> None:
    found.todo[source.name], found.known[source.name] = todo, known
    found.minutes += todo / source.fetch.per_minute if source.fetch else 0.0


def fetch_season(
    season: BulkSeason,
    asking: Asking,
    *,
    play_by_play: bool = False,
    watch: Watch = lambda _source, _done, _all: None,
    told: Told = lambda _source, _target, _what: None,
) -> SeasonFetched:
    """Fetch what a season needs and has not landed whole.

    Args:
        season: The season.
        asking: How the service is asked; without ``resume`` everything is asked for again.
        play_by_play: True for the events of every game, too: a request each.
        watch: Hears how far it is.
        told: Hears what became of each answer, with its source.
    """
    done = SeasonFetched(season.label, parts={source.name: Fetched() for source in _ORDER})
    run = _Run(season, replace(asking, pace=Pace(), resume=False), done, watch, told)
    for number in range(_PASSES):
        run.go_through(resume=asking.resume or number > 0, is_first=number == 0)
        if done.stopped or not run.missing():
            break
    if play_by_play and not done.stopped:
        run.events(asking)
    done.missing = run.missing() | done.missing
    done.late = season.late
    return done


class _Run:
    """One fetch of a season."""

    def __init__(self, season: BulkSeason, asking: Asking, done: SeasonFetched, watch: Watch, told: Told) -> None:
        """Take what it is about, and who hears of it."""
        self.season, self.asking, self.done, self.told = season, asking, done, told
        self._watch, self._answered, self._failed = watch, 0, dict[tuple[str, str], str]()

    def go_through(self, *, resume: bool, is_first: bool) -> None:
        """Ask every source for what is needed, in order."""
        for number, source in enumerate(_ORDER):
            asks = self.season.asks(source)
            wanted = self._wanted(source, asks, resume=resume)
            entry = self.done.parts[source.name]
            if is_first:
                entry.targets, entry.known = len(asks), len(asks) - len(wanted)
            if not wanted:
                continue
            later = sum(len(self._wanted(one, self.season.asks(one), resume=resume)) for one in _ORDER[number + 1 :])
            part = self._fetch(source, wanted, self.asking, _Judge(self.season, source), later)
            entry.stored += part.stored
            entry.unchanged += part.unchanged
            entry.requests += part.requests
            self.season.look_again()
            self.done.stopped = part.stopped
            if part.stopped:
                break

    def _wanted(self, source: Published, asks: Sequence[Ask], *, resume: bool) -> list[Target]:
        return [
            ask.target for ask in asks if ask.lacking or not resume or (source.name, ask.target.key) in self._failed
        ]

    def _fetch(
        self, source: Published, wanted: Sequence[Target], asking: Asking, judging: Judges, later: int
    ) -> Fetched:
        """Ask one source; ``later`` is how many answers of others are asked for after it."""
        total = self._answered + len(wanted) + later

        def hear(target: Target, what: str) -> None:
            if what.startswith(_FAILED):
                self._failed[source.name, target.key] = what.removeprefix(_FAILED)
            else:
                self._failed.pop((source.name, target.key), None)
            self._answered += 1
            self._watch(source.name, self._answered, total)
            self.told(source.name, target, what)

        self._watch(source.name, self._answered, total)
        return fetch(source, self.season.landing, wanted, asking, judging=judging, told=hear)

    def events(self, asking: Asking) -> None:
        """Ask for the events of every game; what a fetch of theirs asks for is theirs to judge."""
        source, wanted = event_source(), _event_targets(self.season)
        part = self._fetch(source, wanted, asking, _event_judge(self.season), 0)
        self.done.parts[source.name] = part
        self.done.stopped = part.stopped
        why = part.failed | part.incomplete
        if part.missing > len(part.failed):
            why |= {(one.day, one.key): NOT_THERE for one in wanted if not self._has(source, one)}
        if not wanted:
            self.done.missing[source.name, self.season.label] = "it needs the schedule, which has not landed"
        self.done.missing |= {(source.name, key): said for (_, key), said in why.items()}

    def _has(self, source: Published, target: Target) -> bool:
        return bool(self.season.landing.versions(source.name, target.day, target.key))

    def missing(self) -> dict[tuple[str, str], str]:
        """What is missing or not whole, and why, by source and key."""
        found = dict(self._failed)
        for source in _ORDER:
            for ask in self.season.asks(source):
                if ask.lacking:
                    found.setdefault((source.name, ask.target.key), ask.lacking)
        return found


@dataclass(frozen=True, slots=True)
class _Judge:
    """Tells what is missing in the answers of a source, by the rest of the season."""

    season: BulkSeason
    source: Published

    def lacking(self, landing: Landing, landed: Landed) -> str:
        """What is missing in a payload of the landing zone; "" if it is whole."""
        del landing  # It is the season's.
        return self.season.lacking_in(self.source, landed)


def _event_targets(season: BulkSeason) -> list[Target]:
    return [Target(game.day, game.game_id, values_of(game.day, season.label, game.game_id)) for game in season.games()]


def _event_judge(season: BulkSeason) -> Judging:
    return Judging(Measure(event_source(), Played(season.games())))
