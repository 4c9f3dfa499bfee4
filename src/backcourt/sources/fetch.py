"""Fetch what a source publishes into the landing zone: once, politely, whole, and never a thing that cannot be read.

A payload is tried as its parser would read it before it is kept: an error page, a truncated body or another game's data
is a failure like a refused request, and is tried again. What has landed already is not asked for again. Where a service
knows the games under ids of its own, the list of the date that tells them is fetched first, and lands too.
"""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from backcourt.errors import InputFileError
from backcourt.sources.landing import Landing, checked
from backcourt.sources.service import USUAL, FetchError, Patience, Service
from backcourt.sources.source import About, Endpoint, Listing, Published, Source
from backcourt.sources.targets import Target, values_of

_MOST_PAGES = 500
"""Pages of one list; the longest that is known has six."""


@dataclass(slots=True)
class Fetched:
    """What a fetch did.

    Attributes:
        targets: Payloads that were wanted.
        known: Payloads that had landed before and were not asked for.
        stored: Payloads that are new.
        unchanged: Payloads that came and were the same as before.
        failed: Why a payload is missing, by date and key.
        requests: Requests that were sent, those for lists of ids too.
        stopped: Why the rest was not tried; "" if all was.
    """

    targets: int = 0
    known: int = 0
    stored: int = 0
    unchanged: int = 0
    failed: dict[tuple[date, str], str] = field(default_factory=dict)
    requests: int = 0
    stopped: str = ""

    @property
    def missing(self) -> int:
        """Payloads that are not there: those that failed, and those that were not tried."""
        return self.targets - self.known - self.stored - self.unchanged

    @property
    def exit_code(self) -> int:
        """0 good, 1 if a payload failed."""
        return 1 if self.failed or self.stopped else 0


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
    """

    now: Callable[[], datetime]
    key: str = ""
    via: str = ""
    resume: bool = True
    patience: Patience = USUAL
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic


def fetch(
    source: Published,
    landing: Landing,
    wanted: Sequence[Target],
    asking: Asking,
    *,
    limit: int | None = None,
    told: Callable[[Target, str], None] = lambda _target, _what: None,
) -> Fetched:
    """Fetch payloads into the landing zone.

    Args:
        source: What is fetched.
        landing: Where to.
        wanted: Which payloads.
        asking: How the service is asked.
        limit: How many payloads at most.
        told: Hears what became of each payload.

    Raises:
        BackcourtError: If the source is not fetched, needs a key that is not there, or the mirror is no address.
        InputFileError: If the key of a payload cannot be a file's name.
    """
    service = Service(
        source,
        key=asking.key,
        via=asking.via,
        patience=asking.patience,
        sleep=asking.sleep,
        clock=asking.clock,
    )
    for target in wanted:
        checked(target.key)
    done = Fetched(targets=len(wanted))
    pages = source.fetch.pages if source.fetch else None
    # Of several pages the last one may be missing, so they are asked for again.
    whole = asking.resume and pages is None
    todo = [target for target in wanted if not (whole and landing.versions(source.name, target.day, target.key))]
    done.known = len(wanted) - len(todo)
    todo = todo[:limit]
    if isinstance(source, Source) and source.listing:
        todo = _identified(source.listing, landing, todo, asking, done)
    with service:
        ahead = deque(todo if not done.stopped else ())
        asked: set[tuple[date, str]] = set()
        while ahead:
            target = ahead.popleft()
            asked = {*asked, (target.day, target.key)} if target.page else {(target.day, target.key)}
            try:
                data = service.payload(target)
            except FetchError as error:
                done.failed[target.day, target.key] = str(error)
                told(target, f"failed: {error}")
                if error.final:
                    done.stopped = str(error)
                    break
                continue
            _, new = landing.store(source.name, target.day, target.key, data, source.ext, now=asking.now())
            done.stored += new
            done.unchanged += not new
            told(target, "stored" if new else "unchanged")
            following = _next_page(source.fetch, target, data)
            if following is None:
                continue
            if (following.day, following.key) in asked or len(asked) > _MOST_PAGES:
                done.failed[following.day, following.key] = "its pages have no end, so no more are asked for"
                told(following, f"failed: {done.failed[following.day, following.key]}")
                continue
            ahead.appendleft(following)
    done.requests += service.requests
    return done


def _next_page(endpoint: Endpoint | None, target: Target, data: bytes) -> Target | None:
    """The page after this one, if the answer names it; it lands beside the first one."""
    answer = json.loads(data) if endpoint and endpoint.pages else None
    following = endpoint.pages.following(answer) if endpoint and endpoint.pages and isinstance(answer, dict) else None
    if following is None:
        return None
    return replace(target, key=f"{target.key.partition('.')[0]}.{following}", page=str(following))


def _identified(
    listing: Listing, landing: Landing, todo: Sequence[Target], asking: Asking, done: Fetched
) -> list[Target]:
    """The targets with the ids that the lists of their dates tell, or why they do not tell them."""
    days = sorted({target.day for target in todo})
    listed = fetch(listing.of, landing, [Target(day, "date", values_of(day)) for day in days], asking)
    done.requests += listed.requests
    done.stopped = listed.stopped
    why = {day: f"{listing.of.name} of {day}: {said}" for (day, _), said in listed.failed.items()}
    told: dict[tuple[date, str | frozenset[str]], Mapping[str, str]] = {}
    for landed in landing.newest(listing.of.name, days):
        about = About(landed.key, landed.day, landed.received, landed.path)
        try:
            rows = listing.of.parse(landing.read(landed), about).rows
        except InputFileError as error:
            why.setdefault(landed.day, str(error))
            continue
        for row in rows:
            game = row["game_id"] if "game_id" in row else frozenset((row["home"], row["away"]))
            if row.get("game_date", landed.day) == landed.day:
                told[landed.day, game] = {name: str(row[name]) for name in listing.fields}
    found = []
    for target in todo:
        values = _told(told, target)
        lacking = why.get(target.day, f"{listing.of.name} of {target.day} does not list it; try later with --no-resume")
        found.append(replace(target, values={**target.values, **values}, lacking="" if values else lacking))
    return found


def _told(told: Mapping[tuple[date, str | frozenset[str]], Mapping[str, str]], target: Target) -> Mapping[str, str]:
    """What the list tells of a target's game, by its id or by its teams."""
    by_teams = frozenset((target.values.get("home", ""), target.values.get("away", "")))
    return told.get((target.day, target.values.get("game_id", "")), told.get((target.day, by_teams), {}))
