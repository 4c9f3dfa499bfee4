"""The shapes of what commands print with --json: read off real answers, kept in docs/reference/json-shapes.json.

A shape names every key by its path: ``checks[].level`` is a key of each item of a list, ``failures.*`` stands for every
value of an object whose keys are data. Each path has its types; ``absent`` is one of them if the key may be missing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from markup import ROOT, code, table

FILE = ROOT / "docs" / "reference" / "json-shapes.json"
Shape = dict[str, list[str]]
"""The types of each path."""
ABSENT = "absent"
_BY_DATA = {
    "absent", "changed", "counts", "elsewhere", "failures", "incomplete", "left_out", "older", "reasons", "refused",
    "row_rules", "rows", "rules", "run_parameters", "steps", "unmapped", "unused", "warnings",
}  # fmt: skip
"""Keys of objects whose own keys are data: names of tables, categories, rules, paths."""
_WIDER = {"date": "text", "time": "text", "integer": "number"}
"""Types that another one covers."""
_DATE, _TIME = re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d.*")


def shapes() -> dict[str, Shape]:
    """The shape of every command by its words."""
    found: dict[str, Shape] = _kept()["commands"]
    return found


def version() -> int:
    """The version of the shapes: it grows when a key goes away or changes its meaning."""
    return int(_kept()["version"])


def keep(found: Mapping[str, Shape]) -> None:
    """Write the shapes of commands down."""
    text = json.dumps({"version": version(), "commands": dict(sorted(found.items()))}, indent=1)
    # A path and its types stand on one line.
    FILE.write_text(re.sub(r"\[\s+([^\[\]]*?)\s+\]", lambda m: f"[{' '.join(m[1].split())}]", text) + "\n", "utf-8")


def shape(values: Iterable[Any]) -> Shape:
    """The shape of some answers of one command."""
    types: dict[str, set[str]] = {}
    keys: dict[str, list[set[str]]] = {}
    for value in values:
        for path, kind, own in _parts(value, ""):
            types.setdefault(path, set()).add(kind)
            if own is not None:
                keys.setdefault(path, []).append(own)
    for path, sets in keys.items():
        for key in {key for own in sets for key in own if any(key not in other for other in sets)}:
            types[_below(path, key)].add(ABSENT)
    return {path: sorted(_plain(kinds)) for path, kinds in types.items()}


def differences(value: object, expected: Shape) -> list[str]:
    """What of an answer is not as its shape says: paths with a type that it does not have, and keys that are missing."""
    found = []
    for path, kind, own in _parts(value, ""):
        known = expected.get(path, [])
        if kind not in known and _WIDER.get(kind) not in known:
            found.append(f"{path or 'the whole'} is {kind}, not {' or '.join(known) or 'known'}")
        if own is not None:
            below = {
                key for key in expected if key.rpartition(".")[0] == path and key and not key.endswith(("[]", "*"))
            }
            missing = {key for key in below if ABSENT not in expected[key]} - {_below(path, key) for key in own}
            found += [f"{key} is missing" for key in sorted(missing)]
    return found


def section(name: str) -> str:
    """The shape of a command as a table that opens on demand; nothing if it has no JSON."""
    found = shapes().get(name.removeprefix("backcourt "))
    if found is None:
        return ""
    rows = [(code(path), " or ".join(kinds)) for path, kinds in found.items() if path]
    listing = table(("key", "type"), rows).strip("\n").replace("\n", "\n    ")
    whole = " or ".join(kind for kind in found[""] if kind != ABSENT)
    return f'??? note "`--json` prints one {whole}"\n\n    {listing}'


def _parts(value: Any, path: str) -> Iterator[tuple[str, str, set[str] | None]]:  # noqa: ANN401 - any JSON value
    """Every path of a value with its type, and the keys of an object; None for what is no object."""
    if isinstance(value, dict) and path.rpartition(".")[2] in _BY_DATA:
        yield path, "object", None
        for inner in value.values():
            yield from _parts(inner, f"{path}.*")
    elif isinstance(value, dict):
        yield path, "object", set(value)
        for key, inner in value.items():
            yield from _parts(inner, _below(path, key))
    elif isinstance(value, list):
        yield path, "list", None
        for inner in value:
            yield from _parts(inner, f"{path}[]")
    else:
        yield path, _type(value), None


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _type(value: object) -> str:
    if value is None or isinstance(value, bool):
        return "null" if value is None else "true or false"
    if isinstance(value, str):
        return "date" if _DATE.fullmatch(value) else "time" if _TIME.fullmatch(value) else "text"
    return "integer" if isinstance(value, int) else "number"


def _plain(kinds: set[str]) -> set[str]:
    """Types without those that a wider one covers."""
    texts = kinds & {"date", "time", "text"}
    kinds = kinds - texts | {"text"} if len(texts) > 1 else kinds
    return kinds - {"integer"} if "number" in kinds else kinds


def _kept() -> dict[str, Any]:
    if not FILE.is_file():
        return {"version": 1, "commands": {}}
    kept: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return kept
