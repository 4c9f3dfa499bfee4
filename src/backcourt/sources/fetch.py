"""Fetch what a source publishes into the landing zone: once, politely, whole, and never a thing that cannot be read.

A payload is tried as its parser would read it before it is kept: an error page, a truncated body or another game's data
is a failure like a refused request, and is tried again. What has landed already is not asked for again.
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from backcourt import __version__
from backcourt.errors import BackcourtError, InputFileError
from backcourt.sources.landing import LARGEST, Landing, checked
from backcourt.sources.source import About, Endpoint, Source
from backcourt.sources.targets import Target

if TYPE_CHECKING:
    import httpx2

_AGENT = f"backcourt/{__version__} (NBA stats warehouse)"
_TRIES = 5
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
"""Seconds between two tries: about so many after the first, doubled up to the longest, with jitter."""
_LONGEST_TRY = 600.0
"""Seconds after which a body that still trickles in is given up."""
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_FINAL = frozenset({401, 403})
_PLACE = re.compile(r"\{(\w+)\}")
_ADDRESS = re.compile(r"https?://[^\s/?#]+(?:/[^\s?#]*)?")


@dataclass(slots=True)
class Fetched:
    """What a fetch did.

    Attributes:
        targets: Payloads that were wanted.
        known: Payloads that had landed before and were not asked for.
        stored: Payloads that are new.
        unchanged: Payloads that came and were the same as before.
        failed: Why a payload is missing, by date and key.
        requests: Requests that were sent.
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


class FetchError(BackcourtError):
    """A request that did not bring what it should."""

    def __init__(self, message: str, *, passing: bool, wait: float | None = None, final: bool = False) -> None:
        """Say what came.

        Args:
            message: What was wrong.
            passing: True if another try may bring it.
            wait: Seconds that the service asks to wait, if it does.
            final: True if no other payload would come either.
        """
        super().__init__(message)
        self.passing, self.wait, self.final = passing, wait, final


def fetch(
    source: Source,
    landing: Landing,
    wanted: Sequence[Target],
    *,
    key: str = "",
    via: str = "",
    limit: int | None = None,
    resume: bool = True,
    tries: int = _TRIES,
    timeout: float = 30.0,
    now: Callable[[], datetime],
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
    told: Callable[[Target, str], None] = lambda _target, _what: None,
) -> Fetched:
    """Fetch payloads into the landing zone.

    Args:
        source: What is fetched.
        landing: Where to.
        wanted: Which payloads.
        key: The service's key, if it needs one; it goes into the request and nowhere else.
        via: Address that is asked instead of the source's own host, such as a mirror; "" asks the host.
        limit: How many requests for payloads at most.
        resume: False asks again for what has landed.
        tries: How often a payload is tried.
        timeout: Seconds without a sign of life after which a try is given up.
        now: The clock of the landing zone (UTC).
        sleep: Waits, in seconds.
        clock: Seconds that only rise, for the rate limit.
        told: Hears what became of each payload.

    Raises:
        BackcourtError: If the source is not fetched, needs a key that is not there, or ``via`` is no address.
        InputFileError: If the key of a payload cannot be a file's name.
    """
    import httpx2

    endpoint = fetchable(source)
    if endpoint.key_setting and not (key.strip() and key.isascii() and key.isprintable()):
        raise BackcourtError(
            f"{source.name} needs a key" + (", and the one that is set cannot be one" if key else ""),
            next_step=f"set BACKCOURT_{endpoint.key_setting.upper()}",
        )
    if via and not _ADDRESS.fullmatch(via):
        raise BackcourtError(
            "BACKCOURT_FETCH_VIA is no address that can be asked", valid=["an address, https://mirror.example/path"]
        )
    for target in wanted:
        checked(target.key)
    done = Fetched(targets=len(wanted))
    pace = _Pace(60.0 / endpoint.per_minute, sleep, clock)
    # Of several pages the last one may be missing, so they are asked for again.
    whole = resume and not endpoint.cursor
    todo = [target for target in wanted if not (whole and landing.versions(source.name, target.day, target.key))]
    done.known = len(wanted) - len(todo)
    with (
        _unlogged(key),
        httpx2.Client(
            timeout=timeout, follow_redirects=False, headers={"User-Agent": _AGENT, **endpoint.headers}, trust_env=False
        ) as client,
    ):
        ahead = deque(todo[:limit])
        while ahead:
            target = ahead.popleft()
            unknown = sorted(
                set(_PLACE.findall(" ".join((endpoint.url, *endpoint.params.values())))) - set(target.values)
            )
            if unknown:
                done.failed[target.day, target.key] = f"its {unknown[0]} is not known here, so it cannot be asked for"
                told(target, f"failed: {done.failed[target.day, target.key]}")
                continue
            try:
                data = _tried(client, source, endpoint, target, (key, via), tries, pace, done)
            except FetchError as error:
                done.failed[target.day, target.key] = str(error)
                told(target, f"failed: {error}")
                if error.final:
                    done.stopped = str(error)
                    break
                continue
            _, new = landing.store(source.name, target.day, target.key, data, source.ext, now=now())
            done.stored += new
            done.unchanged += not new
            told(target, "stored" if new else "unchanged")
            ahead.extendleft(_next_page(endpoint, target, data))
    return done


def _next_page(endpoint: Endpoint, target: Target, data: bytes) -> list[Target]:
    """The page after this one, if the answer names it; its key has the page's cursor."""
    if not endpoint.cursor:
        return []
    meta = json.loads(data).get("meta") or {}
    following = meta.get("next_cursor")
    if not isinstance(following, int):
        return []
    first = target.key.partition(".")[0]
    return [Target(target.day, f"{first}.{following}", {**target.values, "cursor": str(following)})]


@contextmanager
def _unlogged(key: str) -> Iterator[None]:
    """Keep a key out of the logs: the HTTP library writes down every address, and the key may be a part of it."""
    named = ("httpx2", "httpcore2.connection", "httpcore2.http11") if key else ()
    logs = [logging.getLogger(name) for name in named]

    def nothing(_record: logging.LogRecord) -> bool:
        return False

    for log in logs:
        log.addFilter(nothing)
    try:
        yield
    finally:
        for log in logs:
            log.removeFilter(nothing)


def fetchable(source: Source) -> Endpoint:
    """Where a source is fetched from.

    Raises:
        BackcourtError: If it only comes as files.
    """
    if source.fetch is None:
        raise BackcourtError(
            f"{source.name} is not fetched: its files are put into the landing zone by hand",
            next_step=f"load them with: backcourt load {source.name}",
        )
    return source.fetch


class _Pace:
    """At most so many requests of a host in a time."""

    def __init__(self, apart: float, sleep: Callable[[float], None], clock: Callable[[], float]) -> None:
        self._apart, self._sleep, self._clock = apart, sleep, clock
        self._last: float | None = None

    def wait(self) -> None:
        if self._last is not None:
            left = self._last + self._apart - self._clock()
            if left > 0:
                self._sleep(left)
        self._last = self._clock()

    def pause(self, seconds: float) -> None:
        self._sleep(seconds)

    def since_last(self) -> float:
        return self._clock() - (self._last or 0.0)


def _tried(
    client: httpx2.Client,
    source: Source,
    endpoint: Endpoint,
    target: Target,
    access: tuple[str, str],
    tries: int,
    pace: _Pace,
    done: Fetched,
) -> bytes:
    """The payload, tried again while a further try may bring it."""
    from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

    spread = wait_random_exponential(multiplier=_FIRST_PAUSE, max=_LONGEST_PAUSE)

    def wait(state: object) -> float:
        error = getattr(getattr(state, "outcome", None), "exception", lambda: None)()
        asked = error.wait if isinstance(error, FetchError) else None
        return min(asked, _LONGEST_PAUSE) if asked is not None else float(spread(state))  # type: ignore[arg-type]

    retrying = Retrying(
        stop=stop_after_attempt(tries),
        wait=wait,
        retry=retry_if_exception(lambda error: isinstance(error, FetchError) and error.passing),
        sleep=pace.pause,
        reraise=True,
    )
    for attempt in retrying:
        with attempt:
            pace.wait()
            done.requests += 1
            data = _requested(client, endpoint, target, access, pace)
            _readable(source, target, data, access[0])
            return data
    raise RuntimeError("a retried request ended with neither data nor an error")


def _requested(
    client: httpx2.Client, endpoint: Endpoint, target: Target, access: tuple[str, str], pace: _Pace
) -> bytes:
    """The body of one answer."""
    import httpx2

    key, via = access
    url = _filled(endpoint.url, target)
    if via:
        mirror, own = urlsplit(via), urlsplit(url)
        url = urlunsplit((mirror.scheme, mirror.netloc, mirror.path.rstrip("/") + own.path, own.query, ""))
    params = {name: _filled(value, target) for name, value in endpoint.params.items()}
    if "cursor" in target.values:
        params[endpoint.cursor] = target.values["cursor"]
    headers = {}
    if key and endpoint.key_header:
        headers[endpoint.key_header] = key
    elif key:
        params[endpoint.key_param] = key
    # Without a name and password before the host.
    where = urlsplit(url).netloc.rpartition("@")[2]
    try:
        with client.stream("GET", url, params=params, headers=headers) as answer:
            _accepted(answer, where)
            body = bytearray()
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > LARGEST:
                    raise FetchError(f"{where} sent more than {LARGEST:,} bytes", passing=False)
                if pace.since_last() > _LONGEST_TRY:
                    raise FetchError(f"{where} did not end within {_LONGEST_TRY:.0f} s", passing=True)
            return bytes(body)
    except (httpx2.TimeoutException, httpx2.TransportError) as error:
        # Its text may hold the address with the key in it.
        raise FetchError(f"{where}: {type(error).__name__}", passing=True) from None
    except httpx2.DecodingError:
        raise FetchError(f"{where} sent a body that cannot be unpacked", passing=True) from None


def _accepted(answer: httpx2.Response, where: str) -> None:
    """Refuse an answer that is none.

    Raises:
        FetchError: If its status is not 200.
    """
    status = answer.status_code
    if status in _FINAL:
        raise FetchError(f"{where} did not take the key or refuses us ({status})", passing=False, final=True)
    if status in _PASSING:
        asked = answer.headers.get("retry-after", "")
        raise FetchError(
            f"{where} answered {status}", passing=True, wait=float(asked) if re.fullmatch(r"\d{1,5}", asked) else None
        )
    if status != 200:  # noqa: PLR2004 - HTTP's word for good
        raise FetchError(f"{where} answered {status}", passing=False)


def _readable(source: Source, target: Target, data: bytes, key: str) -> None:
    """Refuse what the parser refuses.

    Raises:
        FetchError: If it cannot be read; a further try may bring it whole.
    """
    from datetime import UTC

    from backcourt.sources.landing import unpacked

    about = About(target.key, target.day, datetime.fromtimestamp(0, UTC), f"the answer about {target.key}")
    try:
        source.parse(unpacked(data, about.path), about)
    except InputFileError as error:
        # A service that refuses a key may repeat it.
        said = error.message.replace(key, "(key)") if key else error.message
        raise FetchError(said, passing=True) from None


def _filled(text: str, target: Target) -> str:
    """The text with the target's values in the place of {names}."""
    return _PLACE.sub(lambda match: target.values[match[1]], text)
