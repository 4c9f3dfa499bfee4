"""What the files around the code promise: the lock file, the hooks before a commit, and the Pythons that are tried."""

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
