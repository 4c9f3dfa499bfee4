"""What a warehouse holds, as a file: whoever has it can prove that another warehouse holds the same.

The file says nothing of where the warehouse is or when it was written: the same content gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from backcourt.calendar import DateRange
from backcourt.catalog import TABLES
from backcourt.catalog import table as table_of
from backcourt.errors import InputFileError
from backcourt.exchange.contents import Content, Contents
from backcourt.exchange.extents import Extent, compared
from backcourt.files import checksum, read_whole, write_whole

ENDING = ".json"
"""How the name of such a file ends: it is told from a warehouse by that."""
_KIND, _VERSION = "contents of a Backcourt warehouse", 1
_LARGEST = 16 * 1024 * 1024
"""Bytes of the largest file that is read; a season takes 50,000."""
_HASH, _MONTH = re.compile(r"[0-9a-f]{16}"), re.compile(r"\d{4}-\d{2}|")
_AGAIN = "ask for a new one: backcourt warehouse compare WAREHOUSE --manifest FILE"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a part of a warehouse holds.

    Attributes:
        extent: The part.
        contents: What is in it.
    """

    extent: Extent
    contents: Contents


def is_manifest(name: str) -> bool:
    """True if a name is that of such a file and not of a warehouse."""
    return name.endswith(ENDING) and "://" not in name


def write_manifest(manifest: Manifest, path: Path) -> None:
    """Write a manifest.

    Raises:
        OutputFileError: If it cannot be written.
    """
    write_whole(path, json.dumps(_plain(manifest), indent=1) + "\n", "--manifest")


def _plain(manifest: Manifest) -> dict[str, object]:
    extent = manifest.extent
    content = {
        "kind": _KIND,
        "version": _VERSION,
        "columns": _columns(extent.tables),
        "start_date": str(extent.span.start) if extent.span else None,
        "end_date": str(extent.span.end) if extent.span else None,
        "seasons": list(extent.years) if extent.years else None,
        "tables": list(extent.tables),
        "contents": [
            {"table": table, "month": month, "rows": found.rows, "altered": found.altered, "hash": found.hash}
            for (table, month), found in sorted(manifest.contents.items())
        ],
    }
    return {**content, "checksum": checksum(content)}


def read_manifest(path: Path) -> Manifest:
    """Read a manifest.

    Raises:
        InputFileError: If it is not one, was changed, or is of another version.
    """
    try:
        content = json.loads(read_whole(path, _LARGEST))
    except FileNotFoundError:
        raise InputFileError(f"there is no manifest {path}", next_step=_AGAIN) from None
    except InputFileError as error:
        raise InputFileError(f"{error.message}: it is not a manifest", next_step=_AGAIN) from None
    except (ValueError, RecursionError):
        raise InputFileError(f"{path} is not a manifest: it is not JSON", next_step=_AGAIN) from None
    if not isinstance(content, dict) or content.get("kind") != _KIND:
        raise InputFileError(f"{path} is not a manifest of a warehouse", next_step=_AGAIN)
    if content.get("version") != _VERSION:
        raise InputFileError(
            f"{path} is a manifest of another version",
            valid=[f"version {_VERSION}"],
            next_step="use the same Backcourt",
        )
    if content.pop("checksum", None) != checksum(content):
        raise InputFileError(f"{path} was changed after it was written", next_step=_AGAIN)
    try:
        return _manifest(content, path)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputFileError(
            f"{path} is not a manifest that can be used: a field is wrong", next_step=_AGAIN
        ) from error


def _manifest(content: Mapping[str, object], path: Path) -> Manifest:
    """The manifest in a file's content, every field looked at."""
    names, years = _list(content["tables"]), content["seasons"]
    known = {table.full_name for table in TABLES}
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        raise InputFileError(
            f"{path} is a manifest of {f'an unknown table, {unknown[0]}' if unknown else 'no table'}", next_step=_AGAIN
        )
    if content["columns"] != _columns(tuple(map(str, names))):
        raise InputFileError(
            f"{path} is of a Backcourt whose tables have other columns", next_step="use the same version on both sides"
        )
    start, end = content["start_date"], content["end_date"]
    span = DateRange(date.fromisoformat(str(start)), date.fromisoformat(str(end))) if start else None
    if (span is None) != (years is None):
        raise ValueError(years)
    pair = [_count(year) for year in _list(years)] if years is not None else []
    extent = Extent(tuple(map(str, names)), span, (pair[0], pair[1]) if span else None)
    return Manifest(extent, dict(_entry(found, names) for found in _list(content["contents"])))


def _entry(found: object, names: list[object]) -> tuple[tuple[str, str], Content]:
    if not isinstance(found, dict) or found["table"] not in names:
        raise TypeError(found)
    month, digest = found["month"], found["hash"]
    if not _MONTH.fullmatch(month) or not _HASH.fullmatch(digest):
        raise ValueError(month)
    return (found["table"], month), Content(_count(found["rows"]), digest, _count(found["altered"]))


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError(value)
    return value


def _count(value: object) -> int:
    if type(value) is not int or value < 0:
        raise TypeError(value)
    return value


def _columns(names: tuple[str, ...]) -> str:
    """What says that rows were compared by the same columns."""
    said = [
        (name, table.key, table.salt, [(c.name, c.type, c.decimals, c.derived) for c in compared(table)])
        for name, table in ((name, table_of(name)) for name in names)
    ]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]
