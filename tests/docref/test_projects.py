"""Where programs and packages of a repository are declared: every way to say so in a Python project."""

from __future__ import annotations

from pathlib import Path

import pytest
from repositories import missing

PROGRAM = "import argparse\ndef main():\n    p = argparse.ArgumentParser()\n    p.add_argument('--good')\n    p.parse_args()\n"

DECLARED = {
    "project": {"pyproject.toml": '[project.scripts]\ntool = "app.run:main"\n'},
    "poetry": {"pyproject.toml": '[tool.poetry.scripts]\ntool = "app.run:main"\n'},
    "poetry's table": {
        "pyproject.toml": '[tool.poetry.scripts]\ntool = {reference = "app.run:main", type = "console"}\n'
    },
    "setup.cfg": {"setup.cfg": "[options.entry_points]\nconsole_scripts =\n    tool = app.run:main [extra]\n"},
    "setup.py": {
        "setup.py": "from setuptools import setup\nsetup(entry_points={'console_scripts': ['tool=app.run:main']})\n"
    },
    "setup.py's text": {"setup.py": "E = {'console_scripts': '''\n  tool = app.run:main\n'''}\n"},
}


@pytest.mark.parametrize("way", DECLARED)
@pytest.mark.parametrize("folder", ["", "src/"])
def test_a_program_is_known_however_it_is_declared(tmp_path: Path, way: str, folder: str) -> None:
    """Its options are read from the source that the declaration names."""
    files = {f"{folder}app/__init__.py": "", f"{folder}app/run.py": PROGRAM, "README.md": "`tool --good x --bad`\n"}
    assert missing(tmp_path, DECLARED[way] | files, "flag") == ["flag --bad"]


@pytest.mark.parametrize("name", ["pyproject.toml", "setup.cfg", "setup.py"])
@pytest.mark.parametrize(
    "text", ["[", "= (", "console_scripts", "[project]\nscripts = 3\n", "{'console_scripts': 3}\n", "\0"]
)
def test_a_broken_declaration_is_none(tmp_path: Path, name: str, text: str) -> None:
    """A declaration that cannot be read declares nothing, and stops nothing."""
    (tmp_path / "docref.toml").write_text("")
    assert missing(tmp_path, {name: text, "README.md": "`tool --bad x`, `gone.py`\n"}) == ["path gone.py"]


def test_projects_inside_a_repository(tmp_path: Path) -> None:
    """Programs and packages of a project in a folder are the repository's; a project that is a package is one."""
    files = {
        "packages/one/pyproject.toml": '[project.scripts]\ntool = "app.run:main"\n',
        "packages/one/src/app/__init__.py": "",
        "packages/one/src/app/run.py": "from . import part\n" + PROGRAM,
        "packages/one/src/app/part.py": "def here(): ...\n",
        "src/whole/pyproject.toml": '[project]\nname = "whole"\n',
        "src/whole/__init__.py": "",
        "src/whole/part.py": "",
        "README.md": "`tool --bad x`, `app.run.part.here`, `app.run.part.gone`, `whole.part.gone`, `part.gone`\n",
    }
    assert missing(tmp_path, files, "flag", "python") == [
        "flag --bad",
        "python app.run.part.gone",
        "python whole.part.gone",
    ]
