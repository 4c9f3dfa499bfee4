"""The page about the layouts that an import recognises, from their declarations."""

from __future__ import annotations

import re

from markup import code, page, table, text

from backcourt.sources.layouts.known import LAYOUTS
from backcourt.sources.layouts.layout import Layout

PATH = "reference/layouts.md"
_PLAIN = re.compile(r"\{([^{}]+)\}")


_SHOWN = tuple(layout for layout in LAYOUTS if layout.columns and not layout.of_folder)
"""Those with columns of their own: a season's folder has its page, a mapping file says its columns itself."""


def pages() -> dict[str, str]:
    """The page by its path under the site."""
    rows = [
        (f"[{text(one.title)}](#{one.name})", code(one.feed.table), "yes" if one.verified else "from its documentation")
        for one in _SHOWN
    ]
    return {
        PATH: page(
            "Layouts of files",
            "`backcourt import` takes a file for one of these layouts by the columns that it has. Names of columns may be "
            "in capitals or not, in any order, with others between them. Of two files that have the same game the one "
            "whose layout is listed first counts. Files of [a season's folder](season-folder.md) are taken as well, and go "
            "before all others; so does what a mapping file describes.",
            table(("layout", "fills", "tried on a real file"), rows),
            *map(_section, _SHOWN),
        )
    }


def _section(layout: Layout) -> str:
    rows = [(code(name), code(_PLAIN.sub(r"\1", expression))) for name, expression in layout.columns.items()]
    parts = [f"## {layout.title[:1].upper()}{layout.title[1:]} {{ #{layout.name} }}"]
    if layout.lacks:
        parts.append(f"It does not have {', '.join(map(code, layout.lacks))}.")
    if layout.document:
        parts.append(f"Described at <{layout.document}>.")
    return "\n\n".join([*parts, table(("becomes", "from"), rows)])
