"""Links and anchors."""

from __future__ import annotations

from pathlib import Path

import pytest
from repositories import missing, outcomes

from docref.model import Outcome

SITE = {
    "mkdocs.yml": "site_name: x\nx: !!python/name:os.system\n",
    "README.md": "# Top\n",
    "docs/index.md": "# Home\n",
    "docs/a/b.md": "# Bee\n\n## Twice\n\n## Twice\n\n<a id='here'></a>\n",
    "docs/a/i.png": "",
}


@pytest.mark.parametrize(
    "link",
    [
        "a/b.md",
        "a/b.md#bee",
        "a/b.md#twice_1",
        "a/b.md#here",
        "a/i.png",
        "https://x.y/z",
        "mailto:a@b.c",
        "#home",
        "/a/b/",
    ],
)
def test_good_links_are_silent(tmp_path: Path, link: str) -> None:
    """A link to what exists, or out of the repository, is no finding."""
    assert missing(tmp_path, SITE | {"docs/index.md": f"# Home\n\n[x]({link})\n"}, "link", "anchor") == []


@pytest.mark.parametrize(
    ("link", "rule"),
    [
        ("a/c.md", "link"),
        ("a/b.md#be", "anchor"),
        ("a/b.md#twice-1", "anchor"),
        ("#nowhere", "anchor"),
        ("../README.md", "link"),
        ("a/gone.png", "link"),
        ("/b.md", "link"),
    ],
)
def test_wrong_links_are_found(tmp_path: Path, link: str, rule: str) -> None:
    """A link to nothing, to an anchor that is not made, or out of the site is a finding."""
    assert missing(tmp_path, SITE | {"docs/index.md": f"# Home\n\n[x]({link})\n"}) == [f"{rule} {link}"]


def test_references_are_judged_once_where_they_are_defined(tmp_path: Path) -> None:
    """Two uses of one definition are one finding; a use without a definition is one, too."""
    page = "[x][d] and [y][d] and [z][e]\n\n[d]: gone.md\n"
    assert missing(tmp_path, {"README.md": page}) == ["link e", "link gone.md"]


def test_outside_the_site_the_repository_counts(tmp_path: Path) -> None:
    """README.md links into any folder, and its anchors are GitHub's."""
    page = "# My Page!\n\n# My Page!\n\n[a](docs/a/b.md#twice-1) [b](#my-page-1) [c](../../issues)\n"
    assert missing(tmp_path, {"README.md": page, "docs/a/b.md": "# Twice\n\n# Twice\n"}) == []


def test_overlays_are_part_of_the_site(tmp_path: Path) -> None:
    """A generated page counts as if it stood in docs_dir; as long as it is not built, nothing is said."""
    config = 'docs_dir = "docs"\noverlays = ["build/pages"]\n'
    files = {"docref.toml": config, "docs/a.md": "[x](ref/c.md#see) [y](ref/d.md)\n", ".gitignore": "build/\n"}
    assert outcomes(tmp_path, files)["ref/c.md#see"] is Outcome.UNKNOWN
    assert missing(tmp_path, files | {"build/pages/ref/c.md": "# See\n\n[back](../a.md)\n"}) == ["link ref/d.md"]


def test_an_inclusion_is_a_path(tmp_path: Path) -> None:
    """A file that is included must be there, from the root or beside the page."""
    page = '--8<-- "parts/a.md"\n\n--8<-- "parts/b.md"\n'
    assert missing(tmp_path, {"docs/x.md": page, "parts/a.md": "x"}) == ["path parts/b.md"]


def test_an_ignored_block_is_left_alone(tmp_path: Path) -> None:
    """What stands after the comment is not judged; what stands after that is."""
    page = "<!-- docref: ignore -->\n[x](gone.md)\n\n[y](lost.md)\n"
    assert missing(tmp_path, {"README.md": page}) == ["link lost.md"]


def test_an_anchor_of_a_python_name_is_no_crash(tmp_path: Path) -> None:
    """A page that documents a package has the package's own name as an anchor."""
    files = {"docref.toml": 'docs_dir = "docs"\n', "src/pkg/__init__.py": "", "docs/api.md": "::: pkg\n"}
    assert missing(tmp_path, files | {"docs/x.md": "[a](api.md#pkg)\n"}, "link", "anchor") == []


def test_an_anchor_of_a_part_that_the_site_includes(tmp_path: Path) -> None:
    """A heading's own id in an included part is an anchor of the page; the slug that it replaces is none."""
    files = {
        "mkdocs.yml": "site_name: x\n",
        "docref.toml": 'includes = ["parts"]\n',
        "docs/index.md": "[a](page.md#own) [b](page.md#a-part) [c](page.md#other-part)\n",
        "docs/page.md": '# Page\n\n--8<-- "part.md"\n',
        "parts/part.md": "## A part { #own }\n\n## Other part\n",
    }
    assert missing(tmp_path, files) == ["anchor page.md#a-part"]
