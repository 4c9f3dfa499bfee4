"""One answer and its three renderers: the same parts on a terminal, in a browser and for programs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from html.parser import HTMLParser
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from backcourt.answers import as_json, terminal
from backcourt.answers.model import (
    Answer,
    Check,
    Checks,
    Folded,
    Heading,
    Note,
    Rows,
    ToCopy,
    first,
    readable,
    sentence,
    with_option,
)
from backcourt.cli.asking import answer_everywhere
from backcourt.cli.options import At

CHECKS = (Check("a is there", "ok", "7 rows"), Check("b <holds>", "critical", "2 do not", "backcourt gaps"))
ANSWER = Answer(
    "2 things were found",
    [
        "a line & more",
        Rows(("id", "rows"), [("12345", 12345), (None, True)], ("rows",), "what is there"),
        Checks(CHECKS),
        Note("beside the point", aside=True),
        Heading("More"),
        Folded("the rest", [ToCopy("backcourt status")]),
    ],
    ["backcourt gaps", "load the files", "fetch it, then backcourt quarantine retry"],
    1,
    {"day": date(2021, 11, 10), "checks": CHECKS, "kinds": {"b", "a"}},
    "question",
)


def test_on_a_terminal_everything_is_read_in_order(capsys):
    """Parts first, then the verdict, then what to do next; asides go to standard error; ids are not grouped."""
    terminal.show(ANSWER)
    out, err = capsys.readouterr()
    assert err == "beside the point\n"
    words = ["a line & more", "what is there", "12345", "12,345", "True", "ok", "critical", "More", "backcourt status"]
    words += ["2 things were found", "next: backcourt gaps", "next: load the files", "next: fetch it, then"]
    places = [out.index(word) for word in words]
    assert places == sorted(places)


class _Balance(HTMLParser):
    """Whether every tag that is opened is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag, _attributes):
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_in_a_browser_the_verdict_comes_first_and_nothing_is_markup():
    """The verdict leads as a sentence; what is wrong is in sight, what holds is folded away; values are escaped."""
    parser = _Balance()
    parser.feed(ANSWER.html)
    assert parser.open == []
    html = ANSWER.html
    assert html.startswith('<p class="bc-note bc-question"><span class="bc-mark">?</span> 2 things were found.</p>')
    words = [
        "a line &amp; more",
        "What is there.",
        "12,345",
        "✗ critical",
        "b &lt;holds&gt;",
        "What holds (1)",
        "a is there",
    ]
    words += ["<h2>More</h2>", "<summary>the rest</summary>", "<code>backcourt gaps</code>", "Next: load the files."]
    places = [html.index(word) for word in words]
    assert places == sorted(places)
    assert ANSWER._repr_html_() == html
    assert repr(ANSWER) == "2 things were found"


def test_for_programs_the_data_is_plain():
    """Dates are texts, dataclasses objects, sets sorted lists."""
    assert json.loads(as_json.render(ANSWER.data)) == {
        "day": "2021-11-10",
        "checks": [
            {"name": "a is there", "level": "ok", "found": "7 rows", "next_step": ""},
            {"name": "b <holds>", "level": "critical", "found": "2 do not", "next_step": "backcourt gaps"},
        ],
        "kinds": ["a", "b"],
    }


def test_the_option_goes_into_commands_once():
    """A command gets the warehouse's option at its end, words do not, and no command gets it twice."""
    there = ANSWER.about(" --warehouse w.duckdb")
    assert there.about(" --warehouse w.duckdb").next == [
        "backcourt gaps --warehouse w.duckdb",
        "load the files",
        "fetch it, then backcourt quarantine retry --warehouse w.duckdb",
    ]
    assert with_option("backcourt gaps", "") == "backcourt gaps"


def test_words():
    """Sentences end once, names stay on one line, and a long list says how many more there are."""
    assert [sentence("7 rows"), sentence("done."), sentence("")] == ["7 rows.", "Done.", "."]
    assert readable("a\r\nb\u202e" + "c" * 100, 6) == r"a\r\nb..."
    assert first(["a", "b", "c"], 1, "more") == ["a", "and 2 more"]
    assert first(["a"], 1, "more") == ["a"]


@dataclass(frozen=True)
class Sized:
    """A group of options."""

    size: Annotated[int, typer.Option("--size", min=1)] = 3


def _run(*words: str):
    app = typer.Typer()

    @app.command()
    def grow(name: Annotated[str, typer.Argument()], sized: Sized, *, at: At) -> Answer:
        """Grow."""
        return Answer(f"{name} {sized.size}", next=["backcourt shrink"], exit_code=sized.size - 3, data={"at": at.file})

    @app.command()
    def rest() -> None:
        """Say nothing."""

    answer_everywhere(app)
    done = CliRunner().invoke(app, words)
    return done.exit_code, done.output


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("grow", "x"), 0, "x 3\nnext: backcourt shrink\n"),
        (("grow", "x", "--size", "4"), 1, "x 4\nnext: backcourt shrink\n"),
        (("grow", "x", "--warehouse", "a b"), 0, "x 3\nnext: backcourt shrink --warehouse 'a b'\n"),
        (("grow", "x", "--json", "--warehouse", "w"), 0, '{\n  "at": "w"\n}\n'),
        (("rest",), 0, ""),
    ],
)
def test_a_function_that_answers_is_a_command(words, code, said):
    """Groups are spread out as options; the answer is shown for people or programs, and its status is the exit's."""
    assert _run(*words) == (code, said)


def test_a_wrong_option_of_a_group_is_refused():
    """The limits that a group declares hold."""
    code, said = _run("grow", "x", "--size", "0")
    assert code == 2
    assert "--size" in said
