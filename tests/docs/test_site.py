"""The built site in a browser: quiet, self-contained, readable on a phone and in the dark; wrong pages stop the build.

The site is built once. Without playwright, Chromium or the docs group these tests are skipped, and fail under CI.
"""

from __future__ import annotations

import functools
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from docs_support import ROOT, need

pytestmark = [
    pytest.mark.slow,
    # A request that the browser drops leaves its socket to the collector; what pages do wrong is asserted by `tab`.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

_ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def _mkdocs(folder, build, out):
    """Build the site of a folder with the generated pages of ``build``; returns the finished process."""
    environment = {**os.environ, "BACKCOURT_DOCS_BUILD": str(build), "NO_COLOR": "1"}
    words = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(out)]
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)


BUILT = os.environ.get("BACKCOURT_SITE", "")
"""Folder of the site as make docs has just built it."""


@pytest.fixture(scope="module")
def generated():
    """Folder with the generated pages, demo and runbooks included; BACKCOURT_SITE says that it has just been written."""
    for module in ("mkdocs", "material", "mkdocstrings", "mkdocs_jupyter", "papermill"):
        need(module)
    if BUILT:
        return ROOT / "build"
    done = subprocess.run(
        [sys.executable, "docs/_build/generate.py"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return ROOT / "build"


@pytest.fixture(scope="module")
def site(generated, tmp_path_factory):
    """Folder of the built site: the one that BACKCOURT_SITE names, or a new one."""
    if BUILT:
        assert (Path(BUILT) / "index.html").is_file()
        return Path(BUILT)
    out = tmp_path_factory.mktemp("site")
    done = _mkdocs(ROOT, generated, out)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def address(site):
    """Where the site is served on this machine."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def browser():
    """Chromium: the system's, or the one that CHROMIUM names."""
    need("playwright")
    from playwright.sync_api import sync_playwright

    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None and not os.environ.get("CI"):
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def tab(browser, address):
    """Opens a tab of a width; at the end nothing may have gone wrong in it and no other host been asked."""
    wrong, contexts = [], []

    def opened(width=1280, scheme="light"):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: wrong.append(m.text) if m.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))

        def answer(route):
            if route.request.url.startswith((address, "data:", "blob:")):
                route.continue_()
            else:
                wrong.append(f"asked {route.request.url}")
                route.abort()

        page.route("**/*", answer)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture(scope="module")
def urls(site):
    """Every page of the site, relative."""
    return sorted(
        path.relative_to(site).as_posix().removesuffix("index.html")
        for path in site.rglob("*.html")
        if path.name != "404.html"
    )


_OVERFLOW = """() => {
  const wide = document.documentElement.scrollWidth - window.innerWidth;
  const bare = [...document.images].filter(image => !image.alt).map(image => image.outerHTML.slice(0, 80));
  return [wide, bare];
}"""


def test_every_page_fits_a_phone_and_is_quiet(tab, address, urls):
    """No page at 390 px is wider than the screen, shows a picture without words, errs or asks another host."""
    page = tab(width=390)
    found = {}
    for url in urls:
        page.goto(address + url, wait_until="load")
        found[url] = page.evaluate(_OVERFLOW)
    assert found == {url: [0, []] for url in urls}


_CONTRAST = """() => {
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const paint = (colours) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const poor = [];
  for (const element of document.querySelectorAll(".md-content p, .md-content li, .md-content td, .md-content pre")) {
    if (!element.innerText.trim()) continue;
    const grounds = [];
    for (let up = element; up; up = up.parentElement) grounds.unshift(getComputedStyle(up).backgroundColor);
    const ink = getComputedStyle(element).color;
    const [a, b] = [light(paint(grounds)), light(paint([...grounds, ink]))].sort((x, y) => x - y);
    if ((b + 0.05) / (a + 0.05) < 4.5) poor.push(element.innerText.slice(0, 60));
  }
  return poor.slice(0, 5);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_readable_in_both_palettes(tab, address, urls, scheme):
    """On every page running text, tables and code have a contrast of at least 4.5 to 1."""
    page = tab(scheme=scheme)
    poor = {}
    for url in urls:
        page.goto(address + url, wait_until="load")
        expected = {"light": "default", "dark": "slate"}[scheme]
        assert page.evaluate("document.body.dataset.mdColorScheme") == expected
        poor[url] = page.evaluate(_CONTRAST)
    assert poor == {url: [] for url in urls}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_decision_tree_is_drawn(tab, address, scheme):
    """The hub shows its diagram as a picture with every node's text, in the palette's colours."""
    source = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    diagram = re.search(r"```mermaid\n(.*?)```", source, re.DOTALL)[1]
    labels = set(re.findall(r"\w(?:\(\[|\[|\{)([^\[\](){}]+)", diagram))
    assert len(labels) > 10
    page = tab(scheme=scheme)
    page.goto(address)
    page.wait_for_selector(f"div.diagram[data-drawn={scheme}] svg")
    drawn = page.locator("div.diagram svg")
    words = " ".join(drawn.text_content().split())
    assert {label for label in labels if label not in words} == set()
    assert drawn.bounding_box()["height"] > 100
    assert drawn.get_attribute("aria-roledescription") is not None


def test_a_page_without_a_diagram_does_not_load_the_library(tab, address):
    """The diagram library is big; a page without a diagram does not fetch it."""
    page = tab()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address + "concepts/", wait_until="networkidle")
    assert [url for url in asked if "mermaid" in url] == []


def _search(page, address, word):
    """Type a word into the search of the hub once its index is loaded."""
    page.goto(address)
    page.click("input[data-md-component=search-query]")
    page.wait_for_function("!/initializing/i.test(document.querySelector('.md-search-result__meta').textContent)")
    page.locator("input[data-md-component=search-query]").press_sequentially(word)


def _words_of_runbooks_only(site):
    """Words that stand in a runbook and on no other page, with the runbook's address."""
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))["docs"]
    inside, outside = {}, set()
    for entry in index:
        words = re.findall(r"\b[a-z]{7,}\b", f"{entry['title']} {entry['text']}".lower())
        if entry["location"].startswith("runbooks/") and "#" in entry["location"]:
            inside |= dict.fromkeys(words, entry["location"].partition("#")[0])
        elif not entry["location"].startswith("runbooks/"):
            outside.update(words)
    return {word: where for word, where in sorted(inside.items()) if word not in outside}


def test_search_finds_what_stands_only_in_a_runbook(tab, address, site):
    """The search knows the runbooks: a word that stands nowhere else leads to its notebook."""
    if not list((ROOT / "runbooks").glob("*.ipynb")):
        pytest.skip("there is no runbook yet")
    word, where = next(iter(_words_of_runbooks_only(site).items()))
    page = tab()
    _search(page, address, word)
    page.wait_for_selector(f".md-search-result__link[href*='{where}']")


def test_search_finds_a_column(tab, address):
    """The search leads from a column's name to its table."""
    page = tab()
    _search(page, address, "shot_zone_mismatch_score")
    page.wait_for_selector(".md-search-result__link[href*='reference/tables/precompute/']")


@pytest.fixture
def copy(generated, tmp_path):
    """A copy of what the site is built from, to break."""
    folder = tmp_path / "copy"
    shutil.copytree(ROOT / "docs", folder / "docs")
    for name in ("mkdocs.yml", "CONTRIBUTING.md"):
        shutil.copyfile(ROOT / name, folder / name)
    (folder / "src").symlink_to(ROOT / "src")
    (folder / "build").symlink_to(generated)
    return folder


def test_wrong_links_anchors_and_nav_stop_the_build(copy, tmp_path):
    """A link to no page, to no anchor, a nav entry without file and a page outside the nav each stop the build."""
    page = copy / "docs" / "concepts.md"
    broken = "\n[a](no-such-page.md) [b](pipeline.md#no-such-anchor) [c](/abs.md) [d](reference/commands.md#none)\n"
    page.write_text(page.read_text(encoding="utf-8") + broken, encoding="utf-8")
    (copy / "docs" / "orphan.md").write_text("# Orphan\n", encoding="utf-8")
    settings = (copy / "mkdocs.yml").read_text(encoding="utf-8")
    (copy / "mkdocs.yml").write_text(settings + "  - Missing: missing.md\n", encoding="utf-8")
    done = _mkdocs(copy, copy / "build", tmp_path / "out")
    warnings = [line for line in done.stderr.splitlines() if line.startswith("WARNING")]
    assert done.returncode == 1
    for word in ("no-such-page.md", "no-such-anchor", "/abs.md", "#none", "missing.md"):
        assert [line for line in warnings if word in line], (word, done.stderr)
    assert "orphan.md" in done.stderr
    assert f"Aborted with {len(warnings)} warnings in strict mode" in done.stdout + done.stderr


def test_an_unknown_python_name_stops_the_build(copy, tmp_path):
    """A reference to a Python name that does not exist stops the build and is named."""
    page = copy / "docs" / "reference" / "python.md"
    page.write_text(page.read_text(encoding="utf-8") + "\n::: backcourt.calendar.no_such_name\n", encoding="utf-8")
    done = _mkdocs(copy, copy / "build", tmp_path / "out")
    assert done.returncode != 0
    assert "backcourt.calendar.no_such_name" in done.stderr


def test_without_generated_pages_the_build_says_what_to_run(copy, tmp_path):
    """A build before the generator stops with the command to run."""
    done = _mkdocs(copy, tmp_path / "none", tmp_path / "out")
    assert done.returncode != 0
    assert "docs/_build/generate.py" in done.stderr + done.stdout
