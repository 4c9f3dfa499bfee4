"""One call to a language model: what it may cost, how it is sent and tried again, and what came back.

Nothing here knows about players. Money is counted in whole millionths of a dollar, because a price in dollars per
million tokens is that many millionths for one token. What goes wrong becomes a short reason in this module's own
words: errors of the client hold the request, and with it the key.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from backcourt.errors import SettingsError

if TYPE_CHECKING:
    import anthropic

PRICES: Mapping[str, tuple[float, float]] = {
    "claude-haiku-5-5": (0.10, 0.50),
    "claude-haiku-4-5": (1.00, 5.00),
    "claude-sonnet-5-5": (2.00, 10.00),
    "claude-sonnet-5": (2.00, 10.00),
    "claude-opus-5-5": (4.00, 20.00),
    "claude-opus-5": (5.00, 25.00),
}
"""US dollars per million input and output tokens, for prompts up to 100,000 tokens; as listed in November 2026 on
platform.claude.com/docs. Other models need their prices given."""

_SERVICE = "https://api.anthropic.com"
"""Named here, so that a variable meant for other programs cannot send the key to another place."""
_OVERHEAD = 1500
"""Tokens that the service adds to a request of its own: the frame of the messages and of the structured output."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 8.0
"""Seconds before a further try where the service names none: the first, doubled up to the longest."""
LONGEST_WAIT = 60.0
"""Seconds that are waited at most when the service asks to wait; a longer wait leaves the names to the next run."""
_PASSING = frozenset({408, 409, 429})
"""Refusals that may pass, besides all failures of the service (500 and more)."""
_FINAL = frozenset({401, 402, 403, 404, 429})
"""Refusals that every further call of the run would meet as well."""
_WORDS: Mapping[int, str] = {
    401: "the service rejected the key",
    402: "the service requires payment first",
    403: "the key may not use this model or service",
    404: "the service does not know the model or the address",
    429: "the service's rate limit is reached",
    529: "the service is overloaded",
}
_SERVER_ERROR = 500
_CUT_OFF = frozenset({"max_tokens", "model_context_window_exceeded"})


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """How the model is asked.

    Attributes:
        key: The service's key; empty turns the resolver off. Never shown.
        model: Name of the model.
        base_url: Address of another service that speaks the same language; None for the service's own.
        budget_usd: Most that one run may spend, in US dollars.
        batch: Names per call.
        input_price: US dollars per million input tokens; None takes it from the list of known models.
        output_price: US dollars per million output tokens; None likewise.
        timeout: Seconds without a sign of life after which a try is given up.
        retries: Further tries of a call that failed in a way that may pass.
    """

    key: str = field(repr=False)
    model: str = "claude-haiku-5-5"
    base_url: str | None = None
    budget_usd: float = 1.0
    batch: int = 20
    input_price: float | None = None
    output_price: float | None = None
    timeout: float = 120.0
    retries: int = 2

    def __post_init__(self) -> None:
        """Refuse what cannot be used, without showing what may be secret.

        Raises:
            SettingsError: If a value cannot be used.
        """
        if self.key.strip() and not (self.key.isascii() and self.key.isprintable() and " " not in self.key):
            # A header cannot carry it, and the client would print it when it says so.
            raise SettingsError(
                "ai_key has characters that no key has (spaces, line ends, letters outside ASCII)",
                next_step="copy the key again, without the text around it",
            )
        if self.base_url is not None:
            _refuse_address(self.base_url)
        numbers = {
            "ai_budget_usd": (self.budget_usd, 0),
            "batch": (self.batch, 1),
            "ai_input_price": (self.input_price or 0, 0),
            "ai_output_price": (self.output_price or 0, 0),
            "timeout": (self.timeout, 0.001),
            "retries": (self.retries, 0),
        }
        for name, (value, least) in numbers.items():
            if not least <= value < math.inf:
                raise SettingsError(f"{name} is {value!r}, which cannot be used", valid=[f"a number from {least}"])

    @property
    def budget(self) -> int:
        """The budget in millionths of a dollar, rounded down."""
        return math.floor(Decimal(str(self.budget_usd)) * 1_000_000)

    def price(self, input_tokens: int, output_tokens: int) -> int:
        """What tokens cost, in millionths of a dollar, rounded up.

        Raises:
            SettingsError: If the prices of the model are not known.
        """
        known = PRICES.get(self.model, (None, None))
        prices = [
            given if given is not None else listed
            for given, listed in zip((self.input_price, self.output_price), known, strict=True)
        ]
        if None in prices:
            raise SettingsError(
                f"no price is known for ai_model {self.model!r}, so that its costs could not be capped",
                valid=sorted(PRICES),
                next_step="name one of these, or set ai_input_price and ai_output_price, dollars per million tokens",
            )
        inward, outward = (Decimal(str(price)) for price in prices)
        return math.ceil(inward * input_tokens + outward * output_tokens)


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """What one call says.

    Attributes:
        system: The instructions; never anything from outside.
        content: The user's message: JSON.
        schema: JSON schema of the answer.
        max_tokens: Most tokens that the model may write, its thinking included.
    """

    system: str
    content: str
    schema: Mapping[str, object]
    max_tokens: int

    @property
    def input_bound(self) -> int:
        """More input tokens than the call can have: no token is shorter than a byte."""
        texts = (self.system, self.content, json.dumps(self.schema))
        return _OVERHEAD + sum(len(text.encode()) for text in texts)

    def bound(self, settings: ModelSettings) -> int:
        """More than one try of the call can cost, in millionths of a dollar."""
        return settings.price(self.input_bound, self.max_tokens)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a call.

    Attributes:
        text: What the model wrote; empty if there is no answer.
        failure: Why there is none, for people; empty if there is one.
        final: True if no further call of the run can fare better.
        spent: What the service says the call cost, in millionths of a dollar.
        unknown: Most that tries can have cost of which no bill came back, in millionths of a dollar.
        tries: Requests that were sent.
    """

    text: str = ""
    failure: str = ""
    final: bool = False
    spent: int = 0
    unknown: int = 0
    tries: int = 1


class ModelService:
    """An open connection to the service."""

    def __init__(self, client: anthropic.Anthropic, settings: ModelSettings, sleep: Callable[[float], None]) -> None:
        """Wrap a client that tries nothing again by itself; ``sleep`` waits between two tries."""
        self._client = client
        self._settings = settings
        self._sleep = sleep

    def send(self, request: ModelRequest, left: int) -> Reply:
        """Send one call, and again where the failure may pass and the budget bears another try.

        The client's own repetition is not used: it waits as long as the service says, be it weeks.

        Args:
            request: The call.
            left: What is left of the budget, in millionths of a dollar.
        """
        import anthropic
        from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

        bound = request.bound(self._settings)
        tries = unbilled = 0

        def once() -> str:
            nonlocal tries, unbilled
            tries += 1
            try:
                return self._post(request)
            except anthropic.APIConnectionError as error:
                # What got through may have been answered and billed; it counts as spent until somebody knows better.
                unbilled += not _never_left(error)
                raise

        def again(error: BaseException) -> bool:
            return _may_pass(error) and (unbilled + 1) * bound <= left

        def pause(state: RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            asked = _retry_after(error)
            return asked if asked is not None else min(_FIRST_PAUSE * 2 ** (state.attempt_number - 1), _LONGEST_PAUSE)

        retrying = Retrying(
            sleep=self._sleep,
            stop=stop_after_attempt(self._settings.retries + 1),
            wait=pause,
            retry=retry_if_exception(again),
            reraise=True,
        )
        try:
            body = retrying(once)
        except anthropic.APIError as error:
            failure, final = _in_words(error)
            return Reply(failure=failure, final=final, unknown=unbilled * bound, tries=tries)
        return self._read(body, bound, unbilled * bound, tries)

    def _post(self, request: ModelRequest) -> str:
        """The body of a good response."""
        response = self._client.messages.with_raw_response.create(
            model=self._settings.model,
            max_tokens=request.max_tokens,
            system=request.system,
            messages=[{"role": "user", "content": request.content}],
            output_config={"format": {"type": "json_schema", "schema": dict(request.schema)}},
        )
        return response.http_response.text

    def _read(self, body: str, bound: int, unknown: int, tries: int) -> Reply:
        """Text and costs of a response; it is read with distrust, since the address may be anybody's."""
        try:
            message = json.loads(body)
            usage = message["usage"]
            inward = _count(usage["input_tokens"]) + sum(
                _count(usage.get(name) or 0) for name in ("cache_creation_input_tokens", "cache_read_input_tokens")
            )
            spent = self._settings.price(inward, _count(usage["output_tokens"]))
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            return Reply(failure="the service's response is damaged", unknown=unknown + bound, tries=tries)
        stop, blocks = message.get("stop_reason"), message.get("content")
        if stop == "refusal":
            failure = "the model refused to answer"
        elif stop in _CUT_OFF:
            failure = "the model's answer was cut off"
        elif not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
            failure = "the service's response is damaged"
        else:
            # A model may think first: the answer is what it wrote, not what came first.
            text = "".join(str(block.get("text")) for block in blocks if block.get("type") == "text")
            return Reply(text=text, spent=spent, unknown=unknown, tries=tries)
        return Reply(failure=failure, spent=spent, unknown=unknown, tries=tries)


@contextmanager
def connect(settings: ModelSettings, sleep: Callable[[float], None]) -> Iterator[ModelService]:
    """A connection to the service; nothing is sent yet.

    Args:
        settings: How the model is asked, with a key.
        sleep: Waits between two tries, in seconds.

    Raises:
        SettingsError: If the client is not installed, or the address is not one.
    """
    try:
        import anthropic
        import httpx2
        import tenacity  # noqa: F401 - it comes with the same extra
    except ImportError:
        raise SettingsError(
            "the language-model resolver of names needs the service's client", next_step='pip install "backcourt[ai]"'
        ) from None
    try:
        client = anthropic.Anthropic(
            api_key=settings.key,
            base_url=settings.base_url or _SERVICE,
            timeout=settings.timeout,
            max_retries=0,
            # What is sent goes to the address that was configured and nowhere else.
            http_client=anthropic.DefaultHttpxClient(follow_redirects=False),
        )
    except (httpx2.InvalidURL, ValueError):
        raise _no_address() from None
    with client:
        yield ModelService(client, settings, sleep)


def _refuse_address(address: str) -> None:
    """Refuse what is not an address of a service, or one with a password: that would take the place of the key."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(address)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        good = False
    if not good:
        raise _no_address()


def _no_address() -> SettingsError:
    """The error says nothing of the value, which may hold a password."""
    return SettingsError(
        "ai_base_url is not the address of a service, or has a user in it", valid=["http://HOST", "https://HOST"]
    )


def _count(value: Any) -> int:  # noqa: ANN401 - anything may stand in JSON
    """A number of tokens; anything else is an error."""
    if type(value) is not int or value < 0:
        raise ValueError("not a number of tokens")
    return value


def _never_left(error: BaseException) -> bool:
    """True if the request certainly did not reach the service, so that it cannot have been billed."""
    import httpx2

    unsent = (
        httpx2.ConnectError,
        httpx2.ConnectTimeout,
        httpx2.PoolTimeout,
        httpx2.ProxyError,
        httpx2.UnsupportedProtocol,
        httpx2.LocalProtocolError,
    )
    return isinstance(error.__cause__, unsent)


def _may_pass(error: BaseException) -> bool:
    """True if the same call may succeed after a wait that is not too long."""
    import anthropic

    if isinstance(error, anthropic.APIStatusError):
        passing = error.status_code in _PASSING or error.status_code >= _SERVER_ERROR
        return passing and (_retry_after(error) or 0) <= LONGEST_WAIT
    return isinstance(error, anthropic.APIConnectionError)


def _retry_after(error: BaseException | None) -> float | None:
    """Seconds that the service asks to wait; None if it names none that can be read."""
    from email.utils import parsedate_to_datetime

    import anthropic

    if not isinstance(error, anthropic.APIStatusError) or "retry-after" not in error.response.headers:
        return None
    header = error.response.headers["retry-after"]
    try:
        seconds = float(header)
    except ValueError:
        try:
            # A moment of the service's clock is counted from the service's own clock.
            moments = [parsedate_to_datetime(text) for text in (header, error.response.headers.get("date", ""))]
            seconds = (moments[0] - moments[1]).total_seconds()
        except (ValueError, TypeError):
            return None
    return max(seconds, 0.0) if not math.isnan(seconds) else None


def _in_words(error: anthropic.APIError) -> tuple[str, bool]:
    """Why a call failed, and whether all others would: never the service's own text, which may repeat the key."""
    import anthropic

    if isinstance(error, anthropic.APIStatusError):
        status = error.status_code
        other = "the service failed" if status >= _SERVER_ERROR else "the service refused the request"
        words = f"{_WORDS.get(status, other)} ({status})"
        wait = _retry_after(error)
        if wait is not None and wait > LONGEST_WAIT:
            words += f", and asks to wait {wait:.0f} s" if math.isfinite(wait) else ", and asks to wait forever"
        return words, status in _FINAL
    if isinstance(error, anthropic.APITimeoutError):
        return "the service did not answer in time", False
    return "the connection to the service failed", False
