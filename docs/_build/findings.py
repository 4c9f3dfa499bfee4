"""What the commands on the page about data integrity find: damage done to copies of the demo warehouse."""

from __future__ import annotations

from pathlib import Path

import demo
import transcripts
from markup import ROOT
from transcripts import Section, Stage

PAGE = ROOT / "docs" / "data-integrity.md"


def _without_zones(stage: Stage) -> None:
    """The zones of one date are missing, and what reads them was computed with the checks of critical fields off."""
    stage.sql(
        "UPDATE nba_analytics.team_defense_game_summary SET opp_paint_attempts = NULL, opp_paint_makes = NULL, "
        "opp_mid_range_attempts = NULL, opp_mid_range_makes = NULL, points_in_paint_allowed = NULL, "
        "mid_range_points_allowed = NULL WHERE game_date = '2022-04-05'"
    )
    stage.hashed("nba_analytics.team_defense_game_summary")
    tables = "--table team_defense_zone_analysis --table player_composite_factors --table ml_feature_store_v2"
    dates = f"--start-date 2022-04-05 --end-date {demo.LAST_DAY}"
    status, printed = stage.command(f"backcourt run {dates} {tables} --reprocess all --validation force")
    if status:
        raise RuntimeError(f"the damage could not be done: status {status}\n{printed}")


def _last_date_lost(stage: Stage) -> None:
    """One table lost the last date of the season."""
    stage.sql(f"DELETE FROM nba_precompute.team_defense_zone_analysis WHERE analysis_date = '{demo.LAST_DAY}'")


SECTIONS = {
    "repair": Section(before={1: _without_zones}, statuses={1: 2, 2: 2, 4: 1}),
    "json": Section(before={1: _last_date_lost}, statuses={1: 2}),
}


def parts(build: Path, warehouse: Path) -> dict[str, str]:
    """The outputs of the page's commands, as ``transcripts.parts``."""
    return transcripts.parts(build, warehouse, PAGE, SECTIONS)
