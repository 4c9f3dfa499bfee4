"""Anchors of headings as the renderers make them: mkdocs, GitHub and notebooks."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable

_COUNTED = re.compile(r"(.*)_([0-9]+)", re.DOTALL)


class Renderer(Enum):
    """Who turns a page into HTML."""

    MKDOCS = "mkdocs"
    GITHUB = "github"
    MKDOCS_NOTEBOOK = "mkdocs-jupyter"
    NOTEBOOK = "nbconvert"


def mkdocs_slug(text: str) -> str:
    """The ``slugify`` of Python-Markdown's toc extension."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain).strip().lower())


def anchors(headings: Iterable[tuple[str, str]], explicit: Iterable[str], renderer: Renderer) -> frozenset[str]:
    """Every anchor of a page.

    Args:
        headings: Text and explicit id ("" if it has none) of each heading, in the page's order.
        explicit: Ids that other elements have.
        renderer: Who makes the page.
    """
    found = set(explicit)
    if renderer is Renderer.MKDOCS:
        listed = list(headings)
        found.update(own for _, own in listed if own)
        for text, own in listed:
            if not own:
                found.add(_unique(mkdocs_slug(text), found))
    elif renderer is Renderer.GITHUB:
        counts: dict[str, int] = {}
        for text, own in headings:
            written = f"{text} {{#{own}}}" if own else text
            slug = re.sub(r"[^\w\- ]", "", written.strip().lower()).replace(" ", "-")
            count = counts.get(slug, 0)
            counts[slug] = count + 1
            found.add(f"{slug}-{count}" if count else slug)
    else:
        lower = renderer is Renderer.MKDOCS_NOTEBOOK
        for text, _ in headings:
            slug = mkdocs_slug(text) if lower else text.replace(" ", "-")
            found.add(quote(slug, safe="?/:@!$&'()*+,;="))
    return frozenset(found)


def _unique(slug: str, taken: set[str]) -> str:
    if slug and slug not in taken:
        return slug
    counted = _COUNTED.fullmatch(slug)
    base, count = (counted[1], int(counted[2])) if counted else (slug, 0)
    count += 1
    while f"{base}_{count}" in taken:
        count += 1
    return f"{base}_{count}"
