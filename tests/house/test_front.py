"""The front for programs: what `import backcourt` offers, that it is documented, typed, and imported only when used."""

import re
import subprocess
import sys
import zipfile
from importlib import import_module
from pathlib import Path

import griffe
import pytest

import backcourt

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "python.md"


@pytest.fixture(scope="module")
def declared():
    """The package as a type checker or the site sees it: each public name with the path of what it stands for."""
    package = griffe.load("backcourt", search_paths=[ROOT / "src"], submodules=False)
    return {name: member.target_path for name, member in package.members.items() if name in backcourt.__all__}


def test_the_front_is_the_reference_page_both_ways():
    """Each public name is on the page once, and the page documents nothing else."""
    documented = re.findall(r"^::: backcourt\.(\S+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(documented) == sorted(backcourt.__all__)


def test_every_public_name_leads_to_one_documented_object(declared):
    """At run time a name is the object that the declaration for type checkers says, and it has a docstring."""
    assert sorted(declared) == sorted(backcourt.__all__) == sorted(set(backcourt.__all__))
    for name, path in declared.items():
        module, _, attribute = path.rpartition(".")
        found = getattr(backcourt, name)
        assert found is getattr(import_module(module), attribute)
        assert attribute == name
        assert found.__doc__
        assert name in dir(backcourt)


def test_an_unknown_name_is_an_attribute_error():
    """A name that is not public is not there, as in any module."""
    with pytest.raises(AttributeError, match="module 'backcourt' has no attribute 'no_such_name'"):
        backcourt.no_such_name  # type: ignore[attr-defined]  # noqa: B018


def test_importing_the_package_imports_nothing_of_it():
    """Names are imported when they are first used, so that the command starts fast."""
    code = "import sys, backcourt; print([n for n in sys.modules if n.startswith(('backcourt.', 'duckdb', 'pyarrow'))])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_example_on_the_page_uses_what_is_there():
    """Each name of `backcourt` that the page's example uses is public."""
    example = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[1]
    used = set(re.findall(r"backcourt\.(\w+)", example))
    assert used
    assert used - set(backcourt.__all__) == set()


@pytest.mark.parametrize("package", ["backcourt", "docref"])
def test_types_are_shipped(package):
    """The marker that makes type checkers read the annotations lies in the package, so in its wheel."""
    assert (ROOT / "src" / package / "py.typed").read_bytes() == b""


@pytest.mark.slow
def test_the_wheel_holds_the_whole_package(tmp_path):
    """Modules, SQL files, data and the marker of types: what is in the checkout's package is in the wheel."""
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), str(ROOT))
    subprocess.run(pip, check=True, cwd=tmp_path)
    (wheel,) = tmp_path.glob("backcourt-*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    source = ROOT / "src"
    found = [path for path in (source / "backcourt").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    files = [path for path in found if path.name != ".sqlfluff"]  # how the checkout is linted
    assert len(files) > 300
    assert {path.relative_to(source).as_posix() for path in files} - held == set()
    notebooks = {f"backcourt/runbooks/notebooks/{path.name}" for path in (ROOT / "runbooks").glob("*.ipynb")}
    assert notebooks - held == set()
