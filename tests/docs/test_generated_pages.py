"""The generated pages say what the program says: nothing less, nothing else."""

from __future__ import annotations

import json
import re

import pytest
from docs_support import ROOT, need

from backcourt.catalog import TABLES
from backcourt.errors import BackcourtError
from backcourt.mode import BEHAVIOURS
from backcourt.processors.failures import CATEGORIES


def _sections(text: str) -> dict[str, str]:
    """The text below each level-2 heading that carries an anchor, by anchor."""
    found = re.split(r"^## .*\{ #(\S+) \}$", text, flags=re.MULTILINE)
    return dict(zip(found[1::2], found[2::2], strict=True))


def _column_names(section: str) -> list[str]:
    table = section.partition("| column |")[2].partition("\n\n")[0]
    return re.findall(r"^\| <code>(\w+)</code> ", table, re.MULTILINE)


def test_every_table_and_column_has_its_place(pages):
    """The dictionary has exactly the catalog's tables, each with exactly its columns in order."""
    written = {}
    for path, text in pages.items():
        if re.match(r"reference/tables/(?!index)\w+\.md", path):
            written |= {name: _column_names(section) for name, section in _sections(text).items()}
    assert written == {item.full_name: [column.name for column in item.columns] for item in TABLES}


def test_every_table_is_on_the_page_of_its_phase(pages):
    """A table stands on the page of its phase, and the overview links it there."""
    overview = pages["reference/tables/index.md"]
    for item in TABLES:
        assert item.full_name in _sections(pages[f"reference/tables/{item.phase}.md"])
        assert f"({item.phase}.md#{item.full_name})" in overview


def test_critical_fields_and_upstreams_are_said(pages):
    """A table's critical fields and what it is computed from stand in its section."""
    for item in TABLES:
        section = _sections(pages[f"reference/tables/{item.phase}.md"])[item.full_name]
        for critical in item.critical:
            assert f"| <code>{critical.name}</code> |" in section
        for upstream in item.upstreams:
            assert f"md#{upstream.table})" in section


def test_the_schema_is_the_catalog(pages):
    """schema.json holds every table with its columns in order."""
    expected = {item.full_name: [column.name for column in item.columns] for item in TABLES}
    assert json.loads(pages["reference/tables/schema.json"]) == expected


def test_every_command_is_there_with_exactly_its_options(pages):
    """The command page has exactly the program's commands, each with exactly its visible options."""
    from pages_commands import entries

    found = re.split(r"^###? .*\{ #(backcourt\S*) \}$", pages["reference/commands.md"], flags=re.MULTILINE)
    written = {
        anchor: set(re.findall(r"^\| <code>(--[\w-]+)</code>", section, re.MULTILINE))
        for anchor, section in zip(found[1::2], found[2::2], strict=True)
    }
    expected = {
        entry.anchor: {
            option.opts[0]
            for option in entry.command.get_params(entry.context)
            if option.param_type_name == "option" and not option.hidden
        }
        for entry in entries()
    }
    assert written == expected


def test_what_the_help_says_is_on_the_page(pages):
    """Every option and argument that the printed help of a command names is on the page, and its usage line."""
    from pages_commands import entries

    page = pages["reference/commands.md"]
    for entry in entries():
        printed = entry.command.get_help(entry.context)
        for option in re.findall(r"^  (--[\w-]+)", printed, re.MULTILINE):
            assert f"<code>{option}</code>" in page
        assert entry.command.get_usage(entry.context).removeprefix("Usage: ") in page


def test_failures_errors_and_settings_are_complete(pages):
    """Every failure category, error class and setting of the program has a row on its page."""
    from dataclasses import fields

    from backcourt.settings import PREFIX, Settings

    anchors = re.findall(r"^## .*\{ #(\S+) \}$", pages["reference/failures.md"], re.MULTILINE)
    assert anchors == [item.name.lower() for item in CATEGORIES]
    listed = re.findall(r"^\| <code>(\w+Error)</code>", pages["reference/errors.md"], re.MULTILINE)
    assert set(listed) == {"BackcourtError", *(cls.__name__ for cls in _below(BackcourtError))}
    variables = re.findall(rf"<code>({PREFIX}\w+)</code>", pages["reference/settings.md"])
    assert variables == [PREFIX + field.name.upper() for field in fields(Settings)]


def _below(cls):
    """Every class of errors.py below ``cls``."""
    for sub in cls.__subclasses__():
        if sub.__module__ == "backcourt.errors":
            yield sub
        yield from _below(sub)


def test_every_behaviour_has_its_section_and_its_deciders(pages):
    """Each behaviour has an anchor, and each function that decides it a link to its very line."""
    import pages_mode

    from backcourt.mode import deciders

    part = pages_mode.behaviours()
    assert re.findall(r"\{ #([\w-]+) \}$", part, re.MULTILINE) == [item.key for item in BEHAVIOURS]
    for found in deciders().values():
        for decider in found:
            path, line = re.search(rf"<code>{re.escape(decider.name)}</code>\]\((\S+)#line-(\d+)\)", part).groups()
            assert f'id="line-{line}"' in pages[path]
            source = (ROOT / "src" / "backcourt" / decider.path).read_text(encoding="utf-8").splitlines()
            assert f"def {decider.name.rpartition('.')[2]}(" in source[int(line) - 1]


@pytest.mark.parametrize("seen", ["|", "<b>", "*a*", "[x]", "a_b", "`c`", "`a.__b__`"])
def test_text_stays_text(seen):
    """Whatever a description holds, it is shown as it is, one table cell wide."""
    import html

    need("markdown")
    import markdown
    from markup import table, text

    shown = markdown.markdown(table(("one", "two"), [(text(seen), "end")]), extensions=["tables"])
    cells = re.findall(r"<td>(.*?)</td>", shown)
    assert [html.unescape(re.sub(r"</?code>", "`", cell)) for cell in cells] == [seen, "end"]


def test_two_runs_write_the_same_bytes(pages, tmp_path):
    """Generating again gives the same files, byte for byte."""
    import generate

    generate.generate(tmp_path, with_demo=False)
    assert {path: (tmp_path / "pages" / path).read_text(encoding="utf-8") for path in pages} == pages


def test_no_page_knows_this_machine(pages):
    """No generated page holds a path of the machine that built it, or a clock's time."""
    for path, text in pages.items():
        assert str(ROOT) not in text, path


_PRINTED = """\
Season 2021-22 of an invented league: ...
season 2021-22 from demo/2021-22 in 7.4 s
 table    games   written   seconds
 nba_raw.a    12        24      0.22
 table    dates   rows   failures                seconds
 a            1      2   0                          0.70
Scoring leaders of the invented season
 A Player  1.0
feature row of aplayer
 x  1.0
try next:
  backcourt tables show MLFS
a second run:
 table    rows   failures   seconds
 a           2   0             0.10
"""


def test_the_demo_output_is_cut_without_its_times():
    """The demo's output falls into its parts, and no column of seconds is left."""
    import demo

    parts = demo.parts(_PRINTED)
    assert parts["load"] == "season 2021-22 from demo/2021-22\n table    games   written\n nba_raw.a    12        24\n"
    assert parts["run"] == " table    dates   rows   failures\n a            1      2   0\n"
    assert parts["again"] == " table    rows   failures\n a           2   0\n"
    assert "seconds" not in "".join(parts.values())


@pytest.fixture
def notebook(tmp_path):
    """Makes a notebook with a parameters cell and one cell of code."""
    import nbformat

    def make(code):
        cells = [
            nbformat.v4.new_code_cell('start_date = ""\ndry_run = True', metadata={"tags": ["parameters"]}),
            nbformat.v4.new_code_cell(code),
        ]
        path = tmp_path / "book.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": _KERNEL}), path)
        return path

    return make


_KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def test_a_notebook_gets_the_parameters_that_it_has(notebook):
    """Of the site's parameters, a notebook is given those that its parameters cell names."""
    import notebooks

    assert notebooks.parameters(notebook("1")) == {"start_date": "2021-11-22", "dry_run": False}


def test_a_cleaned_notebook_holds_no_time_and_no_path(notebook, tmp_path):
    """What differs from build to build goes: execution times, papermill's record, the working folder."""
    import notebooks

    raw = json.loads(notebook("1").read_text(encoding="utf-8"))
    raw["metadata"]["papermill"] = {"start_time": "2026-01-01T00:00:00"}
    raw["cells"][1]["metadata"]["execution"] = {"iopub.execute_input": "2026-01-01T00:00:00"}
    raw["cells"][1]["source"] = [f"open('{tmp_path}/file')"]
    text = notebooks.clean(raw, tmp_path)
    assert "2026-01-01" not in text
    assert str(tmp_path) not in text
    assert json.loads(text)["cells"][0]["metadata"] == {"tags": ["parameters"]}


def test_what_a_notebook_shows_is_timeless(notebook, tmp_path):
    """Run ids and columns of seconds go from what a step shows; other tables stay whole."""
    import notebooks

    raw = json.loads(notebook("1").read_text(encoding="utf-8"))
    row = "<tr><td>PGS</td><td class='n'>1.25</td></tr>"
    head = "<table><tr><th>table</th><th class='n'>{}</th></tr>{}</table>"
    raw["cells"][1]["outputs"] = [
        {
            "output_type": "execute_result",
            "execution_count": 1,
            "metadata": {},
            "data": {
                "text/plain": ["run 0f1e2d3c4b5a: 5 rows"],
                "text/html": head.format("seconds", row) + head.format("share", row),
            },
        }
    ]
    shown = json.loads(notebooks.clean(raw, tmp_path))["cells"][1]["outputs"][0]["data"]
    assert shown["text/plain"] == ["run RUN_ID: 5 rows"]
    assert shown["text/html"].count("1.25") == 1
    assert shown["text/html"].startswith("<table><tr><th>table</th></tr><tr><td>PGS</td></tr></table>")


@pytest.mark.slow
def test_a_notebook_that_raises_stops_the_build(notebook, tmp_path):
    """An error in a cell is an error of the build that names the notebook and the error."""
    need("papermill")
    import notebooks

    warehouse = tmp_path / "any.duckdb"
    warehouse.write_bytes(b"")
    with pytest.raises(RuntimeError, match=r"book\.ipynb failed: ZeroDivisionError"):
        notebooks.execute(notebook("1 / 0"), tmp_path / "work", warehouse)
