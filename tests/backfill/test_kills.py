"""A command that is killed, loses its connection or its disk at any instant ends, run again, as an undisturbed one.

Every command that writes is tried. BACKCOURT_TRIALS sets how many trials there are in all, a few without it, and
BACKCOURT_KILLS how often each is killed at most before the command is left to end.
"""

import itertools
import random
import re
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from forked import Forks
from once import once
from state import contents, differences
from worlds import SPAN, World, build, kills_each, trials
from writers import SCENARIOS, begin

pytestmark = pytest.mark.slow
TRIALS, KILLS_EACH = trials(4), kills_each(2)
_LATER = re.compile(r'"(run_id|seconds|\w*_at|since|warehouse|path)":[^,}\]]*|\b[0-9a-f]{12}\b|\d+\.\d+ hours')
_LEFT_BEHIND = re.compile(r'"locks": \[[^\]]*"live": false[^\]]*\]')
"""The locks of a process that was killed, if what came after it had nothing to write."""


@pytest.fixture(scope="module")
def forks(tmp_path_factory):
    """Runs commands."""
    with Forks(tmp_path_factory.mktemp("forks")) as client:
        yield client


@pytest.fixture(scope="module")
def world(simulated_warehouse, tmp_path_factory, forks):
    """Every beginning."""
    season = Path(simulated_warehouse).with_name("season")
    return World(forks, once(tmp_path_factory, "world", lambda folder: build(season, folder)).parent)


@dataclass(frozen=True)
class Twin:
    """What the undisturbed command leaves."""

    folder: Path
    codes: tuple
    moments: int
    seconds: float
    verdicts: list
    words: tuple
    env: dict


def files(folder):
    """What lies in a folder beside the warehouse, and its bytes.

    Left out is what a killed process leaves for the next writer: the engine's log, what it was doing. What commands say
    of it is compared.
    """
    left = ("w.duckdb*",)
    found = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    # A notebook and a report say how long it took, and what was left to do.
    found |= {name: b"" for name in found if name.endswith((".ipynb", ".html"))}
    return {name: data for name, data in found.items() if not any(Path(name).match(each) for each in left)}


def verdicts(world, path, now):
    """What the validators say, without times and run ids; the gaps are in what is said of the range."""
    words = ("--warehouse", "w.duckdb", "--json")
    ended = world.forks.run(
        ["validate", "range", *SPAN, *words],
        ["status", *words],
        ["names", "health", *words],
        ["quarantine", "list", *words],
        cwd=path.parent,
        now=now,
    )
    said = (_LEFT_BEHIND.sub('"locks": []', _LATER.sub("", text)) for text in ended.out)
    return [*zip(ended.codes, said, strict=True)]


@pytest.fixture(scope="module")
def twins(world, tmp_path_factory):
    """The undisturbed command of each scenario, when it is first wanted."""
    found = {}
    with ExitStack() as stack:

        def twin(scenario):
            if scenario.name not in found:
                folder = tmp_path_factory.mktemp("twins") / "twin"
                path = begin(world, scenario, folder)
                words = scenario.words(world, folder)
                env = scenario.env(stack) if scenario.env else {}
                ended = world.command(path, *words, now=scenario.now, env=env)
                assert set(ended.codes) <= {0, 1}, (words, ended.err)
                assert ended.moments, words
                said = verdicts(world, path, scenario.now)
                found[scenario.name] = Twin(folder, ended.codes, ended.moments, ended.seconds, said, words, env)
            return found[scenario.name]

        yield twin


def chosen(count):
    """The scenarios of so many kills, each as often as it says."""
    rounds = itertools.cycle([scenario for scenario in SCENARIOS for _ in range(scenario.often)])
    first = ("run", "load season", "names correct", "runbook gap-recovery")
    once_each = sorted(SCENARIOS, key=lambda each: first.index(each.name) if each.name in first else len(first))
    return [*once_each, *itertools.islice(rounds, max(count - len(once_each), 0))][:count]


@pytest.mark.parametrize(
    ("number", "scenario"), [*enumerate(chosen(TRIALS))], ids=lambda value: getattr(value, "name", value)
)
def test_a_killed_command_run_again_ends_like_a_quiet_one(world, twins, tmp_path, number, scenario):
    """Killed at a statement, inside a commit or at the change of a file, once or twice: the same rows and verdicts."""
    twin = twins(scenario)
    chance = random.Random(20211019 + number)
    folder = tmp_path / "trial"
    path = begin(world, scenario, folder)
    story = []
    for _ in range(chance.randint(1, KILLS_EACH)):
        moment = chance.randint(1, twin.moments)
        when = f"seconds:{chance.uniform(0, twin.seconds):.2f}" if scenario.clock else f"statement:{moment}"
        ended = world.command(path, *twin.words, now=scenario.now, env=twin.env, disturbance=when)
        story.append((when, "killed" if ended.killed else ended.codes))
    last = world.command(path, *twin.words, now=scenario.now, env=twin.env)
    told = f"{scenario.name} {story} of {twin.moments}: {last.codes} {last.err[-600:]}"
    # What it does not know to be undone is no problem of the second time.
    assert last.codes in {twin.codes, (0,)}, told
    more = differences(path, twin.folder / "w.duckdb", times=not scenario.clock)
    assert not more, "\n".join([told, *more])
    assert files(folder) == files(twin.folder), told
    said = verdicts(world, path, scenario.now)
    assert said == twin.verdicts, "\n".join([told, *map(str, set(said) ^ set(twin.verdicts))])


RUN = next(scenario for scenario in SCENARIOS if scenario.name == "run")


@pytest.mark.parametrize("statement", [120])
def test_a_lost_connection_leaves_what_was_published_and_resumes(world, twins, tmp_path, statement):
    """The connection is gone at some statement: one line, exit 2, and the next run ends as a quiet one does."""
    twin = twins(RUN)
    path = begin(world, RUN, tmp_path / "trial")
    broken = world.command(path, *twin.words, disturbance=f"lost:{statement}")
    assert broken.codes == (2,), broken.err
    assert "the disk does not give it back as it was written" in broken.err.splitlines()[-1]
    assert "Traceback" not in broken.err
    assert world.command(path, *twin.words).codes == twin.codes
    assert contents(path) == contents(twin.folder / "w.duckdb")


def test_a_full_disk_changes_nothing_half_and_resumes(world, twins, tmp_path):
    """No room for the warehouse to grow: a line that says so, exit 2; with room again the result is exact."""
    twin = twins(RUN)
    path = begin(world, RUN, tmp_path / "trial")
    broken = world.command(path, *twin.words, disturbance=f"full:{path.stat().st_size + 1_500_000}")
    assert broken.codes == (2,), broken.err
    assert "the disk is full" in broken.err
    assert "Traceback" not in broken.err
    assert world.command(path, *twin.words).codes == twin.codes
    assert contents(path) == contents(twin.folder / "w.duckdb")
