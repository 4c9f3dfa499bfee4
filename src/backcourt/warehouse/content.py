"""What a row says: its hash, over staged and over stored values, and the condition that a stored row keeps its word.

A stored row is what its hash says if the hash of its values is the stored one, each float has no more than its
decimals, and each derived column, which the hash leaves out, is what the other columns determine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

from backcourt.catalog.model import Column, Table

_HASH_DIGITS = 16


def hash_text(column: Column, *, scaled: bool = False) -> str:
    """SQL text of one column inside the row hash: the same characters on every engine.

    A float becomes the integer of its last decimal, because engines print floats differently.

    Args:
        column: The column.
        scaled: True if the column's floats have been turned into those integers already.
    """
    name = column.name
    elements = f"ARRAY(SELECT FORMAT('%d', e) FROM UNNEST({name}) AS e WITH OFFSET AS o ORDER BY o)"
    forms = {
        "STRING": name,
        "FLOAT64": _digits(name if scaled else in_last_decimal(column)),
        "BOOL": f"CASE WHEN {name} THEN '1' WHEN NOT {name} THEN '0' END",
        "DATE": _digits(f"UNIX_DATE({name})"),
        "TIMESTAMP": _digits(f"UNIX_MICROS({name})"),
        "ARRAY<STRING>": f"ARRAY_TO_STRING({name}, ',')",
        "ARRAY<INT64>": f"ARRAY_TO_STRING({elements}, ',')",
    }
    text = forms.get(column.type, _digits(name))
    # A list without elements counts as no list, which BigQuery does not store; one of a fixed length has elements.
    return f"NULLIF({text}, '')" if column.type.startswith("ARRAY") and column.length is None else text


def _digits(expression: str) -> str:
    return f"FORMAT('%d', {expression})"


def in_last_decimal(column: Column, *, safe: bool = False) -> str:
    """SQL of a float as the integer of its last decimal; with ``safe``, NULL for what is no such number."""
    return f"{'SAFE_CAST' if safe else 'CAST'}(ROUND({column.name} * {10 ** (column.decimals or 0)}) AS INT64)"


_PRIME = 2_147_483_579
"""Cubes modulo this prime differ if their bases do, and what is multiplied here fits into INT64."""
_WEIGHT_DIGITS, _TEXT_DIGITS = 6, 7
_NOTHING = 1_999_999_973
"""What stands for NULL."""


def numbered(source: str, rows: Sequence[Sequence[Column]], kept: Sequence[str] = ()) -> str:
    """A source in brackets with columns n0, n1 ...: some stored columns of a row as an integer below 2^31.

    Their sum over rows says which values stand together in a row: each is the cube of the columns' weighted sum.
    Numbers count as they are and only texts are hashed, each once, which takes a tenth of the time of hashing all
    values of every group. It never fails, whatever is stored.

    Args:
        source: A table's full name, or a SELECT in brackets.
        rows: The columns of each number; none for 1.
        kept: The source's columns that stay beside the numbers.
    """
    terms: list[str] = []
    places: dict[str, str] = {}
    for column in {column.name: column for columns in rows for column in columns}.values():
        # A column counts in many numbers: worked out once, it is a name in each of them.
        places[column.name] = f"c{len(places)}"
        value = _as_integer(column) or _hashed(column)
        term = f"COALESCE(MOD({value}, {_PRIME}), {_NOTHING}) * {_weight(column.name)}"
        terms.append(f"{term} AS {places[column.name]}")
    sums = [f"{_sum_of(places[column.name] for column in columns)} AS w{place}" for place, columns in enumerate(rows)]
    cubes = [f"MOD(MOD(w{place} * w{place}, {_PRIME}) * w{place}, {_PRIME}) AS n{place}" for place in range(len(rows))]
    levels = source
    for own in (terms, sums, cubes):
        levels = f"(SELECT {', '.join([*kept, *own]) or '1 AS one'} FROM {levels})"
    return levels


def _hashed(column: Column) -> str:
    """SQL of a text or a list as an integer."""
    digits = f"SUBSTR(TO_HEX(SHA256(COALESCE({stored_text(column)}, '~'))), 1, {_TEXT_DIGITS})"
    return f"CAST(CONCAT('0x', {digits}) AS INT64)"


def _sum_of(terms: Iterable[str]) -> str:
    """SQL of a sum below the prime; 1 without terms."""
    joined = " + ".join(terms)
    return f"MOD({joined}, {_PRIME})" if joined else "1"


def _weight(name: str) -> int:
    """A constant of a column's name: no other column beside it counts the same."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:_WEIGHT_DIGITS], 16)


def _as_integer(column: Column) -> str | None:
    """SQL of a stored value as an integer, NULL if it is not one; None for text and lists."""
    forms = {
        "INT64": column.name,
        "FLOAT64": in_last_decimal(column, safe=True),
        "BOOL": f"CAST({column.name} AS INT64)",
        "DATE": f"UNIX_DATE({column.name})",
        "TIMESTAMP": f"UNIX_MICROS({column.name})",
    }
    return forms.get(column.type)


def row_hash(columns: Sequence[Column], salt: str) -> str:
    """SQL of the row hash over columns whose floats are scaled, in their order; a NULL differs from an empty text."""
    return _hash([hash_text(column, scaled=True) for column in columns if not column.derived], salt)


def content_hash(table: Table, alias: str = "") -> str:
    """SQL of the row hash over the values that are stored; it never fails, whatever a float holds.

    Args:
        table: A table whose rows carry a hash.
        alias: Alias of the row; without one the columns are named as they are.
    """
    texts = [stored_text(column) for column in _named(table, alias) if not column.derived]
    return _hash(texts, table.salt)


def stored_text(column: Column) -> str:
    """SQL text of a stored value, as ``hash_text``; it never fails, whatever a float holds."""
    return _digits(in_last_decimal(column, safe=True)) if column.type == "FLOAT64" else hash_text(column)


def _hash(texts: Sequence[str], salt: str) -> str:
    # COALESCE for required columns, too: DuckDB joins parts that cannot be NULL several times as fast.
    parts = [f"COALESCE({text}, '~')" for text in texts]
    joined = ", '|', ".join([f"'{salt}'", *parts] if salt else parts)
    return f"SUBSTR(TO_HEX(SHA256(CONCAT({joined}))), 1, {_HASH_DIGITS})"


def fingerprint(hashes: str) -> str:
    """SQL of the fingerprint over the row hashes of a date, as the ledger keeps it; NULL without a row.

    Args:
        hashes: What the rows' hashes are called.
    """
    return f"SUBSTR(TO_HEX(SHA256(STRING_AGG({hashes}, '' ORDER BY {hashes}))), 1, {_HASH_DIGITS})"


def altered(table: Table, alias: str = "") -> str:
    """SQL condition, never NULL: the stored row is not what its hash says.

    Args:
        table: A table whose rows carry a hash.
        alias: Alias of the row; without one the columns are named as they are.
    """
    dot = f"{alias}." if alias else ""
    wrong = [f"COALESCE({dot}data_hash, '') <> {content_hash(table, alias)}"]
    for column in _named(table, alias):
        if column.type == "FLOAT64":
            rounded = f"SAFE_DIVIDE({in_last_decimal(column, safe=True)}, {10 ** (column.decimals or 0)})"
            wrong.append(f"COALESCE({column.name} <> {rounded}, {column.name} IS NOT NULL)")
        if column.derived:
            wrong.append(f"NOT COALESCE({column.derived.format(dot=dot)}, FALSE)")
    return f"({' OR '.join(wrong)})"


def trusted_hash(table: Table, alias: str = "") -> str:
    """SQL of a stored row's hash, NULL if the row is not what it says; arguments as of ``altered``."""
    return f"IF({altered(table, alias)}, NULL, {f'{alias}.' if alias else ''}data_hash)"


def whole_hash(columns: Sequence[Column]) -> str:
    """SQL of a hash over everything that some columns hold, to the last bit: for rows that carry no hash.

    A list without elements counts as no list, which is what the service stores in its place.
    """
    return _hash([_exact_text(column) for column in columns], "")


def _exact_text(column: Column) -> str:
    """SQL text of a stored value: no two values have the same one, and no two columns can be taken for one."""
    name = column.name
    texts = {"STRING": "CONCAT(FORMAT('%d', LENGTH({0})), ':', {0})", "FLOAT64": "CAST({0} AS STRING)"}
    kind = column.type.removeprefix("ARRAY<").removesuffix(">")
    if kind == column.type:
        return texts[kind].format(name) if kind in texts else hash_text(column)
    element = texts.get(kind, _digits("{0}")).format("e")
    return (
        f"NULLIF(ARRAY_TO_STRING(ARRAY(SELECT COALESCE({element}, '~') FROM UNNEST({name}) AS e WITH OFFSET AS o "
        "ORDER BY o), ','), '')"
    )


def key_text(table: Table, alias: str = "") -> str:
    """SQL of a stored row's key as one text, its values joined by |; arguments as of ``altered``."""
    texts = {"STRING": "{}", "DATE": "FORMAT_DATE('%F', {})", "TIMESTAMP": "FORMAT('%d', UNIX_MICROS({}))"}
    dot = f"{alias}." if alias else ""
    values = [texts.get(table.column(name).type, "FORMAT('%d', {})").format(f"{dot}{name}") for name in table.key]
    joined = ", '|', ".join(values)
    return f"CONCAT({joined})"


def _named(table: Table, alias: str) -> list[Column]:
    """The business columns, with the alias before their names."""
    dot = f"{alias}." if alias else ""
    return [replace(column, name=f"{dot}{column.name}") for column in table.business_columns]
