"""Fetch what a source publishes into the landing zone: once, politely, whole, and never a thing that cannot be read.

A payload is tried as its parser would read it before it is kept: an error page, a truncated body or another game's data
is a failure like a refused request, and is tried again. What has landed already is not asked for again. Where a service
knows the games under ids of its own, the list of the date that tells them is fetched first, and lands too. If a source
has a second place, what the first one does not have is asked for there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Protocol

from backcourt.errors import InputFileError, counted
from backcourt.settings import Settings
from backcourt.sources.landing import Landed, Landing, checked
from backcourt.sources.manners import AGENT
from backcourt.sources.measure import Measure, measure
from backcourt.sources.remembered import LoadOutcome, is_there, outcomes
from backcourt.sources.service import USUAL, FetchError, Pace, Patience, Service
from backcourt.sources.source import Listing, Published, Source, read
from backcourt.sources.targets import Target, values_of
from backcourt.warehouse.base import Warehouse
from backcourt.warehouse.seasons import known_seasons

_NO_ANSWER = 3
"""Payloads in a row that the host itself kept back, whatever was asked for; then the rest is not tried."""


@dataclass(slots=True)
class Fetched:
    """What a fetch did.

    Attributes:
        targets: Payloads that were wanted.
        known: Payloads that had landed before and were not asked for.
        stored: Payloads that are new.
        unchanged: Payloads that came and were the same as before.
        failed: Why a payload is missing, by date and key.
        incomplete: What is missing in a payload that came, by date and key; it is asked for again.
        requests: Requests that were sent, those for later pages and for lists of ids too.
        stopped: Why the rest was not tried; "" if all was.
    """

    targets: int = 0
    known: int = 0
    stored: int = 0
    unchanged: int = 0
    failed: dict[tuple[date, str], str] = field(default_factory=dict)
    incomplete: dict[tuple[date, str], str] = field(default_factory=dict)
    requests: int = 0
    stopped: str = ""

    @property
    def missing(self) -> int:
        """Payloads that are not there: those that failed, and those that were not tried."""
        return self.targets - self.known - self.stored - self.unchanged

    @property
    def in_words(self) -> str:
        """What was done, in a line."""
        return (
            f"{self.stored:,} new, {self.unchanged:,} unchanged, {self.known:,} had landed, "
            f"{self.missing:,} missing of {self.targets:,}; {counted(self.requests, 'request')}"
        )

    @property
    def exit_code(self) -> int:
        """0 good, 1 if a payload failed, is missing or incomplete."""
        return 1 if self.failed or self.incomplete or self.stopped or self.missing else 0


class Judges(Protocol):
    """Whoever tells what is missing in payloads of a source."""

    def lacking(self, landing: Landing, landed: Landed) -> str:
        """What is missing in a payload of the landing zone; "" if it is whole."""


@dataclass(frozen=True, slots=True)
class Judging:
    """What tells what is missing in payloads of a source.

    Attributes:
        measure: What they are judged by.
        remembered: What became of those that were loaded.
    """

    measure: Measure
    remembered: Mapping[tuple[date, str], LoadOutcome] = field(default_factory=dict)

    def lacking(self, landing: Landing, landed: Landed) -> str:
        """What is missing in a payload of the landing zone; "" if it is whole."""
        known = self.remembered.get((landed.day, landed.key))
        same = known and (known.digest, known.measured_by) == (landed.digest, self.measure.by(landed.day, landed.key))
        if known and same and known.outcome in {"loaded", "quarantined"}:
            return ""  # It holds all of its games; why one of them is not good is another matter.
        about = replace(landed.about, seasons=self.measure.seasons)
        try:
            parsed = read(self.measure.source, landing.read(landed), about)
        except InputFileError as error:
            return str(error)
        return str(self.measure.verdict(parsed, about))


def judging_of(warehouse: Warehouse, source: Source, payloads: Sequence[tuple[date, str]]) -> Judging | None:
    """What tells whether payloads are whole; None as long as there is no warehouse to tell it.

    Args:
        warehouse: Where the schedule is.
        source: The source.
        payloads: Dates and keys of the payloads.
    """
    if not is_there(warehouse):
        return None
    seasons = known_seasons(warehouse)
    with warehouse.read() as session:
        return Judging(measure(session, source, payloads, seasons), outcomes(session, source))


@dataclass(frozen=True, slots=True)
class Asking:
    """How services are asked.

    Attributes:
        now: The clock of the landing zone (UTC).
        key: The service's key, if it needs one; it goes into the request and nowhere else.
        via: Address that is asked instead of the source's own host, such as a mirror; "" asks the host.
        resume: False asks again for what has landed.
        patience: How long a payload is tried.
        sleep: Waits, in seconds.
        clock: Seconds that only rise, for the rate limit.
        agent: What the program calls itself (User-Agent).
        pace: That of a host which several sources share; None if each source begins anew.
    """

    now: Callable[[], datetime]
    key: str = ""
    via: str = ""
    resume: bool = True
    patience: Patience = USUAL
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    agent: str = AGENT
    pace: Pace | None = None

    @classmethod
    def configured(
        cls,
        settings: Settings,
        now: Callable[[], datetime],
        *,
        key: str = "",
        resume: bool = True,
        patience: Patience = USUAL,
    ) -> Asking:
        """How services are asked by the settings, which say at what address and under which name; the rest as above."""
        agent = settings.fetch_user_agent or AGENT
        return cls(now, key, settings.fetch_via or "", resume, patience, agent=agent)

    def service(self, source: Published) -> Service:
        """The service that publishes a source, asked like this.

        Raises:
            BackcourtError: If the source is not fetched, needs a key that is not set, or the mirror is not an address.
        """
        return Service(
            source,
            key=self.key,
            via=self.via,
            patience=self.patience,
            sleep=self.sleep,
            clock=self.clock,
            agent=self.agent,
            pace=self.pace,
        )


def fetch(
    source: Published,
    landing: Landing,
    wanted: Sequence[Target],
    asking: Asking,
    *,
    limit: int | None = None,
    judging: Judges | None = None,
    told: Callable[[Target, str], None] = lambda _target, _what: None,
) -> Fetched:
    """Fetch payloads into the landing zone.

    Args:
        source: What is fetched.
        landing: Where to.
        wanted: Which payloads.
        asking: How the service is asked.
        limit: How many payloads at most.
        judging: Tells what is missing in a payload; without it whatever can be read is whole.
        told: Hears what became of each payload.

    Raises:
        BackcourtError: If the source is not fetched, needs a key that is not set, or the mirror is not an address.
        InputFileError: If the key of a payload cannot be a file's name.
    """
    places = [source.fetch, *([source.second] if source.second else [])]
    services = [asking.service(replace(source, fetch=place)) for place in places]
    for target in wanted:
        checked(target.key)
    landed = has_landed(source, landing, wanted, judging)
    todo = [t for t in wanted if not asking.resume or (t.day, t.key) not in landed][:limit]
    done = Fetched(targets=len(wanted), known=len(landed - {(t.day, t.key) for t in todo}))
    if isinstance(source, Source) and source.listing:
        todo = _identified(source.listing, landing, todo, asking, done)
    kept_back = 0
    with ExitStack() as opened:
        for service in services:
            opened.enter_context(service)
        for target in todo if not done.stopped else ():
            try:
                data = _payload(services, target)
            except FetchError as error:
                done.failed[target.day, target.key] = str(error)
                kept_back = kept_back + 1 if error.hosts_own else 0
                if error.final or kept_back == _NO_ANSWER:
                    done.stopped = str(error)
                    break
                told(target, f"failed: {error}")
                continue
            kept_back = 0
            kept, new = landing.store(source.name, target.day, target.key, data, source.ext, now=asking.now())
            done.stored += new
            done.unchanged += not new
            lacking = judging.lacking(landing, kept) if judging else ""
            if lacking:
                done.incomplete[target.day, target.key] = lacking
            told(target, f"incomplete: {lacking}" if lacking else "stored" if new else "unchanged")
    done.requests += sum(service.requests for service in services)
    return done


def has_landed(
    source: Published, landing: Landing, wanted: Sequence[Target], judging: Judges | None = None
) -> set[tuple[date, str]]:
    """Dates and keys of the payloads that need not be asked for: what has landed is whole.

    Args:
        source: What is fetched.
        landing: Where it lies.
        wanted: Which payloads.
        judging: Tells what is missing in a payload.
    """
    found = set()
    for target in wanted:
        versions = landing.versions(source.name, target.day, target.key)
        if versions and not (judging and judging.lacking(landing, versions[-1])):
            found.add((target.day, target.key))
    return found


def _payload(services: Sequence[Service], target: Target) -> bytes:
    """The payload from the first place that has one with something in it.

    Raises:
        FetchError: If none has it, or one that is asked does not answer.
    """
    said, empty = "", None
    for service in services[:-1]:
        try:
            data = service.payload(target)
        except FetchError as error:
            if not error.absent:
                raise
            said += f"{error}; "
            continue
        if service.has_rows(target, data):
            return data
        empty = data
    try:
        return services[-1].payload(target)
    except FetchError as error:
        if empty is not None and error.absent:
            return empty
        error.message = said + error.message
        raise


def _identified(
    listing: Listing, landing: Landing, todo: Sequence[Target], asking: Asking, done: Fetched
) -> list[Target]:
    """The targets with the ids that the lists of their dates tell, or why they do not tell them.

    A list that has landed before and lacks a game is asked for again.
    """
    found = list(todo)
    fresh: set[date] = set()
    for resume in (asking.resume, False):
        days = sorted({target.day for target in found if not set(listing.fields) <= target.values.keys()} - fresh)
        if not days or done.stopped:
            break
        fresh |= {day for day in days if not (resume and landing.versions(listing.of.name, day, "date"))}
        seasons = {target.day: target.values["season"] for target in found}
        wanted = [Target(day, "date", values_of(day, seasons[day])) for day in days]
        listed = fetch(listing.of, landing, wanted, replace(asking, resume=resume))
        done.requests += listed.requests
        done.stopped = listed.stopped
        why = {day: f"{listing.of.name} of {day}: {said}" for (day, _), said in listed.failed.items()}
        told = _told(listing, landing, days, why)
        found = [_with_ids(target, told, why, listing) for target in found]
    return found


def _told(
    listing: Listing, landing: Landing, days: Sequence[date], why: dict[date, str]
) -> dict[tuple[date, str | frozenset[str]], Mapping[str, str]]:
    """What the newest lists tell by date and game, which is named by its id or by its teams."""
    told: dict[tuple[date, str | frozenset[str]], Mapping[str, str]] = {}
    for landed in landing.newest(listing.of.name, days):
        try:
            rows = listing.of.parse(landing.read(landed), landed.about).rows
        except InputFileError as error:
            why.setdefault(landed.day, str(error))
            continue
        for row in rows:
            game = row["game_id"] if "game_id" in row else frozenset((row["home"], row["away"]))
            if row.get("game_date", landed.day) == landed.day:
                told[landed.day, game] = {name: str(row[name]) for name in listing.fields}
    return told


def _with_ids(
    target: Target,
    told: Mapping[tuple[date, str | frozenset[str]], Mapping[str, str]],
    why: Mapping[date, str],
    listing: Listing,
) -> Target:
    """The target with what the list tells of its game, by its id or by its teams."""
    by_teams = frozenset((target.values.get("home", ""), target.values.get("away", "")))
    game = target.values.get("game_id", "")
    values = told.get((target.day, game)) or told.get((target.day, by_teams))
    if values:
        return replace(target, values={**target.values, **values}, lacking="")
    return replace(target, lacking=why.get(target.day, f"{listing.of.name} of {target.day} does not list the game"))
