"""Measure a season of team box score payloads: the first load, the second, and the floor, in turn and in one go.

    python benchmarks/sources.py [--data DIR] [--runs N]

DIR holds the real seasons (default: shared/data beside the checkout); without it, a season is simulated. The payloads
are written from the newest season's file in the shape of BoxScoreTraditionalV2. The floor reads the same files with
Python's json and puts their numbers into a DuckDB table: no rule, no hash, no comparison, no record of what was done.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench import backcourt, load, measure, seasons_of

SOURCE = "nbac_team_boxscore"
HERE = Path(__file__).resolve()
HEADERS = {
    name: {"TO": "tov"}.get(name, name.lower())
    for name in (
        *("GAME_ID", "TEAM_ID", "TEAM_NAME", "TEAM_ABBREVIATION", "MIN", "FGM", "FGA", "FG3M", "FG3A", "FTM", "FTA"),
        *("OREB", "DREB", "REB", "AST", "STL", "BLK", "TO", "PF", "PTS", "PLUS_MINUS"),
    )
}


def floor(landing: Path, target: Path) -> None:
    """Read every payload and store its numbers."""
    import duckdb
    import pyarrow as pa

    rows = []
    for path in sorted(landing.glob(f"{SOURCE}/*/*/*.json")):
        sets = json.loads(path.read_bytes())["resultSets"]
        lines = next(entry for entry in sets if entry["name"] == "TeamStats")
        rows += [dict(zip(lines["headers"], values, strict=True)) for values in lines["rowSet"]]
    with duckdb.connect(str(target)) as connection:
        connection.register("payload_lines", pa.Table.from_pylist(rows))
        connection.execute("CREATE TABLE lines AS SELECT * FROM payload_lines")


def publish(folder: Path, warehouse: Path, landing: Path) -> int:
    """Write a payload for every game of the season's file; returns how many."""
    import duckdb
    import pyarrow.parquet as pq

    from backcourt.sources.landing import Landing

    with duckdb.connect(str(warehouse)) as connection:
        schedule = connection.execute("SELECT game_id, game_date, periods FROM nba_raw.nbac_schedule").fetchall()
        connection.execute(f"DELETE FROM nba_raw.{SOURCE}")
    known = {game: (day, periods) for game, day, periods in schedule}
    games: dict[str, list[list[object]]] = {}
    for row in pq.read_table(folder / "team_boxscores.parquet").to_pylist():
        row["min"] = f"{240 + 25 * (known[row['game_id']][1] - 4)}:00"
        games.setdefault(row["game_id"], []).append([row[name] for name in HEADERS.values()])
    zone = Landing(str(landing))
    for game, lines in games.items():
        sets = [{"name": "TeamStats", "headers": list(HEADERS), "rowSet": lines}]
        data = json.dumps({"resource": "boxscore", "parameters": {"GameID": game}, "resultSets": sets}).encode()
        zone.store(SOURCE, known[game][0], game, data, "json", now=datetime(2026, 1, 1, tzinfo=UTC))
    return len(games)


def main() -> None:
    """Run the three in turn and print a line each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, default=HERE.parents[2] / "shared" / "data")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        season = seasons_of(options.data, work)[-1]
        loaded, landing, target = work / "loaded.duckdb", work / "landing", work / "w.duckdb"
        load([season], loaded)
        count = publish(season, loaded, landing)
        same = [*backcourt(), "load", "source", SOURCE, "--landing", str(landing), "--warehouse", str(target)]
        bare = [sys.executable, str(HERE), "floor", str(landing), str(work / "floor.duckdb")]
        figures: dict[str, list[tuple[float, float]]] = {"floor": [], "first load": [], "second load": []}
        for turn in range(options.runs + 1):
            shutil.copy(loaded, target)
            (work / "floor.duckdb").unlink(missing_ok=True)
            for name, command in zip(figures, (bare, same, same), strict=True):
                figure = measure(command)
                if turn:  # the first round warms the caches
                    figures[name].append(figure)
        answer = subprocess.run([*same, "--json"], capture_output=True, text=True, check=True)
        rate = json.loads(answer.stdout)["skip_rate"]
    base = statistics.median(seconds for seconds, _ in figures["floor"])
    for name, taken in figures.items():
        seconds, memory = statistics.median(s for s, _ in taken), max(m for _, m in taken)
        print(
            f"{name}: {count:,} payloads of {season.name}, {seconds:.2f} s, ratio {seconds / base:.2f}, {memory:.0f} MB"
        )
    print(f"skip rate of a further load: {rate:.0%}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["floor"]:
        floor(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        main()
