"""The links of a built site."""

from __future__ import annotations

from pathlib import Path

import pytest
from repositories import write

from docref.cli import main

SITE = {
    "site/index.html": '<h1 id="top-of">x</h1>\n<a href="a/">a</a> <a href="a/#one">a</a> <a href="#top-of">t</a>',
    "site/a/index.html": '<p id="one"><a href="..">up</a><img src="../i.png"><a href="https://x.y/z">o</a></p>',
    "site/i.png": "",
}


def test_a_good_site_is_silent(tmp_path: Path) -> None:
    """Folders stand for their index pages, and links to other hosts are skipped."""
    write(tmp_path, SITE)
    assert main(["check", "--root", str(tmp_path), "--site", str(tmp_path / "site"), "--quiet"]) == 0


@pytest.mark.parametrize("link", ["b/", "a/#two", "#gone", "../../x", "i.svg"])
def test_a_link_that_leads_nowhere_is_found(tmp_path: Path, link: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Missing pages, missing ids and links out of the site are reported with their line."""
    write(tmp_path, SITE)
    (tmp_path / "site/index.html").write_text(f'<p>\n  <a href="{link}">x</a>', encoding="utf-8")
    assert main(["check", "--root", str(tmp_path), "--site", str(tmp_path / "site"), "--quiet"]) == 1
    assert capsys.readouterr().out.startswith("site/index.html:2:3: site: ")
