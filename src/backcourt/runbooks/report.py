"""A run as one HTML file: no outside request, code folded away, readable on a phone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from importlib import resources
from typing import TYPE_CHECKING

from backcourt.answers.model import Answer, Rows

if TYPE_CHECKING:
    from nbformat import NotebookNode

_TEMPLATE = """{%- extends 'basic/index.html.j2' -%}
{%- block input -%}
<details class="bc-code"><summary>Code</summary>{{ super() }}</details>
{%- endblock input -%}
"""
_LEFT_OUT = {"parameters", "injected-parameters", "parameters-section"}
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def render(notebook: NotebookNode, *, title: str, parameters: Mapping[str, str], facts: Mapping[str, str]) -> str:
    """The report of an executed notebook.

    Args:
        notebook: The executed notebook, scrubbed.
        title: Title of the page.
        parameters: The parameters as they are shown.
        facts: What is known about the run: when, how long, which versions.
    """
    from nbconvert.exporters.html import HTMLExporter
    from nbformat.notebooknode import from_dict

    cells = [cell for cell in notebook.cells if not _LEFT_OUT & set(cell.metadata.get("tags", []))]
    if cells:
        # The page has the title already.
        first = {**cells[0], "source": re.sub(r"^# .*\n*", "", cells[0]["source"], count=1)}
        cells[0] = from_dict(first)  # type: ignore[no-untyped-call]
    exporter = HTMLExporter(  # type: ignore[no-untyped-call]
        template_name="basic",
        raw_template=_TEMPLATE,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
    )
    body, _ = exporter.from_notebook_node(from_dict({**notebook, "cells": cells}))  # type: ignore[no-untyped-call]
    given = Rows(("parameter", "value"), [(name, value) for name, value in parameters.items() if value])
    about = Answer(parts=[given, Rows(("run", ""), list(facts.items()))]).html
    return page(title, f'{_outcome(cells)}\n<div class="bc-facts">{about}</div>\n{body}')


def page(title: str, body: str) -> str:
    """One self-contained HTML page with the title as its heading."""
    style = (resources.files("backcourt.runbooks") / "report.css").read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{escape(title)}</h1>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _outcome(cells: list[NotebookNode]) -> str:
    """What each step tagged ``summary`` found, in a line with a link to it."""
    lines, heading = [], ""
    for cell in cells:
        if cell.cell_type == "markdown":
            found = _HEADING.search(cell.source)
            heading = found[1] if found else heading
        elif "summary" in cell.metadata.get("tags", []):
            text = " ".join(_plain(cell).split())
            anchor = escape(heading.replace(" ", "-"))
            lines.append(f'<li><a href="#{anchor}">{escape(heading)}</a>: {escape(text)}</li>')
    return f'<ul class="bc-outcome">{"".join(lines)}</ul>' if lines else ""


def _plain(cell: NotebookNode) -> str:
    return "; ".join(output.data["text/plain"] for output in cell.outputs if "text/plain" in output.get("data", {}))
