"""Write the pages that the program itself dictates to build/pages, before mkdocs builds the site.

Usage: python docs/_build/generate.py [--build FOLDER]. A second call does little: the demo season and the executed
runbooks are kept until what they come from changes.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import demo
import notebooks
import pages_commands
import pages_lists
import pages_mode
import pages_queries
import pages_source
import pages_tables
import scenarios
import troubles
from markup import ROOT, write


def generate(build: Path, *, with_demo: bool = True) -> tuple[Path, ...]:
    """Write every generated page under build/pages and every part under build/parts; returns the files.

    Args:
        build: The folder for everything that can be made again.
        with_demo: False leaves out what needs the demo season: its output, the runbooks, and what commands print.
    """
    pages = {**pages_tables.pages(), **pages_commands.pages(), **pages_lists.pages()}
    pages["reference/tables/schema.json"] = pages_tables.schema()
    pages |= pages_source.listings(pages_mode.modules())
    parts = {"rooms.md": pages_source.rooms(), "behaviours.md": pages_mode.behaviours()}
    for name, arguments in {"rules": ["rules"], "check": ["check", "--help"]}.items():
        parts[f"docref-{name}.txt"] = demo.python(["-m", "docref", *arguments], cwd=ROOT)
    if with_demo:
        warehouse = demo.make(build)
        printed = (build / "demo.txt").read_text(encoding="utf-8")
        parts |= {f"demo-{name}.txt": text for name, text in demo.parts(printed).items()}
        parts["queries.md"] = pages_queries.part(warehouse)
        pages |= notebooks.render(build, warehouse)
        parts |= scenarios.parts(build, warehouse) | troubles.parts(build, warehouse)
    files = {build / "pages" / path: text for path, text in pages.items()}
    files |= {build / "parts" / path: text for path, text in parts.items()}
    for path, text in files.items():
        write(path, text)
    for folder in (build / "pages", build / "parts"):
        for path in folder.rglob("*"):
            if path.is_file() and path not in files:
                path.unlink()
    return tuple(files)


def main() -> int:
    """Generate into the folder that the command line names; 1 if a notebook or a command failed."""
    parser = argparse.ArgumentParser(description="Write the site's generated pages.")
    parser.add_argument("--build", type=Path, default=ROOT / "build", help="folder for everything made")
    try:
        files = generate(parser.parse_args().build)
    except RuntimeError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    sys.stdout.write(f"{len(files)} pages and parts written\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
