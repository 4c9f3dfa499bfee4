"""Paths in code, fences and labels."""

from __future__ import annotations

from pathlib import Path

import pytest
from repositories import missing, outcomes

from docref.model import Outcome

FILES = {
    "src/app/run.py": 'CONFIG = "app.toml"\n',
    "src/app/deep/part.sql": "",
    "docs/a.md": "",
    "Makefile": "",
    ".gitignore": "build/\n*.duckdb\n",
    "tests/test_x.py": "def test_a(): ...\n",
}


@pytest.mark.parametrize(
    "ref",
    [
        "src/app/run.py",
        "src/app/",
        "src/app",
        "run.py",
        "app/run.py",
        "deep/",
        "./src/app/run.py",
        "docs/*.md",
        "src/**/*.sql",
        "part.sql",
        "Makefile",
        "tests/test_x.py::test_a",
        "docs/a.md#x",
        "src/app/{run,run}.py",
    ],
)
def test_what_exists_is_silent(tmp_path: Path, ref: str) -> None:
    """From the root, from the page, by the end of a path, by a pattern: it exists."""
    assert missing(tmp_path, FILES | {"README.md": f"See `{ref}`.\n"}) == []


@pytest.mark.parametrize(
    "ref",
    [
        "src/app/rum.py",
        "src/apps/",
        "rum.py",
        "app/rum.py",
        "src/app/rum",
        "./rum",
        "docs/*.rst",
        "src/**/*.md",
        "src/app/{run,rum}.py",
        "games.csv",
        "SETUP.md",
    ],
)
def test_what_does_not_exist_is_found(tmp_path: Path, ref: str) -> None:
    """Whatever looks like a path of the repository and is not there is a finding."""
    assert missing(tmp_path, FILES | {"README.md": f"See `{ref}`.\n"}) == [f"path {ref}"]


@pytest.mark.parametrize(
    "ref",
    [
        "DIR/x.parquet",
        "NAME.sql",
        "path/to/x.py",
        "<name>.py",
        "{run}.py",
        "$HOME/x.py",
        "~/.bashrc",
        ".venv/bin/",
        "/etc/hosts.txt",
        "x.duckdb",
        "build/pages/x.md",
        "app.toml",
        "https://a.b/c.md",
        "github.com/a/b.md",
        "your-file.csv",
        "data/…/x.csv",
    ],
)
def test_what_is_not_the_repositorys_is_skipped(tmp_path: Path, ref: str) -> None:
    """Placeholders, outputs, foreign files and URLs are no findings, and do not count as checked."""
    found = outcomes(tmp_path, FILES | {"README.md": f"See `{ref}`.\n"}, "path")
    assert set(found.values()) <= {Outcome.SKIPPED}


@pytest.mark.parametrize(
    "text",
    [
        "and/or",
        "application/json",
        "1/2",
        "origin/main",
        "a.b",
        "np.csv",
        "duckdb.sql",
        "pyarrow.parquet",
        ".csv",
        "*.py",
        "key=a/b.py",
        "2021/22",
        "[a-z]+/x",
    ],
)
def test_what_is_no_path_is_not_judged(tmp_path: Path, text: str) -> None:
    """A slash or a dot alone makes no path."""
    assert outcomes(tmp_path, FILES | {"README.md": f"See `{text}`.\n"}, "path") == {}


def test_fences_are_read_with_places(tmp_path: Path) -> None:
    """A script that a shell line runs must be there; what a line writes is known afterwards."""
    page = "```bash\ncd x\npython src/app/rum.py > out.csv\n```\n\nThen `out.csv`.\n"
    from repositories import report

    [finding] = report(tmp_path, FILES | {"README.md": page}).findings
    assert (finding.ref, finding.line, finding.column) == ("src/app/rum.py", 3, 8)
    assert finding.suggestion == "src/app/run.py"


def test_a_tree_is_read(tmp_path: Path) -> None:
    """The names in a drawing of folders must exist."""
    page = "```\nsrc/\n└── app/\n    ├── run.py\n    └── rum.py\n```\n"
    assert missing(tmp_path, FILES | {"README.md": page}) == ["path rum.py"]


def test_configured_outputs_are_skipped(tmp_path: Path) -> None:
    """What the configuration calls an output is none of the repository's files."""
    config = {"docref.toml": 'outputs = ["made/**"]\n', "README.md": "`made/x.csv` and `made/`\n"}
    assert missing(tmp_path, config) == []


def test_an_excused_finding_is_none(tmp_path: Path) -> None:
    """The configuration can excuse a finding, with a reason."""
    config = '[[ignore]]\nrule = "path"\nref = "gone.*"\nreason = "history"\n'
    assert missing(tmp_path, {"docref.toml": config, "README.md": "`gone.py` `lost.py`\n"}) == ["path lost.py"]


def test_history_may_name_what_is_gone(tmp_path: Path) -> None:
    """A changelog is judged above its first version; below, its links only."""
    page = "# Changes\n\n## Unreleased\n\n`gone.py`\n\n## 0.1.0\n\n`lost.py` [x](lost.md)\n"
    assert missing(tmp_path, {"CHANGELOG.md": page}) == ["path gone.py", "link lost.md"]
