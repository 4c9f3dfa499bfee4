"""The page about a season's folder: every file and column that it may hold, from the declarations."""

from __future__ import annotations

from markup import code, page, table, text

from backcourt.catalog import TABLES
from backcourt.integrity.parts import PARTS
from backcourt.sources.season.columns import means
from backcourt.sources.feed import Feed, words_of
from backcourt.sources.season.files import FILES

_PHASES = {item.full_name: item.phase for item in TABLES}


def pages() -> dict[str, str]:
    """The page by its path under the site."""
    required = ", ".join(f"[{code(file.file_name)}](#{file.stem})" for file in FILES if file.required)
    rows = [
        (
            f"[{code(file.file_name)}](#{file.stem})",
            "yes" if file.required else "no",
            _table(file),
            _uses(file),
            ", ".join(map(code, file.unit.split())),
        )
        for file in FILES
    ]
    return {
        "reference/season-folder.md": page(
            "A season's folder",
            f"`backcourt load season DIR` reads a folder of parquet files, one season in each. It must hold {required}; "
            "the others are loaded if they are there. Columns that are not named here are not read. `backcourt simulate "
            "DIR` writes such a folder, to look at; `backcourt load season DIR --check` judges one by every rule and loads "
            "nothing.",
            table(("file", "required", "fills", "used for", "held back by"), rows),
            "*Held back by* says what is kept out as a whole where a row of it breaks a rule. Ids are text with their "
            "leading zeros. A column that may be missing is NULL then; every other one must be there, but may hold NULL "
            "where the source says nothing, unless a rule of the table demands a value.",
            *map(_section, FILES),
        )
    }


def _uses(file: Feed) -> str:
    """What is computed from a file, and by which tables; "" if none reads it."""
    readers = [item.short for item in TABLES if any(upstream.table == file.table for upstream in item.upstreams)]
    parts = [part.enables for part in PARTS if part.tables[0] == file.table]
    words = ", ".join(parts) or _OTHER[file.table]
    return f"{words}: {', '.join(map(code, readers))}" if readers else words


_OTHER = {
    "nba_raw.br_rosters_current": "who is on a team, for names without an id",
    "nba_raw.espn_team_rosters": "who is on a roster before a game",
}


def _table(file: Feed) -> str:
    return f"[{code(file.table)}](tables/{_PHASES[file.table]}.md#{file.table})"


def _section(file: Feed) -> str:
    rows = [
        (
            code(name),
            words_of(kind),
            "yes" if name in file.optional else "no",
            text(means(file, name)),
        )
        for name, kind in file.columns.items()
    ]
    return f"## {file.file_name} {{ #{file.stem} }}\n\n" + table(
        ("column", "holds", "may be missing", "what it is"), rows
    )
