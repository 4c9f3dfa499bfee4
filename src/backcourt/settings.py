"""Typed settings: flags, then environment variables BACKCOURT_*, then backcourt.toml, then defaults.

The standard library alone, because every command pays for this import: a settings library takes longer to import than
one more date takes to plan.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from backcourt.errors import InputFileError, SettingsError, UnknownNameError, shortened
from backcourt.files import read_whole

FILE = "backcourt.toml"
PREFIX = "BACKCOURT_"
MOST_THREADS = 256
"""Threads that can be asked for: more than any machine that this is for has cores, and few enough to start them all."""
MOST_SECONDS = 86_400.0
"""Seconds that a command can be told to wait for a warehouse file: a day."""
MOST_DOLLARS = 10_000.0
"""US dollars that one command can be allowed to spend."""
LEAST_BYTES, MOST_BYTES = 10 * 1024**2, 1024**5
"""Bytes that one job can be allowed to bill: from the least that the service charges for to a petabyte."""
MOST_HOURS = 168
"""Hours for which staged tables can be kept: a week."""
MOST_JOBS = 100
"""Jobs that can run at a time: what a project may do by default."""
PROJECT = re.compile(r"([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]")
"""Ids of Google's projects."""
_LONGEST_TEXT = 4096
_LONGEST_NUMBER = 20
_LARGEST = 1024 * 1024
"""Bytes of the largest settings file that is read."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting.

    Attributes:
        warehouse: Path of a DuckDB file, or bigquery://PROJECT.
        threads: Threads of the embedded engine, 1 to 256; None means all cores.
        patience: Seconds for which a warehouse file in use is tried again.
        backfill_mode: The mode of runs that do not say: backfill or, if False, daily; None says nothing.
        is_backfill: Deprecated alias of backfill_mode.
        skip_downstream_trigger: If True, implies backfill_mode.
        notify: Who is told how a run ended: console, none, or addresses of apprise with commas between them.
        trigger: Where completion events go: events (the warehouse's table) or pubsub://PROJECT/TOPIC.
        landing: Folder, or fsspec address such as gs://bucket/landing, in which payloads land.
        fetch_via: Address that is asked instead of each source's host, such as a mirror; None asks the hosts.
        fetch_user_agent: What the program calls itself when it asks a host (User-Agent); None sends a browser's words
            with the program's name and version behind them, as the league's hosts answer to nothing else.
        bdl_key: Key of the Ball Don't Lie service.
        odds_api_key: Key of The Odds API.
        bettingpros_key: Key of the BettingPros service.
        bigdataball_token: Access token of the Drive service that shares BigDataBall's files.
        ai_key: Key of the language-model service that is asked for names; without one nothing is asked.
        ai_model: The model.
        ai_budget_usd: What one command may spend on it, US dollars.
        ai_base_url: Address of the service; None for Anthropic's.
        ai_input_price: What the model costs, US dollars per million tokens sent; None takes it from the list of known
            models.
        ai_output_price: The same per million tokens written. A model that is not in that list needs both.
        bigquery_billing_project: Project that pays for the jobs; None for the one that holds the data.
        bigquery_location: Location of the datasets, such as US or europe-west4; None leaves it to the service.
        bigquery_dataset_prefix: What the datasets' names begin with, where nba_raw and the others are someone else's.
        bigquery_staging_hours: Hours after which the service takes staged tables away.
        bigquery_max_bytes: Most bytes that one job may bill; None for no limit.
        bigquery_price_per_tib: What a TiB billed costs, US dollars; the price differs between locations and contracts.
        bigquery_jobs: Jobs that one command runs at a time.
        bigquery_impersonate: Service account that the standard credentials act as; None for themselves.
        bigquery_endpoint: Address of an emulator; None for the service.
        bigquery_storage_endpoint: Address of its Storage Read API, host:port; None reads without it there.
    """

    warehouse: str = "warehouse.duckdb"
    threads: int | None = None
    patience: float = 5.0
    backfill_mode: bool | None = None
    is_backfill: bool | None = None
    skip_downstream_trigger: bool | None = None
    notify: str = field(default="console", repr=False)  # it may hold secrets
    trigger: str = "events"
    landing: str = "landing"
    fetch_via: str | None = None
    fetch_user_agent: str | None = None
    bdl_key: str | None = field(default=None, repr=False)
    odds_api_key: str | None = field(default=None, repr=False)
    bettingpros_key: str | None = field(default=None, repr=False)
    bigdataball_token: str | None = field(default=None, repr=False)
    ai_key: str | None = field(default=None, repr=False)
    ai_model: str = "claude-haiku-5-5"
    ai_budget_usd: float = 1.0
    ai_base_url: str | None = None
    ai_input_price: float | None = None
    ai_output_price: float | None = None
    bigquery_billing_project: str | None = None
    bigquery_location: str | None = None
    bigquery_dataset_prefix: str = ""
    bigquery_staging_hours: int = 24
    bigquery_max_bytes: int | None = None
    bigquery_price_per_tib: float = 6.25
    bigquery_jobs: int = 8
    bigquery_impersonate: str | None = None
    bigquery_endpoint: str | None = None
    bigquery_storage_endpoint: str | None = None


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST_TEXT:
        raise ValueError("a text")
    if any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in value):
        raise ValueError("a text in UTF-8")
    return value


def _whole(least: int, most: int) -> Callable[[object], int]:
    """What reads a whole number between two limits."""

    def read(value: object) -> int:
        text = str(value).strip()
        digits = text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
        if not digits or not least <= int(text) <= most:
            raise ValueError("a whole number")
        return int(text)

    return read


def _truth(value: object) -> bool:
    words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    if str(value).strip().casefold() not in words:
        raise ValueError("true or false")
    return words[str(value).strip().casefold()]


def _form(pattern: str) -> Callable[[object], str]:
    """What reads a text of one form."""

    def read(value: object) -> str:
        text = _trimmed(value)
        if not re.fullmatch(pattern, text):
            raise ValueError("a text of another form")
        return text

    return read


def _dollars(value: object) -> float:
    return _number(value, MOST_DOLLARS)


def _trimmed(value: object) -> str:
    return _text(value).strip()


def _agent(value: object) -> str:
    text = _trimmed(value)
    if not text.isascii() or not text.isprintable():
        raise ValueError("printable ASCII")
    return text


def _seconds(value: object) -> float:
    return _number(value, MOST_SECONDS)


def _number(value: object, most: float) -> float:
    """A number from 0 to a limit; not a truth value, which counts as a number in Python."""
    text = str(value)
    strange = isinstance(value, bool) or len(text) > _LONGEST_NUMBER or not text.isascii() or "_" in text
    if strange or not 0 <= float(text) <= most:
        raise ValueError("a number")
    return float(text)


_READERS: Mapping[str, tuple[Callable[[object], Any], str]] = {
    "warehouse": (_text, "the path of a DuckDB file, or bigquery://PROJECT"),
    "threads": (_whole(1, MOST_THREADS), f"a whole number from 1 to {MOST_THREADS}"),
    "backfill_mode": (_truth, "true or false"),
    "is_backfill": (_truth, "true or false"),
    "skip_downstream_trigger": (_truth, "true or false"),
    "notify": (_text, "console, none, or addresses of apprise"),
    "trigger": (_text, "events or pubsub://PROJECT/TOPIC"),
    "patience": (_seconds, f"seconds, 0 to {MOST_SECONDS:,.0f}"),
    "landing": (_trimmed, "a folder, or an address such as gs://bucket/landing"),
    "fetch_via": (_trimmed, "an address, https://..."),
    "fetch_user_agent": (_agent, "printable ASCII, such as Mozilla/5.0 ..."),
    "bdl_key": (_trimmed, "a key of the service"),
    "odds_api_key": (_trimmed, "a key of the service"),
    "bettingpros_key": (_trimmed, "a key of the service"),
    "bigdataball_token": (_trimmed, "an access token"),
    "ai_key": (_trimmed, "a key of the service"),
    "ai_model": (_trimmed, "the name of a model"),
    "ai_budget_usd": (_dollars, f"US dollars, 0 to {MOST_DOLLARS:,.0f}"),
    "ai_base_url": (_trimmed, "an address, https://..."),
    "ai_input_price": (_dollars, f"US dollars, 0 to {MOST_DOLLARS:,.0f}"),
    "ai_output_price": (_dollars, f"US dollars, 0 to {MOST_DOLLARS:,.0f}"),
    "bigquery_billing_project": (_form(PROJECT.pattern), "a project's id, such as my-project"),
    "bigquery_location": (_form(r"[A-Za-z0-9-]{2,40}"), "a location, such as US or europe-west4"),
    "bigquery_dataset_prefix": (
        _form(r"[A-Za-z0-9_]{1,40}"),
        "up to 40 letters, digits and underscores, such as backcourt_",
    ),
    "bigquery_staging_hours": (_whole(1, MOST_HOURS), f"a whole number of hours, 1 to {MOST_HOURS}"),
    "bigquery_max_bytes": (
        _whole(LEAST_BYTES, MOST_BYTES),
        f"a whole number of bytes, {LEAST_BYTES:,} to {MOST_BYTES:,}",
    ),
    "bigquery_price_per_tib": (_dollars, f"US dollars, 0 to {MOST_DOLLARS:,.0f}"),
    "bigquery_jobs": (_whole(1, MOST_JOBS), f"a whole number from 1 to {MOST_JOBS}"),
    "bigquery_impersonate": (
        _form(r"[a-z0-9-]+@[a-z0-9.:-]+\.gserviceaccount\.com"),
        "a service account, NAME@PROJECT.iam.gserviceaccount.com",
    ),
    # Credentials would go to whoever listens on the way.
    "bigquery_endpoint": (
        _form(r"http://(127\.0\.0\.1|localhost):\d{1,5}/?|https://[A-Za-z0-9.-]+(:\d{1,5})?/?"),
        "an address, https://HOST or, on this machine, http://127.0.0.1:PORT",
    ),
    "bigquery_storage_endpoint": (_form(r"(127\.0\.0\.1|localhost):\d{1,5}"), "127.0.0.1:PORT of an emulator"),
}


_MEND = "correct it or remove it"
_SECRET = frozenset({"notify", "ai_key", "bdl_key", "odds_api_key", "bettingpros_key", "bigdataball_token"})
"""Settings that may hold secrets; their values are never printed."""


def load(*, warehouse: str | None = None, folder: Path | None = None) -> Settings:
    """The settings with the flags that were given.

    Args:
        warehouse: The flag --warehouse, None if it was not given.
        folder: Where backcourt.toml is looked for; the current folder by default.

    Raises:
        SettingsError: If a setting is unknown or its value cannot be used; the message names where it comes from.
        UnknownNameError: If a variable is a misspelling of one of these.
    """
    names = [setting.name for setting in fields(Settings)]
    _refuse_misspelt(names)
    found = {name: (value, f"{FILE}: {name}") for name, value in _from_file((folder or Path()) / FILE, names).items()}
    for name in names:
        variable = PREFIX + name.upper()
        if variable in os.environ:
            found[name] = (os.environ[variable], variable)
    if warehouse is not None:
        found["warehouse"] = (warehouse, "--warehouse")
    values: dict[str, Any] = {}
    for name, (value, where) in found.items():
        read, valid = _READERS[name]
        try:
            values[name] = read(value)
        except ValueError:
            shown = "given" if name in _SECRET else repr(shortened(str(value), 80) if isinstance(value, str) else value)
            raise SettingsError(f"{where} is {shown}, which cannot be used", valid=[valid]) from None
    return Settings(**values)


def _refuse_misspelt(names: list[str]) -> None:
    """Refuse a variable that is nearly one of ours: ignored, it would let a command work on another warehouse.

    Variables of other programs may begin alike. Those about the mode are left to ``mode.check_options``, which says
    more of them.
    """
    import difflib

    for variable in sorted(os.environ):
        name = variable.removeprefix(PREFIX).lower()
        if not variable.startswith(PREFIX) or name in names or "backfill" in name.replace("_", ""):
            continue
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.75)
        if near:
            raise UnknownNameError("variable", variable, [PREFIX + setting.upper() for setting in names])


def _from_file(path: Path, names: list[str]) -> dict[str, object]:
    """What backcourt.toml says; nothing if there is none."""
    try:
        content = tomllib.loads(read_whole(path, _LARGEST).decode())
    except FileNotFoundError:
        return {}
    except InputFileError as error:
        raise SettingsError(f"{error.message}: it is not a settings file", next_step=_MEND) from None
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not TOML: byte {error.start} is not UTF-8", next_step=_MEND) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not TOML: {error}", next_step=_MEND) from None
    except RecursionError:
        raise SettingsError(f"{path} is not TOML that can be read: it is nested too deeply", next_step=_MEND) from None
    unknown = sorted(set(content) - set(names))
    if unknown:
        raise SettingsError(f"{path}: unknown setting {unknown[0]!r}", valid=names)
    return content
