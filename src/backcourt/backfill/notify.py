"""Who is told: the console by default, or Slack, e-mail and others through apprise."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

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
        addresses: The addresses; they hold secrets and are never shown, not even in this object's own text.
    """

    addresses: tuple[str, ...] = field(repr=False)

    def check(self) -> None:
        """Refuse an address that cannot be used before there is anything to tell.

        Raises:
            SettingsError: If apprise is not installed, or an address is not one.
        """
        with _unlogged():
            self._services()

    def send(self, title: str, body: str, level: Level) -> None:
        """Send to every address, also if one of them fails.

        Raises:
            SettingsError: If apprise is not installed, an address is not one, or a service did not take the message.
        """
        with _unlogged():
            services = self._services()
            failed = [
                str(number)
                for number, service in enumerate(services, start=1)
                if not service.notify(title=title, body=body or title, notify_type=level)
            ]
        if failed:
            raise SettingsError(
                f"a notification was not delivered: address {', '.join(failed)} of {len(services)} rejected it",
                next_step="check BACKCOURT_NOTIFY and the service, then try: backcourt notify test",
            )

    def _services(self) -> list[Any]:
        """One apprise object per address, so that a failure can be named by its number alone."""
        try:
            import apprise
        except ImportError:
            raise SettingsError(
                "notifications beyond the console need apprise", next_step='pip install "backcourt[notify]"'
            ) from None
        services = []
        for number, address in enumerate(self.addresses, start=1):
            service = apprise.Apprise()
            if not service.add(address):
                raise SettingsError(
                    f"BACKCOURT_NOTIFY: address {number} of {len(self.addresses)} is not one that apprise knows",
                    next_step="write it as apprise does, for example slack://TOKEN_A/TOKEN_B/TOKEN_C or mailto://...",
                )
            services.append(service)
        return services


def make_notifier(setting: str) -> Notifier:
    """The notifier that the setting ``notify`` names: console, none, or addresses with commas between them.

    Raises:
        SettingsError: If it is something else, apprise is not installed, or it does not know an address.
    """
    word = setting.strip()
    if word in {"", "console"}:
        return ConsoleNotifier()
    if word == "none":
        return NoNotifier()
    # A comma may stand inside an address; between two of them a scheme follows it.
    addresses = tuple(part for part in re.split(r"\s*,\s*(?=[a-zA-Z][\w+.-]*://)", word.strip(" ,")) if part)
    if not addresses or "://" not in addresses[0]:
        # What was given may be a secret without its scheme: it is not repeated.
        raise SettingsError(
            "notify (BACKCOURT_NOTIFY or backcourt.toml) is given, which cannot be used",
            valid=["console", "none", "addresses of apprise such as slack://..., with commas between them"],
        )
    notifier = AppriseNotifier(addresses)
    notifier.check()
    return notifier


@contextmanager
def _unlogged() -> Iterator[None]:
    """Keep the libraries that see addresses from logging them."""

    def nothing(_: logging.LogRecord) -> bool:
        return False

    loggers = [logging.getLogger(name) for name in ("apprise", "urllib3.connectionpool")]
    for logger in loggers:
        logger.addFilter(nothing)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(nothing)


def summary(lines: Sequence[str], limit: int = 20) -> str:
    """Lines as the body of a notification; beyond the limit they are counted."""
    more = len(lines) - limit
    return "\n".join([*lines[:limit], *([f"and {more} more"] if more > 0 else [])])
