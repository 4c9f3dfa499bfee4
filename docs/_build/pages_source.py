"""Pages made from the source itself: listings with an anchor per line, and what each module says it is for."""

from __future__ import annotations

import ast
import html
from collections.abc import Iterable
from pathlib import Path

from markup import ROOT, code, table, text
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

SRC = ROOT / "src"


def listing_path(module: str) -> str:
    """Path of a module's listing under the site."""
    return f"reference/source/{module}.md"


def listings(modules: Iterable[str]) -> dict[str, str]:
    """A listing of each module, its lines anchored as line-1, line-2, ..."""
    return {listing_path(module): _listing(module) for module in sorted(set(modules))}


def rooms() -> str:
    """The modules of each room with the first line of their docstrings, as Markdown for the architecture page."""
    parts = []
    for package in ("backcourt", "docref"):
        top = SRC / package
        alone = [path for path in sorted(top.glob("*.py")) if _first_line(path)]
        parts.append(_room(package, alone))
        for folder in sorted(path for path in top.iterdir() if (path / "__init__.py").is_file()):
            parts.append(_room(f"{package}.{folder.name}", sorted(folder.rglob("*.py"))))
    return "\n".join(part for part in parts if part)


def _room(name: str, paths: list[Path]) -> str:
    rows = [(code(_module(path)), text(_first_line(path))) for path in paths if _first_line(path)]
    if not rows:
        return ""
    return f"### {name} {{ #{name} }}\n\n" + table(("module", "what it is for"), rows)


def _module(path: Path) -> str:
    parts = path.relative_to(SRC).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _first_line(path: Path) -> str:
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(doc.split("\n\n")[0].split())


def _listing(module: str) -> str:
    path = SRC.joinpath(*module.split(".")).with_suffix(".py")
    formatter = HtmlFormatter(linenos="inline", lineanchors="line", anchorlinenos=True, cssclass="highlight listing")
    body = highlight(path.read_text(encoding="utf-8"), PythonLexer(), formatter)
    where = html.escape(str(path.relative_to(ROOT)))
    return f"---\nsearch:\n  exclude: true\nhide:\n  - toc\n  - navigation\n---\n\n# {module}\n\nThe file {code(where)}.\n\n{body}\n"
