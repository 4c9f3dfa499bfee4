"""docref as a wheel of its own: light, complete, and independent of backcourt."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SOURCE = Path(__file__).parents[2] / "src" / "docref"
LIMIT = 15_000_000
"""Bytes that the wheel and everything it needs may take."""


def run(*command, cwd):
    """The finished process of a command, outside any environment that would lend it packages."""
    kept = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    return subprocess.run(command, cwd=cwd, env=kept, capture_output=True, text=True, check=False, timeout=300)


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """The Python of an environment that holds docref's wheel and its dependencies alone."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps")
    built = run(*pip, "--wheel-dir", "dist", str(SOURCE), cwd=folder)
    assert built.returncode == 0, built.stderr
    (wheel,) = (folder / "dist").glob("docref-*.whl")
    venv.create(folder / "env", with_pip=True)
    python = folder / "env" / "bin" / "python"
    before = _size(folder / "env")
    installed = run(str(python), "-m", "pip", "install", "--quiet", "--no-compile", str(wheel), cwd=folder)
    assert installed.returncode == 0, installed.stderr
    return python, _size(folder / "env") - before


def _size(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def test_the_wheel_and_its_dependencies_are_small(clean):
    """Docref with everything it needs adds less than 15 MB to a clean environment."""
    _, size = clean
    assert 500_000 < size < LIMIT


def test_the_installed_command_finds_what_is_missing(clean, tmp_path):
    """Outside this repository the command judges links, files, commands and SQL, and leaves with 1 and 0."""
    python, _ = clean
    (tmp_path / "README.md").write_text("Run `tool.py --fast`, see [more](more.md#top).\n")
    (tmp_path / "more.md").write_text("# Top\n")
    (tmp_path / "tool.py").write_text(
        "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('--fast')\n"
    )
    command = str(python.parent / "docref")
    good = run(command, "check", cwd=tmp_path)
    assert (good.returncode, good.stderr) == (0, "")
    (tmp_path / "more.md").write_text("# Bottom\n")
    bad = run(command, "check", cwd=tmp_path)
    assert bad.returncode == 1
    assert bad.stdout.startswith("README.md:1:")


def test_it_needs_nothing_of_backcourt(clean, tmp_path):
    """In that environment backcourt is not there, and no module of docref asks for it."""
    python, _ = clean
    code = (
        "import importlib, pkgutil, docref; "
        "[importlib.import_module(m.name) for m in pkgutil.walk_packages(docref.__path__, 'docref.') "
        "if m.name != 'docref.__main__']; import sys; print('backcourt' in sys.modules)"
    )
    done = run(str(python), "-c", code, cwd=tmp_path)
    assert (done.stdout, done.returncode) == ("False\n", 0), done.stderr
