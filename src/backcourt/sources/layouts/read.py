"""Open what people have as tables whose columns have names: CSV, parquet, JSON of the statistics service, SQLite."""

from __future__ import annotations

import codecs
import csv
import json
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from backcourt.errors import InputFileError
from backcourt.sources.layouts.bench import Bench, named, quoted
from backcourt.sources.layouts.unpack import Plain

_DELIMITERS = (",", ";", "\t", "|")
_NOTHING = ("", "NaN", "nan", "None", "NULL", "null", "<NA>", "NaT")
"""What stands in a CSV for a value that is not there."""
_LONGEST_HEADER = 256 * 1024
_MOST_COLUMNS = 500
_MOST_ROWS = 50_000_000
_LARGEST_JSON = 256 * 1024**2
_BLOCK = 1024 * 1024
_BATCH = 50_000
_LINE = re.compile(r"CSV Error on Line: (\d+)")
_COLUMNS = re.compile(r"Expected Number of Columns: (\d+) Found: (\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A table of what was given.

    Attributes:
        given: The file that was given.
        where: What it is called in messages.
        name: Name of the file that holds it, for what names say of seasons.
        columns: Names of its columns, as the file has them; the SQL calls them c0, c1 and so on.
        relation: SQL that stands in FROM.
        notes: What was found of its form: another encoding.
        fill: What makes the relation; None if it is there.
    """

    given: Path
    where: str
    name: str
    columns: tuple[str, ...]
    relation: str
    notes: tuple[str, ...] = ()
    fill: Callable[[], None] | None = None


def tables(bench: Bench, plain: Plain) -> Iterator[Opened]:
    """The tables of a file.

    Raises:
        InputFileError: If it is damaged, too large, or of no kind that is read.
    """
    head = plain.head
    if head.startswith(b"PAR1"):
        yield _parquet(bench, plain)
    elif head.startswith(b"SQLite format 3\0"):
        yield from _sqlite(bench, plain)
    elif head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}:
        if plain.path.stat().st_size > _LARGEST_JSON:
            raise InputFileError(f"{plain.where} is larger than {_LARGEST_JSON:,} bytes, so it is not read")
        yield from answer(bench, plain.path.read_bytes(), plain.where, plain.name, plain.given)
    elif head.lstrip()[:1] == b"<":
        raise InputFileError(f"{plain.where} is a web page, not a table", next_step="download the file itself")
    else:
        yield _csv(plain)


def _csv(plain: Plain) -> Opened:
    encoding = _encoding(plain.path)
    codec = {"utf-8": "utf-8-sig", "latin-1": "latin-1", "utf-16": "utf-16"}[encoding]
    with plain.path.open(encoding=codec, newline="", errors="replace") as file:
        text = file.read(_LONGEST_HEADER)
    if not text.strip() or "\0" in text:
        what = "is empty" if not text.strip() else "is no table: it holds bytes that are not text"
        raise InputFileError(f"{plain.where} {what}", next_step="fetch or copy it again")
    line = text.splitlines()[0]
    bare = re.sub(r'"[^"]*"', "", line)
    delimiter = max(_DELIMITERS, key=bare.count)
    names = next(csv.reader([line], delimiter=delimiter), [])
    if len(names) < 2 or len(names) > _MOST_COLUMNS:  # noqa: PLR2004 - a table has a key and a value
        raise InputFileError(
            f"{plain.where} has no header that names columns: its first line is {line[:60]!a}",
            next_step="export it with its header, the columns separated by commas, semicolons or tabs",
        )
    kinds = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(names)))
    nothing = ", ".join(map(quoted, _NOTHING))
    relation = (
        f"read_csv({quoted(plain.path)}, columns={{{kinds}}}, auto_detect=false, header=true, strict_mode=true, "
        f"null_padding=false, delim={quoted(delimiter)}, quote='\"', escape='\"', nullstr=[{nothing}], "
        f"encoding={quoted(encoding)})"
    )
    notes = [] if encoding == "utf-8" else [f"it is not UTF-8 and was read as {encoding.capitalize()}"]
    if not _ends_with_a_line(plain.path):
        notes.append("its last line does not end: if rows are missing, it was cut off")
    return Opened(
        given=plain.given,
        where=plain.where,
        name=plain.name,
        columns=tuple(names),
        relation=relation,
        notes=tuple(notes),
    )


def _ends_with_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 2))
        return file.read()[-1:] in {b"\n", b"\r", b"\0"}


def _encoding(path: Path) -> str:
    """UTF-16 if it begins like it, UTF-8 if all of it is, else Latin-1."""
    check = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        block = file.read(_BLOCK)
        if block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        while block:
            if not block.isascii() or check.getstate()[0]:
                try:
                    check.decode(block)
                except UnicodeDecodeError:
                    return "latin-1"
            block = file.read(_BLOCK)
    return "utf-8"


def _parquet(bench: Bench, plain: Plain) -> Opened:
    import duckdb

    source = f"read_parquet({quoted(plain.path)})"
    try:
        described = bench.run(f"DESCRIBE SELECT * FROM {source}")
        rows = bench.run(f"SELECT SUM(num_rows) FROM parquet_file_metadata({quoted(plain.path)})")[0][0]
    except duckdb.Error as error:
        raise InputFileError(
            f"{plain.where} cannot be read: it is damaged or cut off", next_step="fetch or copy it again"
        ) from error
    _check_rows(plain.where, int(rows or 0))
    names = tuple(str(row[0]) for row in described)
    columns = ", ".join(f"{named(name)} AS c{place}" for place, name in enumerate(names))
    return Opened(
        given=plain.given,
        where=plain.where,
        name=plain.name,
        columns=names,
        relation=f"(SELECT {columns} FROM {source})",
    )


def _check_rows(where: str, rows: int) -> None:
    if rows > _MOST_ROWS:
        raise InputFileError(f"{where} has {rows:,} rows; at most {_MOST_ROWS:,} are read")


def answer(bench: Bench, data: bytes, where: str, name: str, given: Path) -> Iterator[Opened]:
    """The result sets of an answer of the statistics service; none if it is JSON of another kind.

    Raises:
        InputFileError: If it is no JSON, or a line of it has another length than its headers.
    """
    try:
        payload = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InputFileError(f"{where} is not JSON: it is damaged or cut off", next_step="fetch it again") from error
    found = payload.get("resultSets", payload.get("resultSet")) if isinstance(payload, Mapping) else None
    sets = [found] if isinstance(found, Mapping) else found
    if not isinstance(sets, list) or not all(isinstance(each, Mapping) for each in sets):
        return
    for place, each in enumerate(sets):
        headers, lines = each.get("headers"), each.get("rowSet")
        if not isinstance(headers, list) or not isinstance(lines, list):
            return
        if not all(isinstance(line, list) and len(line) == len(headers) for line in lines):
            raise InputFileError(
                f"{where}: a line of {str(each.get('name'))[:40]} is longer or shorter than its headers"
            )
        yield _filled(bench, [str(header) for header in headers], lines, where, name, given, f"set{place}")


def _filled(
    bench: Bench, names: Sequence[str], lines: Sequence[Sequence[Any]], where: str, name: str, given: Path, view: str
) -> Opened:
    import pyarrow as pa

    columns = list(zip(*lines, strict=True)) if lines else [()] * len(names)
    data = pa.table(
        {f"c{place}": pa.array([_text(v) for v in values], pa.string()) for place, values in enumerate(columns)}
    )
    bench.connection.register(view, data)
    return Opened(given=given, where=where, name=name, columns=tuple(names), relation=view)


def _text(value: object) -> str | None:
    """A value of JSON or SQLite as text; None for one that is not there."""
    if value is None or value in {"", "NaN"}:
        return None
    return value if isinstance(value, str) else str(value)


def _sqlite(bench: Bench, plain: Plain) -> Iterator[Opened]:
    try:
        uri = f"file:{quote(str(plain.path.absolute()))}?mode=ro&immutable=1"
        with closing(sqlite3.connect(uri, uri=True)) as base:
            base.execute("PRAGMA trusted_schema = OFF")
            base.text_factory = lambda data: data.decode("utf-8", "replace")
            listed = base.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
            for place, (table,) in enumerate(listed):
                names = [str(row[1]) for row in base.execute(f"PRAGMA table_info({named(table)})")]
                yield Opened(
                    given=plain.given,
                    where=f"{plain.where} (table {ascii(str(table)[:60])[1:-1]})",
                    name=plain.name,
                    columns=tuple(names),
                    relation=f"base{place}",
                    fill=partial(_copy, bench, base, str(table), names, f"base{place}"),
                )
    except sqlite3.Error as error:
        raise InputFileError(f"{plain.where} cannot be read: {error}", next_step="fetch or copy it again") from error


def _copy(bench: Bench, base: sqlite3.Connection, table: str, names: Sequence[str], target: str) -> None:
    """Copy a table of a database into the engine, in batches."""
    import pyarrow as pa

    kinds = ", ".join(f"c{place} VARCHAR" for place in range(len(names)))
    bench.run(f"CREATE OR REPLACE TABLE {target} ({kinds})")
    rows = base.execute(f"SELECT {', '.join(map(named, names))} FROM {named(table)}")
    while batch := rows.fetchmany(_BATCH):
        arrays = [pa.array([_text(value) for value in values], pa.string()) for values in zip(*batch, strict=True)]
        bench.connection.register("batch", pa.table(arrays, names=[f"c{place}" for place in range(len(names))]))
        bench.run(f"INSERT INTO {target} SELECT * FROM batch")
        bench.connection.unregister("batch")


def fault(error: Exception, opened: Opened) -> InputFileError:
    """What the engine found wrong with a file while it read it, with the row."""
    text = str(error)
    line, columns = _LINE.search(text), _COLUMNS.search(text)
    where = f"{opened.where}: line {int(line[1]):,}" if line else opened.where
    if columns:
        what = (
            f"has {columns[2]} of {columns[1]} columns"
            if columns[2] < columns[1]
            else f"has {columns[2]} columns, not {columns[1]}"
        )
        return InputFileError(
            f"{where} {what}: the file is cut off or damaged there", next_step="fetch or copy it again"
        )
    if "quote" in text:
        return InputFileError(f"{where} has a quote that does not end", next_step="fetch or copy it again")
    if "Maximum line size" in text:
        return InputFileError(f"{where} is longer than any row of such a file", next_step="fetch or copy it again")
    first = text.splitlines()[0] if text else "the engine refused it"
    return InputFileError(f"{where} cannot be read: {first}", next_step="fetch or copy it again")
