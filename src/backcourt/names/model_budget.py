"""What asking a language model may cost: the settings, the size of a call, and the one guard of a run's money.

Money is counted in whole millionths of a dollar, because a price in dollars per million tokens is that many millionths
for one token.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from backcourt.errors import SettingsError

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
_OVERHEAD = 1500
"""Tokens that the service adds to a request of its own: the frame of the messages and of the structured output."""


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


@dataclass(slots=True)
class Budget:
    """The one guard of a run's money: what it may spend, what it has spent, and what nobody knows.

    Attributes:
        settings: How the model is asked.
        spent: What the service says that the calls cost, in millionths of a dollar.
        unknown: Most that tries can have cost of which no bill came back, in millionths of a dollar.
        calls: Calls that were made.
        requests: Requests that were sent: calls and their repetitions.
    """

    settings: ModelSettings
    spent: int = 0
    unknown: int = 0
    calls: int = 0
    requests: int = 0

    def price(self, input_tokens: int, output_tokens: int) -> int:
        """What tokens cost, in millionths of a dollar, rounded up.

        Raises:
            SettingsError: If the prices of the model are not known.
        """
        how = self.settings
        given = (how.input_price, how.output_price)
        inward, outward = (
            listed if own is None else own
            for own, listed in zip(given, PRICES.get(how.model, (None, None)), strict=True)
        )
        if inward is None or outward is None:
            raise SettingsError(
                f"no price is known for ai_model {how.model!r}, so that its costs could not be capped",
                valid=sorted(PRICES),
                next_step="name one of these, or set ai_input_price and ai_output_price, dollars per million tokens",
            )
        return math.ceil(Decimal(str(inward)) * input_tokens + Decimal(str(outward)) * output_tokens)

    def bound(self, request: ModelRequest) -> int:
        """More than one try of a call can cost, in millionths of a dollar."""
        return self.price(request.input_bound, request.max_tokens)

    @property
    def left(self) -> int:
        """What may still be spent, in millionths of a dollar, rounded down."""
        return math.floor(Decimal(str(self.settings.budget_usd)) * 1_000_000) - self.spent - self.unknown

    def refusal(self, request: ModelRequest) -> str:
        """Why a call cannot be made; empty if what is left bears it."""
        if self.bound(request) <= self.left:
            return ""
        return (
            f"not asked: the call may cost ${dollars(self.bound(request)):.6f}, and ${dollars(max(self.left, 0)):.6f} "
            f"of the budget of ${self.settings.budget_usd:.2f} is left"
        )

    @property
    def spent_usd(self) -> float:
        """What the service says that the calls cost, in US dollars."""
        return dollars(self.spent)

    @property
    def unknown_usd(self) -> float:
        """Most that broken calls can have cost of which no bill came back, in US dollars."""
        return dollars(self.unknown)


def dollars(millionths: int) -> float:
    """Millionths of a dollar as US dollars."""
    return millionths / 1_000_000


def _refuse_address(address: str) -> None:
    """Refuse what is not an address of a service, or one with a password: that would take the place of the key."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(address)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        good = False
    if not good:
        raise wrong_address()


def wrong_address() -> SettingsError:
    """The error says nothing of the value, which may hold a password."""
    return SettingsError(
        "ai_base_url is not the address of a service, or has a user in it", valid=["http://HOST", "https://HOST"]
    )
