"""Shell text in pages: what is typed is told from what is printed, and held against the program that it calls."""

import json
import string
import time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from repositories import report

from docref.commands.words import commands

TOOL = (
    "import argparse\ndef main():\n    p = argparse.ArgumentParser()\n    p.add_argument('--level', choices=('low', 'high'))\n"
    "    s = p.add_subparsers()\n    run = s.add_parser('run')\n    run.add_argument('--fast', '-f', action='store_true')\n"
    "    run.add_argument('--name', '-n')\n    run.add_argument('file', nargs='?')\n    s.add_parser('status')\n"
    "    p.parse_args()\n"
)
NOTEBOOK = {
    "cells": [
        {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": ["day = None\n"], "outputs": []},
        {"cell_type": "code", "metadata": {}, "source": ["!tooly run --fsat\n", "x = 1"], "outputs": []},
    ],
    "metadata": {"kernelspec": {"language": "python", "name": "python3", "display_name": "p"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}
FILES = {
    "pyproject.toml": '[project]\nname = "tooly"\n[project.scripts]\ntooly = "tooly.main:main"\n'
    "[project.optional-dependencies]\nextra = []\n[dependency-groups]\ntest = []\n",
    "src/tooly/__init__.py": "",
    "src/tooly/__main__.py": "from tooly.main import main\nmain()\n",
    "src/tooly/main.py": TOOL,
    "nb.ipynb": json.dumps({**NOTEBOOK, "cells": NOTEBOOK["cells"][:1]}),
}

GOOD = [
    "$ tooly run --fast\nrunning --nothing\n$ tooly status",
    "tooly run --name=x --fast  # --comment",
    "X=1 tooly run -fn x && tooly status; tooly --level low run | sort --numeric > out.txt 2>&1",
    "tooly run \\\n  --name 'a --b c' \\\n  --fast",
    "cat <<EOF\ntooly nothing --here\nEOF\ntooly status",
    'tooly run --name "$(other --flag)" $ARGS',
    "tooly run -- --not-an-option",
    "tooly COMMAND --level LEVEL\ntooly <command>\ntooly run [--fast] [--name NAME] FILE\ntooly run ...",
    "tooly --level low|high run",
    ".venv/bin/tooly run --fast\npython -m tooly run --fast\npython3 -X dev -m tooly status",
    "git commit --amend\nls -la /tmp\nsudo tooly status\ntime tooly status",
    "papermill nb.ipynb out.ipynb -p day 2021-11-02 -k python3",
    'pip install -e ".[extra]" --group test\npip install tooly[extra] other[thing]',
    "if tooly status; then tooly run; fi",
    "uv run --with x tooly status\nuv run pytest -k a\npoetry run tooly run --fast\ndocker build -t tooly .",
    'tooly run --name "$(tooly status)" x$((1 + 2))',
]
BAD = [
    ("tooly rum --fast", 1, 7, "rum", "run"),
    ("tooly run --fsat", 1, 11, "--fsat", "--fast"),
    ("tooly run \\\n  --naem x", 2, 3, "--naem", "--name"),
    ("$ tooly run\nout --put\n$ tooly stats", 3, 9, "stats", "status"),
    ("X=1 tooly --level middle run", 1, 19, "middle", ""),
    ("tooly run a b", 1, 13, "b", ""),
    ("tolly run --fast", 1, 1, "tolly", "tooly"),
    ("sort x | tooly run -z", 1, 20, "-z", ""),
    ("python -m tooly run --fats", 1, 21, "--fats", "--fast"),
    ("python -m tooly.mane", 1, 11, "tooly.mane", ""),
    ("papermill nb.ipynb out.ipynb -p dya 2021-11-02", 1, 33, "dya", "day"),
    ("pip install -e .[extr]", 1, 16, ".[extr]", "extra"),
    ("pip install --group tests", 1, 21, "tests", "test"),
    ("uv run --with x tooly rum", 1, 23, "rum", "run"),
    ("poetry run python -m tooly rum", 1, 28, "rum", "run"),
    ("watch -n 5 tooly rum", 1, 18, "rum", "run"),
    ("sudo -E tooly rum", 1, 15, "rum", "run"),
    ("X=$(tooly rum)", 1, 11, "rum", "run"),
    ('tooly run "$(cat x | tooly rum)" --fast', 1, 28, "rum", "run"),
    ("cat <<EOF\ntooly no\nEOF\ntooly run --fsat", 4, 11, "--fsat", "--fast"),
]
RULES = ("command", "flag", "parameter")


@pytest.mark.parametrize("text", GOOD)
def test_calls_that_fit_are_silent(tmp_path, text):
    """What exists, is printed, stands for something else or belongs to another program gives no finding."""
    page = f"Words.\n\n```console\n{text}\n```\n" if text.startswith("$") else f"```bash\n{text}\n```\n"
    assert report(tmp_path, {**FILES, "README.md": page}, *RULES).findings == []


@pytest.mark.parametrize(("text", "line", "column", "ref", "near"), BAD)
def test_calls_that_do_not_fit_are_found(tmp_path, text, line, column, ref, near):
    """The wrong word is found at its line and column, with the nearest name."""
    (found,) = report(tmp_path, {**FILES, "README.md": f"# T\n\n```bash\n{text}\n```\n"}, *RULES).findings
    assert (found.line - 3, found.column, found.ref, found.suggestion) == (line, column, ref, near)


def test_spans_and_fences_without_a_language(tmp_path):
    """Inline calls and lone flags are judged where they stand; in a bare fence only lines that call a known program."""
    page = (
        "Say `tooly rum`, or `--fsat`, `--fast`, `tooly`.\n\n"
        "```\nanything --goes\ntooly run --fsat\n```\n\n```text\ntooly rum\n```\n"
    )
    found = report(tmp_path, {**FILES, "README.md": page}, *RULES).findings
    assert [(each.line, each.column, each.ref) for each in found] == [
        (1, 12, "rum"),
        (1, 22, "--fsat"),
        (5, 11, "--fsat"),
    ]


def test_a_lone_flag_of_a_foreign_program_that_the_page_calls(tmp_path):
    """A flag that the page gives to somebody else's program is that one's; the same flag given to ours is missing."""
    good = "Leave `--no-deps` out.\n\n```\npip install --no-deps x\n```\n"
    ours = "Leave `--no-deps` out.\n\n`python -m tooly run --no-deps`\n"
    assert report(tmp_path, {**FILES, "README.md": good}, *RULES).findings == []
    found = report(tmp_path / "ours", {**FILES, "README.md": ours}, *RULES).findings
    assert [each.line for each in found] == [1, 3]


def test_an_argument_that_names_a_file(tmp_path):
    """An argument that the configuration ties to files must be the name of one; placeholders stand for any."""
    files = {
        **FILES,
        "docref.toml": '[programs]\ntooly = "tooly"\n[arguments]\n"tooly run" = "books/*.txt"\n',
        "books/first.txt": "",
        "README.md": "`tooly run first`, `tooly run frist`, `tooly run NAME`, `tooly run --name frist`\n",
    }
    (found,) = report(tmp_path, files, *RULES).findings
    assert (found.ref, found.suggestion) == ("frist", "first")


def test_shell_lines_of_a_notebook(tmp_path):
    """A `!command` in a code cell is judged, at its line in the notebook's file."""
    text = json.dumps(NOTEBOOK, indent=1)
    found = report(tmp_path, {**FILES, "runbooks/nb.ipynb": text}, *RULES).findings
    assert [each.ref for each in found] == ["--fsat"]
    assert "--fsat" in text.splitlines()[found[0].line - 1]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=st.lists(st.text(string.ascii_letters + " .,", max_size=30), max_size=6),
    call=st.sampled_from(["tooly run --fast", "tooly status", "tooly --level high run --name x"]),
    wrong=st.booleans(),
)
def test_a_changed_letter_is_found_wherever_it_stands(tmp_path, before, call, wrong):
    """A good call in random prose is silent; with one letter of its last flag or command changed, one finding."""
    lines = ["Words.", *(" ".join(line.split()) for line in before), "", "```bash"]
    changed = (
        call.replace("--fast", "--fxst").replace("status", "stxtus").replace("--name", "--nxme") if wrong else call
    )
    page = "\n".join([*lines, changed, "```", ""])
    found = report(tmp_path, {**FILES, "README.md": page}, *RULES).findings
    assert [each.line for each in found] == ([len(lines) + 1] if wrong else [])


def test_a_line_that_goes_on_inside_quotes_keeps_the_places_after_it():
    """A backslash at the end of a line is no character of a quoted word, and what follows stands on the next line."""
    assert [(word.text, word.line, word.column) for word in commands('say "one\\\ntwo" three')[0]] == [
        ("say", 0, 0),
        ("onetwo", 0, 4),
        ("three", 1, 5),
    ]


@settings(max_examples=300, deadline=None)
@example(text='"\\\n";=')
@given(text=st.text("ab -'\"\\\n$(){}|&;<>#`=\t", max_size=80))
def test_the_lexer_reads_any_text(text):
    """Whatever stands in a fence is cut without an error, and every word lies inside the text."""
    lines = text.split("\n")
    for words in commands(text):
        for word in words:
            assert 0 <= word.line < len(lines)
            assert 0 <= word.column <= len(lines[word.line])


@pytest.mark.parametrize("piece", ["(", "$(", "$(a ", "$(a)", '"', "|", "<", "`", "\\\n", "a ", "<<E\n", "${"])
def test_the_lexer_is_linear(piece):
    """A long line of anything is read in time that does not grow with its square."""
    short, long = piece * 4_000, piece * 64_000
    started = time.process_time()
    commands(short)
    first = time.process_time() - started
    started = time.process_time()
    commands(long)
    assert time.process_time() - started < 60 * max(first, 0.02)
