"""Translated statements, kept between processes: translating the ten processors takes longer than running them.

The key covers the statement, sqlglot's version and the source of the translator, so an entry is never out of date.
The folder is $BACKCOURT_CACHE, or backcourt in the user's cache folder; without a writable one nothing is kept.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
from collections.abc import Callable
from contextlib import suppress
from importlib import metadata, resources
from pathlib import Path
from typing import Any

from backcourt.errors import OutputFileError
from backcourt.files import write_whole
from backcourt.warehouse.dialect import Translated, to_duckdb

_SOURCES = ("dialect.py", "rewrite.py", "rewrite_numbers.py", "rewrite_text.py", "templates.py", "verified.py")


@functools.lru_cache(maxsize=512)
def translate(sql: str) -> Translated:
    """The statement for DuckDB, from the cache if it has been translated before.

    Raises:
        QueryError: As ``to_duckdb``.
    """
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
