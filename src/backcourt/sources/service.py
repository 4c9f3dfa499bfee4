"""Ask a service for payloads: paced, with patience for what passes, and without a word of the key."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit, urlunsplit

from backcourt.errors import BackcourtError, InputFileError
from backcourt.sources.landing import LARGEST, unpacked
from backcourt.sources.manners import AGENT, BEGINNING, Seen, browser_headers, is_block_page, is_page
from backcourt.sources.source import About, Endpoint, Parsed, Published, read
from backcourt.sources.targets import Target

if TYPE_CHECKING:
    import httpx2

_LONGEST_TIMEOUT = 300.0
_LONGEST_TRY = 600.0
"""Seconds after which a body that still trickles in is given up."""
_MOST_PAGES = 500
"""Pages of one list; the longest that is known has six."""
_PLACE = re.compile(r"\{(\w+)\}")
_ADDRESS = re.compile(r"https?://[^\s/?#]+(?:/[^\s?#]*)?")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a payload is tried.

    Attributes:
        tries: How often at most.
        first_pause: Seconds after the first try, about: each pause is random up to twice what the one before could be.
        longest_pause: Seconds that a pause has at most, also if the service asks for a longer one.
        timeout: Seconds without a sign of life after which the first try is given up.
        growth: How much longer each further try waits for a sign of life than the one before.
        block_pause: Seconds after a block page before the one further try that it gets; 0 if it gets none.
    """

    tries: int = 5
    first_pause: float = 1.0
    longest_pause: float = 60.0
    timeout: float = 30.0
    growth: float = 1.0
    block_pause: float = 30.0


USUAL = Patience()
PATIENCE: Mapping[str, Patience] = {
    "usual": USUAL,
    "quick": Patience(tries=2, longest_pause=10.0, timeout=15.0, block_pause=0.0),
    "escalating": Patience(tries=8, first_pause=5.0, longest_pause=900.0, growth=2.0, block_pause=900.0),
}
"""What an operator chooses from: a first pass that leaves gaps, the usual, and one for a service that is ill."""


@dataclass(slots=True)
class Pace:
    """When a host was asked, and how long it wants to be left alone; several sources of one host can share it.

    Attributes:
        last: Seconds of the clock at the last request; None before the first.
        not_before: Seconds of the clock before which the host is left alone.
        kept_back: Requests in a row that the host itself kept back.
    """

    last: float | None = None
    not_before: float = 0.0
    kept_back: int = 0


class FetchError(BackcourtError):
    """A request that did not bring what it should."""

    def __init__(
        self,
        message: str,
        *,
        passing: bool,
        wait: float | None = None,
        final: bool = False,
        hosts_own: bool = False,
        blocked: bool = False,
        absent: bool = False,
    ) -> None:
        """Say what came.

        Args:
            message: What was wrong.
            passing: True if another try may bring it.
            wait: Seconds for which the host is left alone, whatever is asked for next; None if there is no such time.
            final: True if no other payload would come either.
            hosts_own: True if it is about the host, whatever is asked for: no connection, no answer, too many requests.
            blocked: True if it is a page by which the host keeps this machine out.
            absent: True if the host has no such file.
        """
        super().__init__(message)
        self.passing, self.wait, self.final = passing, wait, final
        self.hosts_own, self.blocked, self.absent = hosts_own, blocked, absent


def fetchable(source: Published) -> Endpoint:
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


class Service:
    """The service that publishes a source, while the context lasts.

    Attributes:
        requests: Requests that were sent.
    """

    def __init__(
        self,
        source: Published,
        *,
        key: str,
        via: str,
        patience: Patience,
        sleep: Callable[[float], None],
        clock: Callable[[], float],
        agent: str = AGENT,
        pace: Pace | None = None,
    ) -> None:
        """Name the service; nothing is asked yet.

        Args:
            source: What is asked for.
            key: The service's key, if it needs one.
            via: Address that is asked instead of the source's own host; "" asks the host.
            patience: How long a payload is tried.
            sleep: Waits, in seconds.
            clock: Seconds that only rise, for the pace.
            agent: What the program calls itself (User-Agent).
            pace: That of a host that has been asked before; None begins anew.

        Raises:
            BackcourtError: If the source is not fetched, needs a key that is not there, or ``via`` is not an address.
        """
        self._source, self._endpoint = source, fetchable(source)
        setting = self._endpoint.key_setting
        if setting and not (key.strip() and key.isascii() and key.isprintable()):
            raise BackcourtError(
                f"{source.name} needs a key" + (", and the one that is set cannot be one" if key else ""),
                next_step=f"set BACKCOURT_{setting.upper()}",
            )
        if via and not _ADDRESS.fullmatch(via):
            raise BackcourtError(
                "BACKCOURT_FETCH_VIA is not a valid URL", valid=["an address, https://mirror.example/path"]
            )
        self._key, self._via = key if setting else "", via
        self._patience, self._sleep, self._clock = patience, sleep, clock
        self._agent = agent
        self._pace = Pace() if pace is None else pace
        self._open = ExitStack()
        self.requests = 0

    def __enter__(self) -> Self:
        """Open the connections, and keep the key out of the logs."""
        import httpx2

        headers = {"User-Agent": self._agent, **(browser_headers(self._agent) if self._endpoint.browser else {})}
        self._client = self._open.enter_context(
            httpx2.Client(follow_redirects=False, headers=headers | dict(self._endpoint.headers), trust_env=False)
        )
        # The HTTP library writes down every address, and the key may be a part of it.
        for name in ("httpx2", "httpcore2.connection", "httpcore2.http11") if self._key else ():
            log = logging.getLogger(name)
            log.addFilter(_nothing)
            self._open.callback(log.removeFilter, _nothing)
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self._open.close()

    def payload(self, target: Target) -> bytes:
        """The payload, all pages of it: several are put together as a list.

        Raises:
            FetchError: If a part does not come, it has no end, or its address needs a value that the target lacks.
        """
        pages, seen = [self._page(target)], set()
        while following := self._following(pages[-1]):
            if following in seen or len(pages) == _MOST_PAGES:
                raise FetchError("its pages never end", passing=False)
            seen.add(following)
            pages.append(self._page(replace(target, page=following)))
            if sum(map(len, pages)) > LARGEST:
                raise FetchError("its pages never end", passing=False)
        return pages[0] if len(pages) == 1 else b"[" + b",\n".join(pages) + b"]"

    def _following(self, page: bytes) -> str:
        """What asks for the page after this one; "" if it is the last one."""
        pages = self._endpoint.pages
        answer = json.loads(page) if pages else None
        following = pages.following(answer) if pages and isinstance(answer, dict) else None
        return "" if following is None else str(following)

    def _page(self, target: Target) -> bytes:
        """One answer, tried again while a further try may bring it; it is one that the parser takes."""
        from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

        needed = " ".join((self._endpoint.url, *self._endpoint.params.values()))
        unknown = sorted(set(_PLACE.findall(needed)) - set(target.values))
        if unknown:
            said = target.lacking or f"its {unknown[0]} is not known here, so it cannot be fetched"
            raise FetchError(said, passing=False)
        patience = self._patience
        spread = wait_random_exponential(multiplier=patience.first_pause, max=patience.longest_pause)
        blocked = 0

        def wait(state: RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            if isinstance(error, FetchError) and error.blocked:
                return patience.block_pause
            # The host's pause is kept before every request, whatever the payload.
            return 0.0 if isinstance(error, FetchError) and error.wait is not None else spread(state)

        def again(error: BaseException) -> bool:
            nonlocal blocked
            if not isinstance(error, FetchError) or not error.blocked:
                return isinstance(error, FetchError) and error.passing
            blocked += 1
            return blocked == 1 and patience.block_pause > 0

        retrying = Retrying(
            stop=stop_after_attempt(patience.tries),
            wait=wait,
            retry=retry_if_exception(again),
            sleep=self._sleep,
            reraise=True,
        )
        for attempt in retrying:
            with attempt:
                self._keep_pace()
                self.requests += 1
                tried = attempt.retry_state.attempt_number - 1
                data = self._requested(target, min(patience.timeout * patience.growth**tried, _LONGEST_TIMEOUT))
                self._readable(target, data)
                self._pace.kept_back = 0
                return data
        raise RuntimeError("a retried request ended with neither data nor an error")

    def _keep_pace(self) -> None:
        """Wait until the host bears the next request."""
        if self._pace.last is not None:
            left = max(self._pace.last + 60.0 / self._endpoint.per_minute, self._pace.not_before) - self._clock()
            if left > 0:
                self._sleep(left)
        self._pace.last = self._clock()

    def _requested(self, target: Target, timeout: float) -> bytes:
        """The body of one answer."""
        import httpx2

        url, params, headers = self._address(target)
        # Without a name and password before the host.
        where, has_begun = urlsplit(url).netloc.rpartition("@")[2], False
        try:
            with self._client.stream("GET", url, params=params, headers=headers, timeout=timeout) as answer:
                has_begun = True
                self._accepted(answer, where)
                body = bytearray()
                for piece in answer.iter_bytes():
                    body += piece
                    if len(body) > LARGEST:
                        raise FetchError(f"{where} sent more than {LARGEST:,} bytes", passing=False)
                    if self._clock() - (self._pace.last or 0.0) > _LONGEST_TRY:
                        raise FetchError(f"{where} did not end within {_LONGEST_TRY:.0f} s", passing=True)
            if is_block_page(bytes(body[:BEGINNING])):
                raise _blocked(where, answer.status_code)
            return bytes(body)
        except httpx2.TransportError as error:
            # Its text may hold the address with the key in it.
            silent = isinstance(error, httpx2.TimeoutException)
            lost = isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout)
            what = "cannot be reached" if lost else "did not respond" if silent else "closed the connection"
            after = f" within {timeout:g} s" if silent else ""
            raise FetchError(f"{where} {what}{after}", passing=True, hosts_own=silent or not has_begun) from None
        except httpx2.DecodingError:
            raise FetchError(f"{where} sent a body that cannot be unpacked", passing=True) from None

    def _accepted(self, answer: httpx2.Response, where: str) -> None:
        """Refuse an answer that holds no data.

        Raises:
            FetchError: If its status is not 200.
        """
        status = answer.status_code
        if status == 200:  # noqa: PLR2004 - HTTP's word for good
            return
        seen = Seen(status, {name.lower(): text for name, text in answer.headers.items()}, _beginning(answer))
        meaning = seen.meaning(self._endpoint.absent)
        if meaning == "absent":
            raise FetchError(f"{where} answered {status}: it has no such file", passing=False, absent=True)
        if meaning == "blocked":
            raise _blocked(where, status)
        if meaning == "refused":
            setting = self._endpoint.key_setting
            key = f"rejected BACKCOURT_{setting.upper()}, or " if setting else ""
            raise FetchError(f"{where} {key}refuses this machine ({status})", passing=False, final=True)
        said = f"{where} answered {status}"
        if meaning == "other":
            # Whoever sends pages instead of data sends them for the next payload, too.
            instead = self._source.ext != "html" and seen.is_page_instead
            raise FetchError(said, passing=False, absent=seen.is_not_there, hosts_own=instead)
        asked = seen.asked_pause()
        if asked is not None and asked > self._patience.longest_pause:
            raise FetchError(
                f"{said} and asks for a pause of {asked:,.0f} s, longer than the limit "
                f"({self._patience.longest_pause:,.0f} s): fetch again after it",
                passing=False,
                final=True,
            )
        pause = self._own_pause(seen) if asked is None else asked
        self._pace.not_before = self._clock() + (pause or 0.0)
        raise FetchError(said, passing=True, wait=pause, hosts_own=seen.hosts_own)

    def _own_pause(self, seen: Seen) -> float | None:
        """Seconds for which a host is left alone that is overloaded and names no time; they grow, whatever is asked."""
        if not seen.hosts_own:
            return None
        self._pace.kept_back += 1
        return float(min(self._patience.longest_pause, self._patience.first_pause * 2.0 ** (self._pace.kept_back - 1)))

    def _address(self, target: Target) -> tuple[str, dict[str, str], dict[str, str]]:
        """Address, parameters and headers of a target's request."""
        endpoint = self._endpoint
        url = _filled(endpoint.url, target)
        if self._via:
            mirror, own = urlsplit(self._via), urlsplit(url)
            url = urlunsplit((mirror.scheme, mirror.netloc, mirror.path.rstrip("/") + own.path, own.query, ""))
        params = {name: _filled(value, target) for name, value in endpoint.params.items()}
        if endpoint.pages and target.page:
            params[endpoint.pages.param] = target.page
        headers = {}
        if self._key and endpoint.key_header:
            headers[endpoint.key_header] = endpoint.key_word + self._key
        elif self._key:
            params[endpoint.key_param] = self._key
        return url, params, headers

    def has_rows(self, target: Target, data: bytes) -> bool:
        """True if a payload holds anything.

        Args:
            target: What was asked for.
            data: The payload.

        Raises:
            FetchError: If it cannot be read.
        """
        return bool(self._readable(target, data).rows)

    def _readable(self, target: Target, data: bytes) -> Parsed:
        """What an answer holds; refuse what the parser refuses, and what is about something else.

        Raises:
            FetchError: If it cannot be read; a further try may bring it whole.
        """
        what = f"{self._source.name} of {target.day}" + (f", {target.key}" if target.key != "date" else "")
        about = About(target.key, target.day, datetime.fromtimestamp(0, UTC), f"the answer for {what}")
        try:
            return read(self._source, unpacked(data, about.path), about, target.values)
        except InputFileError as error:
            # A service that refuses a key may repeat it.
            said = error.message.replace(self._key, "(key)") if self._key else error.message
            # Whoever sends pages instead of data sends them for the next payload, too.
            raise FetchError(said, passing=True, hosts_own=self._source.ext != "html" and is_page(data)) from None


def _blocked(where: str, status: int) -> FetchError:
    """The error for a page by which a host keeps this machine out."""
    return FetchError(
        f"{where} sends a block page ({status}) instead of data, so nothing more was fetched: wait an hour, use "
        "another network, ask a mirror (BACKCOURT_FETCH_VIA) or change BACKCOURT_FETCH_USER_AGENT, then fetch again",
        passing=False,
        final=True,
        blocked=True,
    )


def _beginning(answer: httpx2.Response) -> bytes:
    """The first bytes of an answer without data; what cannot be read of them is left out."""
    import httpx2

    body = bytearray()
    try:
        for piece in answer.iter_bytes():
            body += piece
            if len(body) >= BEGINNING:
                break
    except (httpx2.TransportError, httpx2.DecodingError):
        # The status alone says enough.
        return bytes(body)
    return bytes(body)


def _filled(text: str, target: Target) -> str:
    """The text with the target's values in the place of {names}."""
    return _PLACE.sub(lambda match: target.values[match[1]], text)


def _nothing(_record: logging.LogRecord) -> bool:
    """A filter that lets nothing into a log."""
    return False
