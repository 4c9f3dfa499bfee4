"""The mode: one resolution from every spelling, policies that differ as the table says, deciders found in the code."""

import dataclasses
import json
import warnings

import pytest

from backcourt.cli.options import resolve_mode
from backcourt.errors import BackcourtError, UnknownNameError
from backcourt.mode import BACKFILL, BEHAVIOURS, DAILY, OPTIONS, Policy, deciders, enforced, resolve


def test_thirteen_behaviours_cover_the_policy():
    """Numbers run from 1 to 13, keys are unique, and every field of the policy but its name has one behaviour."""
    assert [b.number for b in BEHAVIOURS] == list(range(1, 14))
    assert len({b.key for b in BEHAVIOURS}) == 13
    fields = [name for b in BEHAVIOURS for name in b.fields]
    assert sorted(fields) == sorted(f.name for f in dataclasses.fields(Policy) if f.name != "name")


def test_the_modes_differ_in_twelve_behaviours():
    """Behaviours 1 to 12 differ in a field of the policy; 13 is the same in both."""
    for behaviour in BEHAVIOURS[:12]:
        assert any(getattr(DAILY, f) != getattr(BACKFILL, f) for f in behaviour.fields), behaviour.title
    assert not BEHAVIOURS[12].fields
    assert BEHAVIOURS[12].backfill == "The same."


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, BACKFILL),
        ({"backfill_mode": True}, BACKFILL),
        ({"backfill_mode": False}, DAILY),
        ({"backfill_mode": "false"}, DAILY),
        ({"skip_downstream_trigger": True}, BACKFILL),
        ({"skip_downstream_trigger": False}, BACKFILL),
        ({"skip_downstream_trigger": False, "backfill_mode": False}, DAILY),
        ({"mode": "daily"}, DAILY),
        ({"mode": " Backfill "}, BACKFILL),
        ({"mode": None, "threads": 4}, BACKFILL),
    ],
)
def test_options_resolve_to_one_policy(options, expected):
    """Every spelling leads to the policy of its mode; other options say nothing."""
    assert resolve(options) is expected


def test_the_deprecated_alias_warns():
    """is_backfill works and warns, naming the right key."""
    with pytest.warns(DeprecationWarning, match="use backfill_mode"):
        assert resolve({"is_backfill": False}) is DAILY


@pytest.mark.parametrize(
    "name", ["backfill", "isBackfill", "is_back_fill", "backfillMode", "BACKFILL_MODE", "backfil_mode"]
)
def test_unknown_spellings_name_the_right_key(name):
    """A misspelling of the option is an error that names backfill_mode, whatever its value."""
    with pytest.raises(UnknownNameError, match="the mode's option is backfill_mode"):
        resolve({name: False})


def test_contradictions_and_wrong_values_are_errors():
    """Two options that disagree, a value that is no truth value and an unknown mode are refused."""
    with pytest.raises(BackcourtError, match="contradict"):
        resolve({"mode": "daily", "backfill_mode": True})
    with pytest.raises(BackcourtError, match="not a truth value"):
        resolve({"backfill_mode": "perhaps"})
    with pytest.raises(UnknownNameError, match="did you mean 'daily'"):
        resolve({"mode": "dayly"})


def test_an_option_goes_before_a_setting(monkeypatch, tmp_path):
    """The environment decides where the command line does not; a misspelt variable is refused."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BACKCOURT_BACKFILL_MODE", "false")
    assert resolve_mode(None) is DAILY
    assert resolve_mode("backfill") is BACKFILL
    monkeypatch.delenv("BACKCOURT_BACKFILL_MODE")
    (tmp_path / "backcourt.toml").write_text("skip_downstream_trigger = true\n")
    assert resolve_mode(None) is BACKFILL
    monkeypatch.setenv("BACKCOURT_ISBACKFILL", "false")
    with pytest.raises(UnknownNameError, match="backfill_mode"):
        resolve_mode(None)


def test_deciders_are_where_the_policy_is_read():
    """Each decider's line holds its definition, and its body reads a field of the behaviour from a policy."""
    from pathlib import Path

    import backcourt

    folder = Path(backcourt.__file__).parent
    for behaviour in BEHAVIOURS:
        for decider in deciders()[behaviour.number]:
            lines = (folder / decider.path).read_text().splitlines()
            assert lines[decider.line - 1].lstrip().startswith(f"def {decider.name.split('.')[-1]}(")
            body = "\n".join(lines[decider.line - 1 : decider.line + 80])
            assert not behaviour.fields or any(f"policy.{f}" in body for f in behaviour.fields)
    assert {b.number for b in BEHAVIOURS if enforced(b)} >= {1, 5, 10, 13}


def test_mode_show_says_the_same():
    """`backcourt mode show --json` holds both policies and the 13 behaviours with their deciders."""
    from backcourt.answers.as_json import render
    from backcourt.cli.mode import show
    from backcourt.cli.options import Json

    said = json.loads(render(show(_how=Json()).data))
    assert [p["name"] for p in said["policies"]] == ["daily", "backfill"]
    assert [b["key"] for b in said["behaviours"]] == [b.key for b in BEHAVIOURS]
    assert said["behaviours"][9]["deciders"][0]["name"] == "backcourt.backfill.checks.admit"


def test_no_code_asks_for_the_modes_name():
    """Nothing but what is shown or stored depends on the name: no comparison with a mode's name outside mode.py."""
    from pathlib import Path

    import backcourt

    for path in Path(backcourt.__file__).parent.rglob("*.py"):
        if path.name != "mode.py":
            text = path.read_text()
            assert "policy.name ==" not in text
            assert "policy.name !=" not in text
    assert OPTIONS[0] == "backfill_mode"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert resolve({"backfill_mode": True}) is BACKFILL
