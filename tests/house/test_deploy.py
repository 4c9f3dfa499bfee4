"""The files that set up a nightly run on Google Cloud: they can be carried out as they are."""

import os
import re
import stat
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from backcourt.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "deploy"
PAGE = (ROOT / "docs" / "bigquery.md").read_text(encoding="utf-8")
SCRIPT = (FOLDER / "set-up.sh").read_text(encoding="utf-8")
GCLOUD = """#!{python}
import os, pathlib, sys
folder = pathlib.Path(os.environ["CALLS"])
with (folder / "calls.txt").open("a") as calls:
    calls.write(" ".join(sys.argv[1:]) + "\\n")
if sys.argv[1:4] == ["run", "jobs", "replace"]:
    (folder / "job.yaml").write_text(pathlib.Path(sys.argv[4]).read_text())
sys.exit(1 if "describe" in sys.argv and not os.environ.get("MADE") else 0)
"""
"""A gcloud that writes down how it was called; what it is asked about is there if MADE says so."""


@pytest.fixture(scope="module")
def job():
    """The Cloud Run job as data."""
    return yaml.safe_load((FOLDER / "nightly-job.yaml").read_text(encoding="utf-8"))


def container(job):
    """Its one container."""
    (found,) = job["spec"]["template"]["spec"]["template"]["spec"]["containers"]
    return found


def test_the_job_runs_a_command_that_there_is(job, tmp_path):
    """The program takes the command line as it is, and stops only because there is no such warehouse."""
    done = subprocess.run(
        [sys.executable, "-m", "backcourt", *container(job)["args"]],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "BACKCOURT_WAREHOUSE": "nowhere.duckdb"},
    )
    assert done.returncode == 2
    assert "nowhere.duckdb" in done.stderr


def test_the_job_names_settings_that_there_are(job):
    """Every variable is a setting's, and none of them is a secret."""
    known = {f"BACKCOURT_{field.name.upper()}" for field in fields(Settings)}
    assert {variable["name"] for variable in container(job)["env"]} <= known


def roles(text):
    """The roles that a text names, as the console calls them."""
    return {
        "".join(word.title() for word in re.findall("[A-Z]?[a-z]+", role))
        for role in re.findall(r"roles/bigquery\.(\w+)", text)
    }


def test_the_page_names_the_roles_that_the_script_grants():
    """What is granted stands on the page, and the other way round."""
    (table,) = re.findall(r"\| who \| roles.*?\n\n", PAGE, re.DOTALL)
    said = {name.replace(" ", "") for name in re.findall(r"BigQuery((?: [A-Z][a-z]+)+)", table)}
    assert said == roles(SCRIPT) | roles("roles/bigquery.dataEditor")


def set_up(tmp_path, **variables):
    """The finished script, with a gcloud that only writes its calls down."""
    command = tmp_path / "bin" / "gcloud"
    if not command.exists():
        command.parent.mkdir()
        command.write_text(GCLOUD.format(python=sys.executable))
        command.chmod(command.stat().st_mode | stat.S_IXUSR)
    env = {"PATH": f"{command.parent}:{os.environ['PATH']}", "CALLS": str(tmp_path), **variables}
    return subprocess.run(
        ["bash", str(FOLDER / "set-up.sh")], env=env, capture_output=True, text=True, check=False, cwd=tmp_path
    )


def calls(tmp_path):
    """What gcloud was called with."""
    return (tmp_path / "calls.txt").read_text().splitlines()


def test_the_script_sets_everything_up_once(tmp_path):
    """Two identities, the image, the job and its schedule are made once; the job has the project's own names in it."""
    assert set_up(tmp_path, PROJECT="my-project").returncode == 0
    first = calls(tmp_path)
    made = [line for line in first if " create " in line]
    assert [line.split(" create ")[0] for line in made] == [
        "iam service-accounts", "iam service-accounts", "artifacts repositories", "scheduler jobs",
    ]  # fmt: skip
    job = yaml.safe_load((tmp_path / "job.yaml").read_text())
    assert container(job)["env"][0]["value"] == "bigquery://my-project"
    assert container(job)["image"] == "us-central1-docker.pkg.dev/my-project/backcourt/backcourt:latest"
    account = job["spec"]["template"]["spec"]["template"]["spec"]["serviceAccountName"]
    assert any(line.startswith("projects add-iam-policy-binding") and account in line for line in first)
    assert set_up(tmp_path, PROJECT="my-project", MADE="1").returncode == 0
    again = calls(tmp_path)[len(first) :]
    assert [line for line in again if " create " in line] == []


def test_the_script_asks_for_the_project(tmp_path):
    """Without one it says how to name it, and calls nothing."""
    done = set_up(tmp_path)
    assert done.returncode != 0
    assert "name the project: PROJECT=my-project" in done.stderr
    assert not (tmp_path / "calls.txt").exists()


def test_cloud_build_makes_what_the_script_names():
    """The image of the substitution is built from the Containerfile beside it, and kept."""
    build = yaml.safe_load((FOLDER / "cloud-build.yaml").read_text(encoding="utf-8"))
    (step,) = build["steps"]
    assert (ROOT / step["args"][step["args"].index("--file") + 1]).is_file()
    assert build["images"] == ["${_IMAGE}"]
    assert "_IMAGE=$IMAGE" in SCRIPT


@pytest.mark.slow
def test_the_steps_of_the_image_work(tmp_path):
    """What it copies is there, and its steps, carried out in a clean folder, end with a program that has its client."""
    image = tmp_path / "image"
    lines = (FOLDER / "Containerfile").read_text(encoding="utf-8").splitlines()
    here = {"/source": str(image / "source"), "/opt/backcourt": str(image / "backcourt")}
    steps = [line.split(maxsplit=1) for line in lines if line.startswith(("COPY", "RUN"))]
    kept = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    for kind, words in steps:
        if "useradd" in words:
            continue
        for place, own in here.items():
            words = re.sub(rf"(?<![\w.]){place}", own, words)  # noqa: PLW2901 - the same words, elsewhere
        if kind == "COPY":
            *sources, target = words.split()
            Path(target).mkdir(parents=True, exist_ok=True)
            words = f"cp -r {' '.join(f'{source}/.' if (ROOT / source).is_dir() else source for source in sources)} {target}"  # noqa: PLW2901
        done = subprocess.run(words, shell=True, cwd=ROOT, env=kept, capture_output=True, text=True, check=False)  # noqa: S602
        assert done.returncode == 0, f"{words}\n{done.stderr}"
    python = image / "backcourt" / "bin" / "python"
    found = subprocess.run(
        [python, "-c", "import google.cloud.bigquery, backcourt; print(backcourt.__file__)"],
        env=kept, cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert str(image) in found.stdout
