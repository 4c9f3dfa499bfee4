"""The command: what it prints and how it exits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from repositories import write

from docref.cli import main
from docref.rules import RULES


def test_a_finding_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Path, line, column, rule, message and the nearest name; then the counts; exit 1."""
    write(tmp_path, {"README.md": "See\n`runn.py`.\n", "run.py": ""})
    assert main(["check", "--root", str(tmp_path)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "README.md:2:2: path: no file or folder 'runn.py' (nearest: 'run.py')",
        "1 finding in 1 page: 1 reference checked, 0 skipped, 0 not judged",
    ]


def test_a_page_that_is_not_read_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A page that is too large is no finding, and the text says which one it is."""
    with (tmp_path / "README.md").open("wb") as file:
        file.truncate(50_000_000)
    assert main(["check", "--root", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "README.md: not judged: too large, or not text",
        "0 findings in 1 page: 0 references checked, 0 skipped, 1 not judged",
    ]


def test_a_good_repository_exits_with_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is printed but the counts, and with --quiet nothing at all."""
    write(tmp_path, {"README.md": "`run.py`\n", "run.py": ""})
    assert main(["check", "--root", str(tmp_path), "--quiet"]) == 0
    assert capsys.readouterr().out == ""


def test_json_holds_findings_and_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same as an object for programs."""
    write(tmp_path, {"README.md": "`runn.py` `DIR/x.py`\n", "run.py": ""})
    assert main(["check", "--root", str(tmp_path), "--format", "json"]) == 1
    expected = {
        "findings": [
            {
                "path": "README.md",
                "line": 1,
                "column": 2,
                "rule": "path",
                "ref": "runn.py",
                "message": "no file or folder 'runn.py'",
                "suggestion": "run.py",
            }
        ],
        "counts": {"path": {"checked": 1, "skipped": 1, "not_judged": 0}},
    }
    assert json.loads(capsys.readouterr().out) == expected


def test_rules_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """Every rule has its line."""
    assert main(["rules"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(RULES)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "--rule", "colum"], "docref: no rule 'colum' (nearest: 'column')"),
        (["check", "REDME.md"], "docref: no page or folder 'REDME.md' (nearest: 'README.md')"),
        (["check", "--config", "bad.toml"], "docref: bad.toml: unknown key 'page' (nearest: 'pages')"),
        (["check", "--config", "type.toml"], "docref: type.toml: pages must be a list of strings"),
        (
            ["check", "--config", "schema.toml"],
            "docref: gone.json: no such file; the configuration names it as schema or vocabulary",
        ),
        (["check", "--root", "nowhere"], "docref: --root: no folder 'nowhere'"),
        (["check", "--site", "nowhere"], "docref: --site: no folder 'nowhere'"),
        (["check", "--nope"], "docref: unrecognized arguments: --nope"),
    ],
)
def test_wrong_use_is_one_line_and_2(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    """Wrong use names what was wrong, and the nearest right one."""
    write(tmp_path, {"README.md": "", "bad.toml": 'page = ["x"]\n', "type.toml": "pages = 1\n"})
    write(tmp_path, {"schema.toml": 'schema = ["gone.json"]\n', "docs/x.md": "`a_b`\n"})
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert capsys.readouterr().err.splitlines() == [message]


def test_paths_can_be_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only the named pages and the pages of the named folders are checked."""
    write(tmp_path, {"README.md": "`a/b.py`\n", "docs/x.md": "[](gone.md)\n"})
    assert main(["check", "--root", str(tmp_path), "docs", "--quiet"]) == 1
    assert capsys.readouterr().out == "docs/x.md:1:1: link: no file or folder 'docs/gone.md'\n"


def test_one_rule_can_be_asked(tmp_path: Path) -> None:
    """With --rule, findings of the others do not count."""
    write(tmp_path, {"README.md": "[](gone.md)\n"})
    assert main(["check", "--root", str(tmp_path), "--rule", "path", "--quiet"]) == 0
