"""What the simulator writes of the time from tip-off on: it is there in all four files, and nothing else knows of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from backcourt.simulate import calendar_of, write_season

Connect = Callable[[Path], duckdb.DuckDBPyConnection]
CLOCK = "CAST(replace(tipoff_text, ' EST', '') AS VARCHAR)"
TIP = (
    "timezone('America/New_York', schedule.game_date + "
    f"(strptime({CLOCK}, '%I:%M %p') - strptime('12:00 AM', '%I:%M %p')))"
)
OBSERVED = {
    "game_lines": "snapshot_timestamp",
    "player_props": "snapshot_timestamp",
    "injury_report": "timezone('America/New_York', report_date + to_hours(report_hour))",
}
TIMED = (*OBSERVED, "roster_snapshots")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A thin season with what comes late, and the same one without it."""
    folder = tmp_path_factory.mktemp("late")
    calendar = calendar_of(2021).thinned(9)
    return tuple(
        write_season(folder / name, season="2021-22", calendar=calendar, playoffs=False, late=late).folder
        for name, late in (("late", True), ("early", False))
    )


def test_all_four_files_have_rows_from_tip_off_on(both: tuple[Path, Path], connect: Connect) -> None:
    """Lines, points lines and reports after tip-off in quantity, some lines in its very minute; without them none."""
    for folder, some in zip(both, (True, False), strict=True):
        db = connect(folder)
        for name, moment in OBSERVED.items():
            after, at = db.execute(
                f"SELECT count(*) FILTER ({moment} > {TIP}), count(*) FILTER ({moment} = {TIP}) "
                f"FROM {name} JOIN schedule USING (game_id)"
            ).fetchall()[0]
            assert (after > 100) is some, name
            assert (at > 0) is (some and name != "injury_report"), name
        rosters = db.execute(
            "SELECT count(*) FROM roster_snapshots AS r JOIN schedule ON r.roster_date = schedule.game_date AND "
            "r.team_abbreviation IN (home_abbreviation, away_abbreviation) WHERE timezone('UTC', r.roster_date + "
            f"to_hours(r.scrape_hour)) > {TIP}"
        ).fetchall()[0][0]
        assert (rosters >= 13) is some


def test_nothing_else_knows_of_them(both: tuple[Path, Path], connect: Connect) -> None:
    """Every other file has the same bytes; of the four, the season without them has those rows that come in time."""
    late, early = both
    for path in early.iterdir():
        if path.stem not in TIMED:
            assert path.read_bytes() == (late / path.name).read_bytes(), path.name
    db = connect(late)
    for name in TIMED:
        rows = f"SELECT * FROM '{early / name}.parquet'"
        assert db.execute(f"SELECT count(*) FROM ({rows} EXCEPT ALL SELECT * FROM {name})").fetchall() == [(0,)]


def test_a_late_row_would_show_if_it_were_used(both: tuple[Path, Path], connect: Connect) -> None:
    """A late spread is the final margin, and a late report calls out who has just played."""
    db = connect(both[0])
    wrong = db.execute(
        f"SELECT count(*) FROM game_lines JOIN schedule USING (game_id) WHERE snapshot_timestamp >= {TIP} "
        "AND market_key = 'spreads' AND outcome_name = schedule.home_abbreviation AND outcome_point <> away_score - home_score"
    ).fetchall()
    assert wrong == [(0,)]
    idle = db.execute(
        f"SELECT count(*) FROM injury_report AS i JOIN schedule USING (game_id) WHERE {OBSERVED['injury_report']} >= {TIP} "
        "AND (injury_status <> 'out' OR NOT EXISTS (SELECT 1 FROM player_boxscores AS p WHERE p.game_id = i.game_id "
        "AND p.player_id = i.player_id AND p.min >= 15))"
    ).fetchall()
    assert idle == [(0,)]
