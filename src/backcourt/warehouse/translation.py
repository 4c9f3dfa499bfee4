"""Translated statements, kept between processes: translating the ten processors takes longer than running them.

The key covers the statement, sqlglot's version and the source of the translator, so an entry is never out of date.
Names of staged rows carry the chunk that they belong to; they are numbered before a statement is looked up, so that a
run of another date finds what the one before it translated.
The folder is $BACKCOURT_CACHE, or backcourt in the user's cache folder; without a writable one nothing is kept.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import re
from collections.abc import Callable
from contextlib import suppress
from importlib import metadata, resources
from pathlib import Path
from typing import Any

from backcourt.errors import OutputFileError, QueryError
from backcourt.files import write_whole
from backcourt.warehouse.base import STAGING
from backcourt.warehouse.dialect import Translated, to_duckdb

_SOURCES = ("dialect.py", "rewrite.py", "rewrite_numbers.py", "rewrite_text.py", "templates.py", "verified.py")


_STAGED = re.compile(rf"\b{STAGING}\.([A-Za-z_]\w*)")


@functools.lru_cache(maxsize=512)
def translate(sql: str) -> Translated:
    """The statement for DuckDB, from the cache if it, or one that only names other staged rows, was translated before.

    Raises:
        QueryError: As ``to_duckdb``.
    """
    numbers = {name: f"staged_{number}" for number, name in enumerate(dict.fromkeys(_STAGED.findall(sql)))}
    try:
        kept = _kept(_renamed(sql, numbers))
    except QueryError:
        # Once more with its own names: what the error says of a place is of this text.
        return _kept(sql)
    names = {number: name for name, number in numbers.items()}
    return Translated(_renamed(kept.sql, names), kept.parameters)


def _renamed(sql: str, names: dict[str, str]) -> str:
    """The statement with other names of staged rows."""
    return _STAGED.sub(lambda found: f"{STAGING}.{names[found[1]]}", sql)


@functools.lru_cache(maxsize=2048)
def _kept(sql: str) -> Translated:
    folder = _folder()
    entry = folder / f"{hashlib.sha256((_VERSION + sql).encode()).hexdigest()[:40]}.json"
    try:
        kept = json.loads(entry.read_bytes())
        return Translated(str(kept["sql"]), frozenset(map(str, kept["parameters"])))
    except (OSError, ValueError, KeyError, TypeError):
        # Not there, not readable or damaged: translating again is always right.
        pass
    translated = to_duckdb(sql)
    _keep(entry, {"sql": translated.sql, "parameters": sorted(translated.parameters)})
    return translated


def remembered(key: str, make: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever JSON holds
    """What was made for a key before, by any process; what is not there, or cannot be read, is made now.

    Args:
        key: All that the result depends on.
        make: Makes it; a value that JSON can hold.
    """
    entry = _folder() / f"{hashlib.sha256(key.encode()).hexdigest()[:40]}.json"
    try:
        return json.loads(entry.read_bytes())
    except (OSError, ValueError):
        pass
    made = make()
    _keep(entry, made)
    return made


def _keep(entry: Path, content: object) -> None:
    text = json.dumps(content)
    with suppress(OSError, ValueError, OutputFileError):
        # A cache that cannot be written costs time, nothing else.
        entry.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(entry, text, durable=False)


@functools.lru_cache(maxsize=1)
def _folder() -> Path:
    named = os.environ.get("BACKCOURT_CACHE")
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "backcourt" / "sql"


def _version() -> str:
    digest = hashlib.sha256(metadata.version("sqlglot").encode())
    for name in _SOURCES:
        digest.update((resources.files("backcourt.warehouse") / name).read_bytes())
    return digest.hexdigest()


_VERSION = _version()
"""Taken when the rewriter is imported: a file that changes later must not name what the loaded code translated."""
