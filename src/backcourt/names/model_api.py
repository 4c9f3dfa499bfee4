"""One call to a language model: how it is sent and tried again, and what came back.

Nothing here knows about players. What goes wrong becomes a short reason in this module's own words: errors of the
client hold the request, and with it the key.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from backcourt.errors import SettingsError
from backcourt.names.model_budget import Budget, ModelRequest, wrong_address

if TYPE_CHECKING:
    import anthropic

_SERVICE = "https://api.anthropic.com"
"""Named here, so that a variable meant for other programs cannot send the key to another place."""
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
_DAMAGED = "the service's response is damaged"
_CUT_OFF = frozenset({"max_tokens", "model_context_window_exceeded"})


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a call.

    Attributes:
        text: What the model wrote; empty if there is no answer.
        failure: Why there is none, for people; empty if there is one.
        spent: What the service says the call cost, in millionths of a dollar.
        final: True if no further call of the run can fare better.
    """

    text: str = ""
    failure: str = ""
    spent: int = 0
    final: bool = False


class ModelService:
    """An open connection to the service."""

    def __init__(self, client: anthropic.Anthropic, budget: Budget, sleep: Callable[[float], None]) -> None:
        """Wrap a client that tries nothing again by itself; ``sleep`` waits between two tries."""
        self._client = client
        self._budget = budget
        self._sleep = sleep

    def send(self, request: ModelRequest) -> Reply:
        """Send one call, and again where the failure may pass and the budget bears another try.

        The client's own repetition is not used: it waits as long as the service says, be it weeks. Nor does it read
        the answer: it would throw away the bill, and the good answers, with one that is not as it should be.

        Args:
            request: The call, which the budget bears.
        """
        import anthropic

        budget, settings = self._budget, self._budget.settings
        bound, pause, tries = budget.bound(request), _FIRST_PAUSE, 0
        budget.calls += 1
        while True:
            tries += 1
            budget.requests += 1
            try:
                message = self._client.messages.create(
                    model=settings.model,
                    max_tokens=request.max_tokens,
                    system=request.system,
                    messages=[{"role": "user", "content": request.content}],
                    output_config={"format": {"type": "json_schema", "schema": dict(request.schema)}},
                )
                return self._read(message)
            except anthropic.APIError as error:
                # What got through may have been answered and billed; it counts as spent until somebody knows better.
                if isinstance(error, anthropic.APIConnectionError) and not _never_left(error):
                    budget.unknown += bound
                if tries > settings.retries or not _may_pass(error) or bound > budget.left:
                    return _in_words(error)
                asked = _retry_after(error)
            except (ValueError, TypeError, AttributeError, RecursionError):
                budget.unknown += bound
                return Reply(failure=_DAMAGED)
            self._sleep(pause if asked is None else asked)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _read(self, message: anthropic.types.Message) -> Reply:
        """Text and costs of a response; it is read with distrust, since the address may be anybody's."""
        usage = message.usage
        inward = (usage.input_tokens, usage.cache_creation_input_tokens or 0, usage.cache_read_input_tokens or 0)
        spent = self._budget.price(sum(map(_count, inward)), _count(usage.output_tokens))
        self._budget.spent += spent
        try:
            if message.stop_reason == "refusal":
                return Reply(failure="the model refused to answer", spent=spent)
            if message.stop_reason in _CUT_OFF:
                return Reply(failure="the model's answer was cut off", spent=spent)
            # A model may think first: the answer is what it wrote, not what came first.
            return Reply("".join(str(block.text) for block in message.content if block.type == "text"), spent=spent)
        except (TypeError, AttributeError):
            return Reply(failure=_DAMAGED, spent=spent)


@contextmanager
def connect(budget: Budget, sleep: Callable[[float], None]) -> Iterator[ModelService]:
    """A connection to the service; nothing is sent yet.

    Args:
        budget: What may be spent, and how the model is asked, with a key.
        sleep: Waits between two tries, in seconds.

    Raises:
        SettingsError: If the client is not installed, or the address is not one.
    """
    try:
        import anthropic
        import httpx2
    except ImportError:
        raise SettingsError(
            "the language-model resolver of names needs the service's client", next_step='pip install "backcourt[ai]"'
        ) from None
    settings = budget.settings
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
        raise wrong_address() from None
    with client:
        yield ModelService(client, budget, sleep)


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


def _in_words(error: anthropic.APIError) -> Reply:
    """Why a call failed, and whether all others would: never the service's own text, which may repeat the key."""
    import anthropic

    if isinstance(error, anthropic.APIStatusError):
        status = error.status_code
        other = "the service failed" if status >= _SERVER_ERROR else "the service refused the request"
        words = f"{_WORDS.get(status, other)} ({status})"
        wait = _retry_after(error)
        if wait is not None and wait > LONGEST_WAIT:
            words += f", and asks to wait {wait:.0f} s" if math.isfinite(wait) else ", and asks to wait forever"
        return Reply(failure=words, final=status in _FINAL)
    if isinstance(error, anthropic.APITimeoutError):
        return Reply(failure="the service did not answer in time")
    return Reply(failure="the connection to the service failed")
