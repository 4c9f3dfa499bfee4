"""What the pages name is renamed or deleted, at random: the check names each left-over line, or the page follows."""

import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath

import mutations
import pytest

from backcourt.integrity.diagnostics import diagnostics
from docref import check, config
from docref.repository import Repository

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SEED = 20211102
BEHAVIOURS = "import pages_mode; print(pages_mode.behaviours())"
SKIPPED = {".git", ".venv", "build", "site", "demo", "node_modules", "dist", "runbook-runs", "benchmarks.tmp"}


def chosen():
    """The mutations of this run: at most 15 of a kind, so that no kind drowns the others, in a random order."""
    chance = random.Random(SEED)
    found = []
    for kind in mutations.KINDS:
        candidates = list(kind(ROOT))
        found += chance.sample(candidates, min(15, len(candidates)))
    chance.shuffle(found)
    return found


MUTATIONS = chosen()


def python(tree, code):
    """What a Python program prints that sees the tree's sources and generators instead of the installed ones."""
    path = os.pathsep.join(str(tree / folder) for folder in ("docs/_build", "src"))
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return run.stdout


@pytest.fixture(scope="module")
def intact(tmp_path_factory):
    """A copy of the repository with its generated pages; runbooks stand there unexecuted, queries without answers."""
    tree = tmp_path_factory.mktemp("intact") / "repository"

    def left_out(_, names):
        return [n for n in names if n in SKIPPED or n.endswith(("cache", "cache__", ".egg-info"))]

    shutil.copytree(ROOT, tree, ignore=left_out)
    python(tree, "import generate; from pathlib import Path; from markup import ROOT; "
                 "generate.generate(ROOT / 'build', with_demo=False)")  # fmt: skip
    (tree / "build/pages/runbooks").mkdir()
    for notebook in (tree / "runbooks").glob("*.ipynb"):
        shutil.copy(notebook, tree / "build/pages/runbooks")
    sections = "".join(f"### {query.title} {{ #{query.name} }}\n\n" for query in diagnostics())
    (tree / "build/parts/queries.md").write_text(sections)
    for page in (tree / "docs").glob("*.md"):
        for name in re.findall(r'^--8<-- "([\w-]+\.txt)"$', page.read_text(), re.MULTILINE):
            if not (tree / "build/parts" / name).exists():
                (tree / "build/parts" / name).write_text("what a command prints\n")
    return tree


def findings(tree):
    """What the findings in what people write speak of, by page and line."""
    settings = config.load(tree)
    repository = Repository(tree, settings)
    pages = [page for page in repository.pages() if page.suffix in {".md", ".ipynb"}]
    report = check.check(repository, [PurePosixPath(page) for page in pages])
    found = {}
    for each in report.findings:
        found.setdefault((each.path.as_posix(), each.line), []).append(f"{each.ref} {each.message}")
    return found


def test_the_intact_repository_is_silent(intact):
    """Before any mutation there is no finding, so that a finding after one comes from it."""
    assert findings(intact) == {}


def test_there_are_at_least_a_hundred_mutations_of_every_kind():
    """The sample is as large as promised, and no kind is empty."""
    assert len(MUTATIONS) >= 100
    assert {m.kind for m in MUTATIONS} == {
        "flag", "subcommand", "file", "heading", "parameter", "function", "column", "behaviour",
    }  # fmt: skip


@pytest.fixture(scope="module")
def checked(intact, tmp_path_factory):
    """Gives for a mutation what is found after it, and the part that is generated from the behaviours.

    Mutations that cannot be taken for one another are made in one tree and judged by one check.
    """
    done = {}

    def check_of(mutation):
        if mutation not in done:
            (batch,) = (batch for batch in mutations.together(MUTATIONS) if mutation in batch)
            tree = tmp_path_factory.mktemp("mutated") / "repository"
            shutil.copytree(intact, tree)
            for each in batch:
                each.apply(tree)
            after = python(tree, BEHAVIOURS) if any(each.follows for each in batch) else ""
            if after:
                (tree / "build/parts/behaviours.md").write_text(after)
            done.update(dict.fromkeys(batch, (findings(tree), after)))
            shutil.rmtree(tree)
        return done[mutation]

    return check_of


@pytest.fixture(scope="module")
def behaviours(intact):
    """The part that is generated from the behaviours, before any mutation."""
    return python(intact, BEHAVIOURS)


def test_what_is_checked_together_can_be_told_apart():
    """No line is waited for by two mutations of a check, or stands in a file that another one changes."""
    batches = mutations.together(MUTATIONS)
    assert sorted(map(str, MUTATIONS)) == sorted(str(each) for batch in batches for each in batch)
    for batch in batches:
        lines = [place for each in batch for place in set(each.places)]
        assert len(lines) == len(set(lines))
        for each in batch:
            others = {other.path for other in batch if other is not each}
            assert not others & {page for page, _ in each.places}


@pytest.mark.parametrize("mutation", MUTATIONS, ids=str)
def test_a_mutation_is_found_or_followed(checked, behaviours, mutation):
    """Each line that names what went is a finding; a page generated from it says the new name instead of the old."""
    found, after = checked(mutation)
    if mutation.follows:
        assert mutation.follows in behaviours
        assert mutation.follows not in after
    missed = {place for place in mutation.places if not any(mutation.word in said for said in found.get(place, ()))}
    assert not missed, f"not found: {sorted(missed)}; found: {found}"
    assert mutation.places or mutation.follows
