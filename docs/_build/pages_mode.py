"""The behaviours of backfill mode, for the page about it: a table, and a section each with who decides it."""

from __future__ import annotations

from markup import code, table, text
from pages_source import listing_path

from backcourt.mode import BEHAVIOURS, Behaviour, Decider, deciders


def modules() -> tuple[str, ...]:
    """The modules that decide a behaviour, in order."""
    return tuple(dict.fromkeys(_module(item) for found in deciders().values() for item in found))


def behaviours() -> str:
    """The table of all behaviours and the section of each, as Markdown."""
    rows = [
        (
            str(item.number),
            f"[{text(item.title)}](#{item.key})",
            text(item.daily),
            text(item.backfill),
            "yes" if deciders()[item.number] else "not yet",
        )
        for item in BEHAVIOURS
    ]
    overview = table(("#", "behaviour", "daily", "backfill", "enforced"), rows)
    return "\n\n".join([overview.strip("\n"), *(_section(item) for item in BEHAVIOURS)]) + "\n"


def _section(item: Behaviour) -> str:
    found = deciders()[item.number]
    decided = "\n".join(f"- {_link(decider)}" for decider in found)
    return "\n\n".join(
        [
            f"### {item.number}. {item.title} {{ #{item.key} }}",
            f"- Daily: {text(item.daily)}\n- Backfill: {text(item.backfill)}\n- Why: {text(item.why)}",
            f"Decided by:\n\n{decided}" if found else "Not enforced yet: no function of the package decides it.",
        ]
    )


def _link(decider: Decider) -> str:
    return f"[{code(decider.name)}]({listing_path(_module(decider))}#line-{decider.line})"


def _module(decider: Decider) -> str:
    return "backcourt." + decider.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
