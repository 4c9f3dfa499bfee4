"""Ids and labels of jobs: whatever a run, a table or a step is called, the service takes them."""

import re

from backcourt import __version__
from backcourt.warehouse.bigquery_tags import Tags, of_run
from backcourt.warehouse.work import Work, current_work, working


def test_an_id_has_its_parts_and_no_other_characters():
    """Run, table, chunk, step, session with number, attempt: told apart by underscores, which no part has."""
    work = Work("r_1", "backfill", "nba_raw.nbac_schedule", "2021-11-01-2021-11-30")
    name = Tags("s_9", 7, "publish", work).job_id(2)
    assert name == "backcourt_r-1_nba-raw-nbac-schedule_2021-11-01-2021-11-30_publish_s-9-00007_2"
    assert name.startswith(of_run("r_1"))
    assert not name.startswith(of_run("r"))


def test_what_nobody_said_is_any_and_what_is_odd_is_made_fit():
    """Without a run the session stands for it; long and foreign names are cut and replaced."""
    odd = Tags("s1", 1, "ask", Work("", "Backfill!", "\u00e9" * 99 + "x" * 99))
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,1024}", odd.job_id(1))
    labels = odd.labels()
    assert (labels["run"], labels["mode"], labels["app"]) == ("s1", "backfill-", "backcourt")
    assert labels["version"] == __version__.replace(".", "-")
    assert Tags("s1", 1, "ask", Work()).labels()["table"] == "any"
    assert all(re.fullmatch(r"[a-z0-9_-]{1,63}", value) for value in labels.values())


def test_what_is_worked_on_is_said_once():
    """What is said inside adds to what was said around it, and ends with its block."""
    with working(run="r1", mode="daily"):
        with working(table="t", seconds=5):
            assert current_work() == Work("r1", "daily", "t", seconds=5)
        assert current_work() == Work("r1", "daily")
    assert current_work() == Work()
