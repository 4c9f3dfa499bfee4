"""Lone names in code spans."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from repositories import missing

FILES = {
    "src/app/my_module.py": (
        'import os\nTHE_LIMIT = 1\n\ndef do_it(one_thing):\n    """Not only_text."""\n    # nor in_comment\n'
        '    return os.environ["APP_HOME"], "only_quoted", one_thing.an_attribute\nadd("--start-date")\n'
    ),
    "conf.toml": "[some_table]\nsome_key = 1\n",
    "conf.yml": "- other_key: 1\n",
}
SCHEMA = {"docref.toml": 'schema = ["s.json"]\nvocabulary = ["v.json"]\n'} | {
    "s.json": json.dumps({"raw.all_games": ["game_id"]}),
    "v.json": '["a_word"]',
}
KNOWN = [
    "my_module",
    "do_it",
    "one_thing",
    "an_attribute",
    "start_date",
    "some_table",
    "some_key",
    "other_key",
    "only_quoted",
    "snake_case",
]


@pytest.mark.parametrize("name", KNOWN)
def test_defined_names_are_silent(tmp_path: Path, name: str) -> None:
    """What Python, options, data files or file names define is known."""
    assert missing(tmp_path, FILES | {"README.md": f"`{name}`\n"}) == []


@pytest.mark.parametrize("name", ["do_them", "only_text", "in_comment", "game_id"])
def test_undefined_names_are_found(tmp_path: Path, name: str) -> None:
    """A word of a docstring or a comment defines nothing."""
    assert missing(tmp_path, FILES | {"README.md": f"`{name}`\n"}) == [f"name {name}"]


def test_a_schema_makes_strings_no_definitions(tmp_path: Path) -> None:
    """With a schema, a deleted column is found although some string still spells it."""
    page = {"README.md": "`game_id` `all_games` `a_word` `only_quoted`\n"}
    assert missing(tmp_path, FILES | SCHEMA | page) == ["name only_quoted"]


def test_a_page_may_define_names(tmp_path: Path) -> None:
    """A name that a fence of the page assigns is known in that page."""
    assert missing(tmp_path, FILES | {"README.md": "`the_rows`\n\n```python\nthe_rows = 1\n```\n"}) == []


def test_variables_of_the_repository(tmp_path: Path) -> None:
    """An environment variable with the program's prefix must be read somewhere; others are not judged."""
    page = {"README.md": "`APP_HOME` `APP_HOEM` `OTHER_HOME` `THE_LIMIT`\n"}
    assert missing(tmp_path, FILES | page) == ["variable APP_HOEM"]


def test_lists_and_comparisons_are_names(tmp_path: Path) -> None:
    """Each name of a list, and the left side of a comparison, must be defined."""
    page = {"README.md": "`(do_it, do_them)`, `one_thing <= 3`, `that_thing IS NULL`, `x = 3`\n"}
    assert missing(tmp_path, FILES | page) == ["name do_them", "name that_thing"]


def test_a_variable_that_a_page_sets(tmp_path: Path) -> None:
    """What a shell line sets with the program's prefix must be read somewhere; the page's own variables need not."""
    page = "`APP_HOEM=x run`\n\n```\nexport APP_HOME=1 APP_HOEM=2 OTHER_HOEM=3\nAPP_OWN=4\ncd $APP_OWN\n```\n"
    assert missing(tmp_path, FILES | {"README.md": page}) == ["variable APP_HOEM", "variable APP_HOEM"]


def test_a_constant_that_a_letter_tells_from_ours(tmp_path: Path) -> None:
    """Another name without our prefix is anyone's, unless it is one of the sources' with a letter changed."""
    page = {"README.md": "`THE_LIMITS` `THE_LIMIT` `THE_LONGEST` `OUR_LIMIT`\n"}
    assert missing(tmp_path, FILES | page) == ["variable THE_LIMITS"]


def test_a_docstring_does_not_vouch_for_itself(tmp_path: Path) -> None:
    """A constant that has been renamed is found in a docstring, although the docstring still spells it."""
    source = '"""Index in `ZONE_NAMES`, see `ZONE_TITLES`; `CUDA_HOME` is read by others."""\nZONE_TITLES = ()\n'
    files = {"docref.toml": 'docstrings = ["src"]\n', "src/app/a.py": source}
    assert missing(tmp_path, files) == ["variable ZONE_NAMES"]
