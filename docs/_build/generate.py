"""Write the pages that the program itself dictates to build/pages, before mkdocs builds the site.

Usage: python docs/_build/generate.py [--build FOLDER]. A second call does little: the demo season and the executed
runbooks are kept until what they come from changes.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

import demo
import findings
import first_seasons
import namings
import notebooks
import pages_commands
import pages_integrity
import pages_layouts
import pages_lists
import pages_mode
import pages_names
import pages_proofs
import pages_queries
import pages_season
import pages_source
import pages_sources
import pages_tables
import scenarios
import transcripts
import troubles
from markup import ROOT, Task, write


def generate(build: Path, *, with_demo: bool = True) -> tuple[Path, ...]:
    """Write every generated page under build/pages and every part under build/parts; returns the files.

    Args:
        build: The folder for everything that can be made again.
        with_demo: False leaves out what needs the demo season: its output, the runbooks, and what commands print.
    """
    pages = {**pages_tables.pages(), **pages_commands.pages(), **pages_lists.pages(), **pages_season.pages()}
    pages |= pages_layouts.pages()
    pages["reference/tables/schema.json"] = pages_tables.schema()
    pages |= pages_source.listings(pages_mode.modules())
    parts = {"rooms.md": pages_source.rooms(), "behaviours.md": pages_mode.behaviours()}
    parts |= pages_integrity.parts()
    parts["names-accuracy.md"] = pages_names.accuracy()
    parts["proofs.md"] = pages_proofs.part()
    parts |= pages_sources.parts()
    for name, arguments in {"rules": ["rules"], "check": ["check", "--help"]}.items():
        parts[f"docref-{name}.txt"] = demo.python(["-m", "docref", *arguments], cwd=ROOT)
    if with_demo:
        warehouse = demo.make(build)
        printed = (build / "demo.txt").read_text(encoding="utf-8")
        parts |= {f"demo-{name}.txt": text for name, text in demo.parts(printed).items()}
        parts["queries.md"] = pages_queries.part(warehouse)
        side_by_side(
            [
                # The longest first, so that no process ends long before the others.
                *transcripts.tasks(build, warehouse, scenarios),
                *transcripts.tasks(build, warehouse, findings),
                *notebooks.tasks(build, warehouse),
                *transcripts.tasks(build, warehouse, troubles),
                *transcripts.tasks(build, warehouse, namings),
                *transcripts.tasks(build, warehouse, first_seasons),
            ]
        )
        pages |= notebooks.render(build)
        parts |= scenarios.parts(build, warehouse) | troubles.parts(build, warehouse)
        parts |= findings.parts(build, warehouse) | namings.parts(build, warehouse)
        parts |= first_seasons.parts(build, warehouse)
    files = {build / "pages" / path: text for path, text in pages.items()}
    files |= {build / "parts" / path: text for path, text in parts.items()}
    for path, text in files.items():
        write(path, text)
    for folder in (build / "pages", build / "parts"):
        for path in folder.rglob("*"):
            if path.is_file() and path not in files:
                path.unlink()
    return tuple(files)


def side_by_side(tasks: Sequence[Task]) -> None:
    """Do what takes long in a few processes, and stop at the first that fails.

    Raises:
        RuntimeError: If a notebook or a command failed.
    """
    if not tasks:
        return
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        try:
            for done in as_completed([pool.submit(task) for task in tasks]):
                done.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


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
