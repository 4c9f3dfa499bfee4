"""The data dictionary: one page per phase from the catalog, and schema.json for the reference checker."""

from __future__ import annotations

import json

from markup import code, page, table, text

from backcourt.catalog import TABLES, Column, Table
from backcourt.catalog.facts import facts_of
from backcourt.catalog.rules import ROUNDING

PHASES = {
    "raw": ("Raw tables", "What the sources say, one table per source, typed and judged by rules."),
    "reference": ("Reference tables", "What does not change with a game: arenas, neutral sites, player identities."),
    "analytics": ("Analytics tables", "Phase 3: what happened in a game, and what is known before one."),
    "precompute": ("Precompute tables", "Phase 4: aggregates as of a date, and the feature rows built from them."),
    "operations": ("Operations tables", "What the warehouse knows about its own runs."),
}
"""Title and opening sentence of each phase's page."""


def pages() -> dict[str, str]:
    """Every dictionary page by its path under the site, the overview first."""
    found = {"reference/tables/index.md": _overview()}
    for phase, (title, opening) in PHASES.items():
        sections = [_section(item) for item in TABLES if item.phase == phase]
        found[f"reference/tables/{phase}.md"] = page(title, opening, *sections)
    return found


def schema() -> str:
    """Every table with its columns as JSON: {"dataset.table": ["column", ...]}."""
    return json.dumps({item.full_name: [column.name for column in item.columns] for item in TABLES}, indent=1) + "\n"


def _overview() -> str:
    rows = [
        (_link(item.full_name), text(item.short), text(item.phase), text(item.grain), str(len(item.columns)))
        for item in TABLES
    ]
    return page(
        "Tables",
        "Every table of the warehouse, from the catalog that also writes the DDL and checks the rows.",
        table(("table", "short", "phase", "one row is", "columns"), rows),
        "## Numbers { #numbers }",
        text(ROUNDING),
        "The catalog as JSON, for programs: [schema.json](schema.json).",
    )


def _section(item: Table) -> str:
    facts = [
        f"- One row: {text(item.grain)}",
        f"- Key: {_names(item.key)}",
        f"- Partition: {_names((item.partition,)) if item.partition else 'none'}",
    ]
    if item.cluster:
        facts.append(f"- Clustered by: {_names(item.cluster)}")
    if item.short:
        facts.append(f"- Short name: {code(item.short)}")
    if item.source:
        facts.append(f"- Source: {text(item.source)}")
    parts = [
        f"## {item.full_name} {{ #{item.full_name} }}",
        text(item.description),
        "\n".join(facts),
        table(("column", "type", "unit", "NULL", "description"), [_row(column) for column in item.columns]),
    ]
    if item.critical:
        rows = [(code(c.name), text(c.description), code(c.valid), _condition(c.condition)) for c in item.critical]
        parts += ["Critical fields:", table(("field", "rule", "valid if", "judged"), rows)]
    if item.beside:
        beside = [(code(found.alias), code(_on_one_line(found.sql)), code(found.on)) for found in item.beside]
        parts += ["Critical fields are judged beside:", table(("alias", "rows", "joined on"), beside)]
    if facts_of(item.full_name):
        broken = [(code(fact.name), text(fact.broken)) for fact in facts_of(item.full_name)]
        parts += ["Facts of the game, judged game by game:", table(("fact", "broken by"), broken)]
    if item.upstreams:
        upstreams = [
            (_link(up.table), ", ".join(text(window) for window in up.windows), "yes" if up.critical else "no")
            for up in item.upstreams
        ]
        parts += ["Computed from:", table(("table", "window", "must exist"), upstreams)]
    return "\n\n".join(part.strip("\n") for part in parts)


def _on_one_line(sql: str) -> str:
    """A statement without its comments, for a cell of a table."""
    lines = (line.strip() for line in sql.splitlines())
    return " ".join(line for line in lines if line and not line.startswith("--"))


def _row(column: Column) -> tuple[str, ...]:
    kind = code(column.type)
    if column.decimals is not None:
        kind += f", {column.decimals} decimals"
    if column.length is not None:
        kind += f", {column.length} elements"
    return code(column.name), kind, text(column.unit), "no" if column.required else "yes", text(column.description)


def _condition(condition: str) -> str:
    return "always" if condition == "TRUE" else "where " + code(condition)


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(code(name) for name in names)


def _link(full_name: str) -> str:
    phase = next(item.phase for item in TABLES if item.full_name == full_name)
    return f"[{text(full_name)}]({phase}.md#{full_name})"
