"""The five scenarios of the backfill guide: what each one finds before its commands run."""

from __future__ import annotations

from pathlib import Path

import transcripts
from markup import ROOT
from transcripts import Section, Stage

PAGE = ROOT / "docs" / "backfill-guide.md"
_PHASE_4 = (
    ("nba_precompute.team_defense_zone_analysis", "analysis_date"),
    ("nba_precompute.player_shot_zone_analysis", "analysis_date"),
    ("nba_precompute.player_composite_factors", "game_date"),
    ("nba_precompute.player_daily_cache", "cache_date"),
    ("nba_predictions.ml_feature_store_v2", "game_date"),
)


def _gap(stage: Stage) -> None:
    """One date of one table lost its rows, and three dates of Phase 4 were never computed."""
    never = "BETWEEN '2022-02-01' AND '2022-02-03'"
    stage.sql(
        "DELETE FROM nba_precompute.team_defense_zone_analysis WHERE analysis_date = '2021-12-04'",
        *(f"DELETE FROM {name} WHERE {day} {never}" for name, day in _PHASE_4),
        f"DELETE FROM nba_processing.precompute_failures WHERE analysis_date {never}",
        *(
            f"DELETE FROM nba_processing.backfill_ledger WHERE table_name = '{name}' AND game_date {never}"
            for name, _ in _PHASE_4
        ),
    )


def _corrected(stage: Stage) -> None:
    """The season's files once more, with one turnover more for one team in one game of 2022-01-12."""
    import duckdb

    old, new = stage.folder / "demo" / "2021-22", stage.folder / "corrected"
    new.mkdir()
    for path in old.iterdir():
        (new / path.name).symlink_to(path.resolve())
    file = new / "team_boxscores.parquet"
    source = file.resolve()
    file.unlink()
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * REPLACE (CAST(IF(game_id = (SELECT MIN(game_id) FROM '{source}' WHERE game_date = "
            f"'2022-01-12') AND is_home, tov + 1, tov) AS BIGINT) AS tov) FROM '{source}') TO '{file}' (FORMAT parquet)"
        )


def _older(stage: Stage) -> None:
    """The ledger says that other SQL computed PCF, as an upgrade that changed it would leave it."""
    stage.sql(
        "UPDATE nba_processing.backfill_ledger SET code_version = 'before the upgrade' "
        "WHERE table_name = 'nba_precompute.player_composite_factors'"
    )


SECTIONS = {
    "full-season": Section(start="none"),
    "gap": Section(before={1: _gap}),
    "fix": Section(before={1: _corrected}),
    "downstream": Section(before={1: _older}),
    "early-season": Section(start="phase3"),
}


def parts(build: Path, warehouse: Path) -> dict[str, str]:
    """The outputs of the guide's commands, as ``transcripts.parts``."""
    return transcripts.parts(build, warehouse, PAGE, SECTIONS)
