"""Who is told: the console by default, or Slack, e-mail and others through apprise."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from backcourt.errors import SettingsError

Level = Literal["info", "warning", "failure"]


class Notifier(Protocol):
    """Something that tells people."""

    def send(self, title: str, body: str, level: Level) -> None:
        """Tell them; a notifier that fails raises a SettingsError."""


@dataclass(frozen=True, slots=True)
class ConsoleNotifier:
    """Prints on standard error."""

    def send(self, title: str, body: str, level: Level) -> None:
        """One line for the title, the body below it."""
        sys.stderr.write(f"{level}: {title}\n" + "".join(f"  {line}\n" for line in body.splitlines()))


@dataclass(frozen=True, slots=True)
class NoNotifier:
    """Tells nobody."""

    def send(self, title: str, body: str, level: Level) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class AppriseNotifier:
    """Sends to services by address: slack://..., mailto://... and the others that apprise knows.

    Attributes:
        addresses: The addresses; they hold secrets and are never printed.
    """

    addresses: tuple[str, ...]

    def send(self, title: str, body: str, level: Level) -> None:
        """Send to every address.

        Raises:
            SettingsError: If apprise is not installed, an address is not one, or a service did not take the message.
        """
        try:
            import apprise
        except ImportError:
            raise SettingsError(
                "notifications beyond the console need apprise", next_step='pip install "backcourt[notify]"'
            ) from None
        sender = apprise.Apprise()
        for number, address in enumerate(self.addresses, start=1):
            if not sender.add(address):
                raise SettingsError(
                    f"BACKCOURT_NOTIFY: address {number} of {len(self.addresses)} is not one that apprise knows",
                    next_step="write it as apprise does, for example slack://TOKEN_A/TOKEN_B/TOKEN_C or mailto://...",
                )
        kinds = {"info": "info", "warning": "warning", "failure": "failure"}
        if not sender.notify(title=title, body=body or title, notify_type=kinds[level]):
            raise SettingsError(
                f"a notification could not be delivered to every one of {len(self.addresses)} addresses",
                next_step="try: backcourt notify test",
            )


def make_notifier(setting: str) -> Notifier:
    """The notifier that the setting ``notify`` names: console, none, or addresses with commas between them."""
    word = setting.strip()
    if word in {"", "console"}:
        return ConsoleNotifier()
    if word == "none":
        return NoNotifier()
    return AppriseNotifier(tuple(part.strip() for part in word.split(",") if part.strip()))


def summary(lines: Sequence[str], limit: int = 20) -> str:
    """Lines as the body of a notification; beyond the limit they are counted."""
    more = len(lines) - limit
    return "\n".join([*lines[:limit], *([f"and {more} more"] if more > 0 else [])])
