"""`backcourt report`: one page that says what the validators say, by itself, on a phone and to everybody."""

import json
import os
import re

import pytest
from programs import COMMAND

SPAN = ("--start-date", "2021-10-30", "--end-date", "2021-12-12")


def written(call, warehouse, tmp_path):
    """The page about a range, and the finished command."""
    out = tmp_path / "page.html"
    done = call(COMMAND, "report", *SPAN, "--out", out, "--warehouse", warehouse)
    return out.read_text(encoding="utf-8"), done


def test_a_whole_range_is_said_to_be_whole(warehouse, call, tmp_path):
    """Nothing wrong: exit 0, eight good verdicts, no gap, every critical field CLEAN, the run that computed it."""
    page, done = written(call, warehouse, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert page.count("bc-note bc-good") == 8 + 1
    assert "No gap of any kind." in page
    fields = re.findall(r"<td[^>]*>(CLEAN|NO_DATA|PARTIAL|CONTAMINATED)</td>", page)
    assert len(fields) == 38
    assert set(fields) == {"CLEAN"}
    assert re.findall(r'<img class="bc-figure"[^>]* alt="Heat map of 10 tables by \d+ game dates', page)


def test_a_damaged_range_is_shown_as_damaged(warehouse, call, change, tmp_path):
    """A date taken out of TDZA: exit 2, the page names table, date and what stands on it, and is written all the same."""
    change("DELETE FROM nba_precompute.team_defense_zone_analysis WHERE analysis_date = '2021-12-04'")
    page, done = written(call, warehouse, tmp_path)
    assert done.returncode == 2
    assert "missing_date" in page
    assert "2021-12-04" in page
    assert page.count(">cascade<") == 2
    assert "backcourt recover --start-date" in page
    assert "1 missing" in page


def test_a_page_that_cannot_be_written_is_one_line(warehouse, call, tmp_path):
    """A folder that is not there, or a folder in the place of the file: one line, exit 2, nothing is left behind."""
    for out in (tmp_path / "no" / "page.html", tmp_path):
        done = call(COMMAND, "report", *SPAN, "--out", out, "--warehouse", warehouse)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert "cannot be written" in done.stderr
    assert [path.name for path in tmp_path.iterdir() if "page" in path.name] == []


def test_a_range_without_games_is_one_line(warehouse, call, tmp_path):
    """No game in the range: exit 2, the seasons that there are, no page."""
    out = tmp_path / "page.html"
    span = ("--start-date", "2020-01-01", "--end-date", "2020-01-31")
    done = call(COMMAND, "report", *span, "--out", out, "--warehouse", warehouse)
    assert done.returncode == 2
    assert "2021-22" in done.stderr
    assert not out.exists()


@pytest.mark.slow
# A request that the browser drops leaves its socket to the collector; what the page does wrong is asserted.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_page_is_for_everybody(warehouse, call, change, tmp_path):
    """In a browser: no request, no console message, nothing wider than a phone, and no finding of axe."""
    if os.environ.get("CI") is None:
        pytest.importorskip("playwright", reason="playwright is not installed; it is in the dependency group slow")
        pytest.importorskip("axe_core_python", reason="axe is not installed; it is in the dependency group slow")
    from axe_core_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    change("DELETE FROM nba_precompute.team_defense_zone_analysis WHERE analysis_date = '2021-12-04'")
    written(call, warehouse, tmp_path)
    requests, said = [], []
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        for width in (1280, 390):
            tab = browser.new_page(viewport={"width": width, "height": 844})
            tab.on("request", lambda request: requests.append(request.url))
            tab.on("console", lambda message: said.append(message.text))
            tab.goto((tmp_path / "page.html").as_uri())
            assert tab.evaluate("document.documentElement.scrollWidth") == width
            found = Axe().run(tab)["violations"]
            assert found == [], json.dumps(found, indent=1)[:3000]
        browser.close()
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
    assert said == []
