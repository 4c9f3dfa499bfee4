"""What the files around the code promise: the lock file, the hooks before a commit, and the Pythons that are tried."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def project():
    """pyproject.toml as data."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def locked():
    """The lock file: each package's pins; a package may have several, for different Pythons."""
    found: dict[str, list[Requirement]] = {}
    for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines():
        pin = Requirement(line)
        found.setdefault(canonicalize_name(pin.name), []).append(pin)
    return found


def version(pin):
    """The one version that a pin names."""
    (only,) = pin.specifier
    assert only.operator == "=="
    return only.version


def test_every_requirement_has_a_pin_that_fits(project, locked):
    """Each direct requirement, of the package, an extra or a group, is pinned to a version that it admits."""
    groups = [item for group in project["dependency-groups"].values() for item in group if isinstance(item, str)]
    extras = [item for extra in project["project"]["optional-dependencies"].values() for item in extra]
    asked = [Requirement(item) for item in (*project["project"]["dependencies"], *extras, *groups)]
    assert len(asked) > 40
    for wanted in asked:
        pins = locked[canonicalize_name(wanted.name)]
        assert all(wanted.specifier.contains(version(pin)) for pin in pins), wanted


def test_the_lock_file_names_versions_and_no_place(locked):
    """Every line is one exact version of a package: it can be installed from any index."""
    assert len(locked) > 150
    for pins in locked.values():
        assert all(version(pin) and pin.url is None for pin in pins)


def test_hooks_before_a_commit_have_the_versions_of_the_lock_file(locked):
    """What ruff and codespell say before a commit is what `make lint` says later."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    revisions = {hook["id"]: repo["rev"].removeprefix("v") for repo in hooks["repos"] for hook in repo["hooks"]}
    for hook, package in (("ruff-check", "ruff"), ("ruff-format", "ruff"), ("codespell", "codespell")):
        assert [version(pin) for pin in locked[package]] == [revisions[hook]]


def test_every_python_that_is_claimed_is_tried(project):
    """The workflow runs .ci/run on exactly the versions of Python that the package's classifiers name."""
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    job = workflow["jobs"]["check"]
    claimed = re.findall(r"Python :: (3\.\d+)", "\n".join(project["project"]["classifiers"]))
    assert job["strategy"]["matrix"]["python"] == claimed
    assert any(".ci/run" in step.get("run", "") for step in job["steps"])
    assert project["project"]["requires-python"] == f">={claimed[0]}"


def test_no_public_class_name_stands_twice():
    """A class has a name of its own in all of src, so that a reader who meets it knows which one is meant."""
    places: dict[str, list[str]] = {}
    for path in sorted((ROOT / "src").rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(path.relative_to(ROOT / "src").as_posix())
    assert len(places) > 250
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


RECIPES = (
    "a processor",
    "a column to a computed table",
    "a source",
    "a command",
    "an option to `run`",
    "a check",
    "a kind of gap",
    "a runbook",
    "a docref rule",
)


@pytest.mark.parametrize("what", RECIPES)
def test_every_recipe_names_files_and_tests_that_exist(what):
    """A recipe lists files with what to write into each, and the tests that miss one; placeholders are the reader's."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    recipe = re.search(rf"^### Add {what}\n(.*?)(?=^##)", text, re.MULTILINE | re.DOTALL)[1]
    files, tests = recipe.split("\nTests: ")
    rows = re.findall(r"^\| `([^`]+)`.*\| \S.* \|$", files, re.MULTILINE)
    assert len(rows) >= 3
    named = [path for path in re.findall(r"`([\w./-]+/[\w./-]+)`", recipe) if not re.search(r"[A-Z]{4}", path)]
    assert {path for path in named if not (ROOT / path).exists()} == set()
    found = [path for path in re.findall(r"`(tests/[\w./]+)`", tests) if path in named]
    assert found
    assert all(path.endswith(".py") for path in found)


def test_the_recipes_are_the_ones_that_are_checked():
    """No recipe stands in the page that the test above does not read."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert tuple(re.findall(r"^### Add (.*)$", text, re.MULTILINE)) == RECIPES
