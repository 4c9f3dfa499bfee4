"""Pages whose commands are run: each command has its own output below it, and outputs hold nothing that changes."""

from __future__ import annotations

import json
import re

import pytest
from docs_support import ROOT, need

_BLOCK = re.compile(r"^```(\w*)\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
_PAGES = ("backfill-guide", "troubleshooting", "data-integrity", "name-resolution")


def _described(name):
    """The page and its sections as docs/_build describes them."""
    need("markdown")
    import findings
    import namings
    import scenarios
    import troubles

    pages = {
        "backfill-guide": scenarios,
        "troubleshooting": troubles,
        "data-integrity": findings,
        "name-resolution": namings,
    }
    module = pages[name]
    return module.PAGE, module.SECTIONS


@pytest.mark.parametrize("name", _PAGES)
def test_every_command_is_followed_by_its_output(name):
    """In each section the blocks are commands, each with its own output or none of another, and every output is shown."""
    page, sections = _described(name)
    pieces = re.split(r"^## .*\{ #([\w-]+) \}$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    written = [(anchor, text) for anchor, text in zip(pieces[1::2], pieces[2::2], strict=True) if _BLOCK.search(text)]
    assert [anchor for anchor, _ in written] == list(sections)
    for anchor, text in written:
        number, shown, commands = 0, [], 0
        for language, content in _BLOCK.findall(text):
            if language == "text":
                shown.append(content)
                part = re.fullmatch(rf'--8<-- "{name}-{anchor}-(\w+)\.txt"', content)
                assert part, content
                assert part[1] in sections[anchor].other or part[1] == str(number)
            else:
                assert language == ""
                assert content.startswith("backcourt ")
                assert "\n" not in content
                number += 1
                commands += 1
        assert len(set(shown)) == len(shown)
        assert len(shown) >= len(sections[anchor].other)
        assert len(shown) + (anchor == "plan-refused") == commands + len(sections[anchor].other)


def test_a_page_with_commands_in_an_unknown_section_stops_the_build(tmp_path):
    """A section that nobody described would show outputs that do not exist; it is named."""
    import transcripts

    page = tmp_path / "page.md"
    page.write_text("# P\n\n## A { #a }\n\n```\nbackcourt status\n```\n", encoding="utf-8")
    with pytest.raises(RuntimeError, match=r"page\.md: section a has commands"):
        transcripts.parts(tmp_path, tmp_path / "w.duckdb", page, {})


def test_a_command_is_run_once_and_its_status_is_the_expected_one(tmp_path, monkeypatch):
    """Another exit status stops the build with what was printed; a kept output is used until the commands change."""
    import transcripts

    page = tmp_path / "page.md"
    page.write_text("# P\n\n## A { #a }\n\n```\nbackcourt status\n```\n", encoding="utf-8")
    (tmp_path / "demo" / "2021-22").mkdir(parents=True)
    ran = []

    def command(_, text):
        ran.append(text)
        return 1, "printed\n"

    monkeypatch.setattr(transcripts.Stage, "command", command)
    given = (tmp_path, tmp_path / "demo" / "warehouse.duckdb", page)
    with pytest.raises(RuntimeError, match="backcourt status: status 1\nprinted"):
        transcripts.parts(*given, {"a": transcripts.Section(start="none")})
    fitting = {"a": transcripts.Section(start="none", statuses={1: 1}, other={"more": lambda _: "other"})}
    for _ in range(2):
        assert transcripts.parts(*given, fitting) == {"page-a-1.txt": "printed\n", "page-a-more.txt": "other\n"}
    assert ran == ["backcourt status"] * 2
    page.write_text(page.read_text(encoding="utf-8").replace("status", "status --json"), encoding="utf-8")
    transcripts.parts(*given, fitting)
    assert ran[2:] == ["backcourt status --json"]


def test_output_holds_nothing_that_changes():
    """Run ids, times, processes and columns of seconds go; columns keep their width, and problems have one order."""
    import transcripts

    printed = (
        "run 0f1e2d3c4b5a; to resume: x\n"
        "season 2021-22 from d in 4.3 s      \n"
        "\n"
        " run            started (UTC)         failures                 seconds \n"
        " 0f1e2d3c4b5a   2026-11-26 10:12:43   1,234 NO_SHOT_ZONE          9.18 \n"
        "      \n"
        "\n"
        "\n"
        "problem: b: two\n"
        "problem: a: one\n"
        "held by process 17 on host-1 (me) since 2026-11-26 10:12 UTC, process 3 (python3.11)\n"
        "next: backcourt history 0f1e2d3c4b5a\n"
    )
    assert transcripts.steady(printed) == (
        "run RUN_ID; to resume: x\n"
        "season 2021-22 from d\n"
        "\n"
        " run            started (UTC)         failures\n"
        " RUN_ID         (time)                1,234 NO_SHOT_ZONE\n"
        "\n"
        "problem: a: one\n"
        "problem: b: two\n"
        "held by process PID on HOST (USER) since (time) UTC, process PID (PROGRAM)\n"
        "next: backcourt history RUN_ID\n"
    )


@pytest.mark.slow
def test_every_symptom_is_printed_in_its_section():
    """What the first table of the troubleshooting page quotes stands in the outputs of the section that it links."""
    for module in ("papermill", "mkdocs"):
        need(module)
    import demo
    import troubles

    build = ROOT / "build"
    troubles.parts(build, demo.make(build))
    rows = re.findall(r"^\| (`.*?) +\| \[.*?\]\(#([\w-]+)\)", troubles.PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) == len(troubles.SECTIONS)
    for symptoms, anchor in rows:
        outputs = json.loads((build / "transcripts" / f"troubleshooting-{anchor}.json").read_text(encoding="utf-8"))
        printed = " ".join(outputs["outputs"].values())
        for quoted in re.findall(r"`([^`]+)`", symptoms):
            for piece in quoted.split("..."):
                assert piece.strip() in printed, (anchor, piece)


@pytest.mark.slow
def test_running_a_section_again_prints_the_same(tmp_path):
    """The same code gives the same page: a section run again prints what the build keeps of it."""
    for module in ("papermill", "mkdocs"):
        need(module)
    import demo
    import findings
    import scenarios
    import transcripts
    import troubles

    warehouse = demo.make(ROOT / "build")
    for module, anchors in (
        (findings, ("repair",)),
        (scenarios, ("downstream",)),
        (troubles, ("lease",)),
    ):
        chosen = {anchor: module.SECTIONS[anchor] for anchor in anchors}  # type: ignore[attr-defined]
        page = tmp_path / module.PAGE.name  # type: ignore[attr-defined]
        text = module.PAGE.read_text(encoding="utf-8")  # type: ignore[attr-defined]
        pieces = re.split(r"(?m)^(?=## .*\{ #[\w-]+ \}$)", text)
        page.write_text("".join(p for p in pieces if any(f"{{ #{a} }}" in p for a in anchors)), encoding="utf-8")
        # The build keeps what it printed: made by other processes, at another time, in another folder.
        kept = transcripts.parts(ROOT / "build", warehouse, page, chosen)
        assert transcripts.parts(tmp_path / "again", warehouse, page, chosen) == kept
