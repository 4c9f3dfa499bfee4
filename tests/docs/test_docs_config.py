"""What the site's configuration and the page for assistants promise, without building anything."""

from __future__ import annotations

import re

import pytest
from docs_support import ROOT, need

_MADE = {"build", "site"}


@pytest.fixture(scope="module")
def config():
    """mkdocs.yml as data; its Python names stay unread."""
    need("yaml")
    import yaml

    class Loader(yaml.SafeLoader):
        pass

    Loader.add_multi_constructor("tag:yaml.org,2002:python/name:", lambda _loader, name, _node: name)
    return yaml.load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"), Loader)  # noqa: S506 - a SafeLoader


def _nav(items):
    """Every path of a nav."""
    for item in items:
        if isinstance(item, str):
            yield item
        else:
            for value in item.values():
                yield from [value] if isinstance(value, str) else _nav(value)


def test_every_page_is_in_the_nav_and_the_other_way_round(config, pages):
    """The nav names every written and generated page exactly once, and nothing else."""
    written = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    generated = {path for path in pages if path.endswith(".md") and not path.startswith("reference/source/")}
    runbooks = {f"runbooks/{path.name}" for path in (ROOT / "runbooks").glob("*.ipynb")}
    named = list(_nav(config["nav"]))
    assert sorted(named) == sorted(written | generated | runbooks)


def test_every_validation_is_a_warning_and_a_warning_stops_the_build(config):
    """The build is strict, and every check of nav and links that mkdocs offers is on."""
    need("mkdocs")
    from mkdocs.config.defaults import MkDocsConfig

    assert config["strict"] is True
    offered = MkDocsConfig.validation.config_class  # type: ignore[attr-defined]
    assert config["validation"] == {
        "nav": dict.fromkeys(("omitted_files", "not_found", "absolute_links"), "warn"),
        "links": dict.fromkeys(("not_found", "anchors", "absolute_links", "unrecognized_links"), "warn"),
    }
    assert {key for key, _ in offered._schema} >= {"nav", "links"}


def test_nothing_is_fetched_from_another_host(config):
    """No setting of the site names another host, and no font is fetched."""
    text = re.sub(r"(^|\s)#.*", "", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    assert "://" not in text
    assert config["theme"]["font"] is False
    for name in ("diagrams.js", "extra.css"):
        assert "://" not in (ROOT / "docs" / "assets" / name).read_text(encoding="utf-8")


def test_the_vendored_library_is_the_one_that_is_loaded():
    """diagrams.js loads a file that is there, and its licence stands beside it."""
    script = (ROOT / "docs" / "assets" / "diagrams.js").read_text(encoding="utf-8")
    path = ROOT / "docs" / "assets" / re.search(r'"(vendor/mermaid-[\d.]+\.min\.js)"', script)[1]
    assert path.is_file()
    assert "MIT License" in (path.parent / "mermaid-LICENSE.txt").read_text(encoding="utf-8")


def test_the_hook_takes_foreign_scripts_out_of_notebooks():
    """Scripts of other hosts go, the page's own stay."""
    need("mkdocs")
    import hooks

    kept = "<p>a</p><script>own()</script><p>b</p>"
    mathjax = "<!-- Load mathjax --><script src='https://x.example/m.js'></script><!-- End of mathjax configuration -->"
    module = '<script type="module">import m from "https://x.example/m.mjs"; m();</script>'
    page = type("Page", (), {"file": type("File", (), {"src_uri": "runbooks/a.ipynb"})})
    html = f'{kept}{mathjax}<script src="https://x.example/r.js"></script>{module}'
    assert hooks.on_page_content(html, page=page, config=None, files=None) == kept


def test_messages_wrap_and_tables_do_not():
    """A block of text or commands may be broken into lines; one with a table or aligned lines may not."""
    need("mkdocs")
    import hooks

    page = type("Page", (), {"file": type("File", (), {"src_uri": "a.md"})})
    line = '<div class="language-text highlight"><pre><span></span><code><a id="x"></a>%s</code></pre></div>'
    for words, wraps in (("error: a <b>long</b> one", True), (" table   rows\n ───────────", False), ("a\n  b", False)):
        shown = hooks.on_page_content(line % words, page=page, config=None, files=None)
        assert ("highlight wrapping" in shown) is wraps, words
        assert shown.replace(" wrapping", "") == line % words
    shown = hooks.on_page_content(line % "run --end-date 2021-12-04 a-b", page=page, config=None, files=None)
    assert re.findall(r'<span class="kept">(.*?)</span>', shown) == ["--end-date", "2021-12-04"]
    assert re.sub("<[^>]*>", "", shown) == "run --end-date 2021-12-04 a-b"


def test_the_page_for_assistants_names_only_what_is_there():
    """Every path in AGENTS.md exists, and every command is one of the program's or the Makefile's."""
    need("pygments")
    from pages_commands import entries

    text = (ROOT / "AGENTS.md").read_text(encoding="utf-8")
    paths = [name for name in re.findall(r"`([\w./-]+)`", text) if "/" in name or name.endswith(".md")]
    assert len(paths) > 10
    assert [name for name in paths if name.split("/")[0] not in _MADE and not (ROOT / name).exists()] == []
    commands = {entry.name for entry in entries() if not entry.group}
    for line in re.search(r"## Commands\n\n```\n(.*?)```", text, re.DOTALL)[1].splitlines():
        if line.startswith("make "):
            assert f"\n{line.split()[1]}:" in (ROOT / "Makefile").read_text(encoding="utf-8")
        else:
            assert any(f"{line} ".startswith(f"{command} ") for command in commands), line
