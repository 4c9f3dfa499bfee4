"""The data-integrity runbook's steps: each shows what its validator finds, and the verdict stops at critical things."""

import pytest

from backcourt.errors import DateRangeError, WarehouseError
from backcourt.runbooks import integrity, phase4
from backcourt.runbooks.parameters import Phase4DataIntegrity
from backcourt.runbooks.shared import PreflightError, ValidationError

START, END, DAY = "2021-11-08", "2021-11-21", "2021-11-12"
STEPS = (
    integrity.environment,
    integrity.readiness,
    integrity.covered,
    phase4.failures_by_week,
    integrity.contaminated,
    integrity.gaps,
    integrity.verdict,
)


def given(warehouse, **more):
    """Parameters over two weeks after bootstrap."""
    return Phase4DataIntegrity.parse({"start_date": START, "end_date": END, "warehouse": str(warehouse), **more})


@pytest.mark.slow
def test_an_intact_range_is_clean_and_untouched(warehouse):
    """Every validator holds, with strict too, dry run or not, and the file keeps its bytes."""
    before = warehouse.read_bytes()
    # The other steps do not know whether it is strict.
    for more, steps in (({"dry_run": False}, STEPS), ({"strict": True}, (integrity.contaminated, integrity.verdict))):
        shown = {step.__name__: step(given(warehouse, **more)) for step in steps}
        assert repr(shown["contaminated"]) == "contamination: ok, 38 of 38 checks hold"
        assert repr(shown["verdict"]) == "everything holds"
        if len(steps) == len(STEPS):
            assert repr(shown["readiness"]) == "readiness: ok, 7 of 7 checks hold"
            assert repr(shown["covered"]) == "coverage: ok, 10 of 10 checks hold"
            assert repr(shown["gaps"]).startswith("no gap on ")
        assert not [name for name, step in shown.items() if "skipped: dry run" in repr(step)]
        assert not [name for name, step in shown.items() if "✗" in step.html]
    assert warehouse.read_bytes() == before


def test_a_lost_date_is_seen_by_all_and_ends_the_runbook(warehouse, change):
    """TDZA of one date goes: coverage names it, the gaps show root and cascades, the verdict raises with the repair."""
    change(f"DELETE FROM nba_precompute.team_defense_zone_analysis WHERE analysis_date = '{DAY}'")
    parameters = given(warehouse)
    covered = integrity.covered(parameters).html
    assert f">{DAY}</td>" in covered
    assert "INVESTIGATE" in covered
    assert "DEPS_MISSING" not in covered.partition("Dates that do not add up")[2]
    gaps = integrity.gaps(parameters)
    assert repr(gaps) == "roots: 1; gaps that depend on them: 2"
    assert gaps.html.index(">root</td>") < gaps.html.index("TDZA, through TDZA") < gaps.html.index("TDZA, through PCF")
    with pytest.raises(ValidationError) as caught:
        integrity.verdict(parameters)
    for words in (
        "range: every candidate has a row or a recorded failure",
        "range: nothing is built on a gap or on changed inputs",
        f"backcourt runbook run gap-recovery --start-date {START} --end-date {END} --warehouse",
    ):
        assert words in str(caught.value)


def test_a_problem_that_is_not_critical_does_not_end_the_runbook(warehouse, change):
    """A field valid in half of its rows is a problem; with strict it is critical and ends the runbook."""
    change(
        f"UPDATE nba_predictions.ml_feature_store_v2 SET points_avg_season = NULL WHERE game_date = '{DAY}' "
        "AND player_id % 4 = 0"
    )
    shown = integrity.contaminated(given(warehouse))
    assert "PARTIAL" in shown.html
    # The column, the array that holds its default now, and the sources, which say that it is known.
    assert repr(shown) == "contamination: problem, 35 of 38 checks hold"
    with pytest.raises(ValidationError, match="critical: contamination: 35 of 38 checks hold"):
        integrity.verdict(given(warehouse, strict=True))
    assert repr(integrity.verdict(given(warehouse))) == "problems, none of them critical"


def test_sources_that_are_missing_are_said_with_the_command(warehouse, change):
    """Box scores of a date are gone: preflight shows them and the command that loads, what holds is folded away."""
    change(f"DELETE FROM nba_raw.nbac_player_boxscore WHERE game_date = '{DAY}'")
    html = integrity.environment(given(warehouse)).html
    seen, _, folded = html.partition("<details>")
    assert "nba_raw.nbac_player_boxscore is loaded" in seen
    assert "? problem" in seen
    assert "nba_raw.nbac_team_boxscore is loaded" in folded
    assert "backcourt load season DIR --warehouse" in html
    with pytest.raises(ValidationError, match="critical"):
        integrity.verdict(given(warehouse))


def test_people_without_an_answer_are_named(warehouse, change):
    """A player whose row of PDC goes is untracked, and stands by his name in the folded list."""
    import duckdb

    with duckdb.connect(str(warehouse)) as connection:
        who, name = connection.execute(
            f"SELECT player_id, player_lookup FROM nba_precompute.player_daily_cache WHERE cache_date = '{DAY}' LIMIT 1"
        ).fetchone()
    change(f"DELETE FROM nba_precompute.player_daily_cache WHERE cache_date = '{DAY}' AND player_id = {who}")
    html = integrity.covered(given(warehouse)).html
    assert name in html.partition("Who has neither a row nor a record")[2]


def test_altered_tables_end_the_runbook_at_its_first_step(warehouse, change):
    """A column that was taken out is named at once: a statement that reads it would only fail."""
    change("ALTER TABLE nba_precompute.player_daily_cache DROP COLUMN points_avg_season")
    with pytest.raises(PreflightError, match=r"not as in the catalog: .*player_daily_cache.*init --warehouse"):
        integrity.environment(given(warehouse))
    with pytest.raises(PreflightError, match="not as in the catalog"):
        integrity.gaps(given(warehouse))


def test_the_range_and_the_warehouse_must_be_there(warehouse, tmp_path):
    """A range without games and a missing warehouse end the runbook at its first step, in words."""
    with pytest.raises(DateRangeError, match="2021-08-01"):
        integrity.environment(given(warehouse, start_date="2021-08-01", end_date="2021-08-02"))
    with pytest.raises(WarehouseError, match="there is no warehouse"):
        integrity.environment(given(tmp_path / "none.duckdb"))
