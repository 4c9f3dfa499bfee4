"""Measure the product against the floor, in turn and in one go: times, memory and ratios.

    python benchmarks/bench.py [--data DIR] [--runs N] [--out FILE]

DIR holds the real seasons (default: shared/data beside the checkout); without it, four simulated seasons are made.
Every run is a whole process, measured by the operating system; figures are medians.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).resolve().parent
COMPUTED = ("nba_analytics", "nba_precompute", "nba_predictions")


def measure(command: list[str]) -> tuple[float, float]:
    """Wall seconds and peak memory (MB) of one process."""
    started = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert child.stderr is not None
    message = child.stderr.read().decode()
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - started
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"{' '.join(command)}\nfailed with {child.returncode}: {message}")
    return seconds, usage.ru_maxrss / 1024


def empty(warehouse: Path, *, drop: bool) -> None:
    """Take the computed rows (or tables) out of a warehouse."""
    import duckdb

    connection = duckdb.connect(str(warehouse))
    found = connection.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
    for schema, table in found:
        if schema in COMPUTED:
            connection.execute(f"{'DROP TABLE' if drop else 'DELETE FROM'} {schema}.{table}").fetchall()
    connection.close()


def seasons_of(data: Path | None, work: Path) -> list[Path]:
    """Folders of up to four seasons, simulated where no real ones are at hand."""
    if data is not None and data.is_dir():
        return sorted(folder for folder in data.iterdir() if (folder / "schedule.parquet").exists())[:4]
    subprocess.run(
        [*backcourt(), "simulate", str(work / "league"), "--seasons", "4"], check=True, stdout=subprocess.DEVNULL
    )
    return sorted((work / "league").iterdir())


def backcourt() -> list[str]:
    """The command in this environment."""
    return [str(Path(sys.executable).parent / "backcourt")]


def load(folders: list[Path], warehouse: Path) -> None:
    """Load seasons into a new warehouse, play-by-play included."""
    for folder in folders:
        subprocess.run(
            [*backcourt(), "load", "season", str(folder), "--warehouse", str(warehouse)],
            check=True,
            stdout=subprocess.DEVNULL,
        )


def dates(warehouse: Path) -> tuple[str, str]:
    """First and last game date."""
    import duckdb

    connection = duckdb.connect(str(warehouse), read_only=True)
    first, last = connection.execute("SELECT min(game_date), max(game_date) FROM nba_raw.nbac_schedule").fetchall()[0]
    connection.close()
    return str(first), str(last)


def compare(label: str, loaded: Path, work: Path, statements: Path, runs: int) -> dict[str, object]:
    """Floor and product in turn, each on its own fresh copy."""
    first, last = dates(loaded)
    bare = Path(shutil.copy(loaded, work / "bare.duckdb"))
    empty(bare, drop=True)
    samples: dict[str, list[tuple[float, float]]] = {"floor": [], "product": []}
    for turn in range(runs + 1):
        for name, figures in samples.items():
            target = work / f"{name}.duckdb"
            shutil.copy(bare if name == "floor" else loaded, target)
            command = (
                [sys.executable, str(HERE / "floor.py"), "run", str(statements), str(target), first, last]
                if name == "floor"
                else [*backcourt(), "run", "--start-date", first, "--end-date", last, "--warehouse", str(target)]
            )
            figure = measure(command)
            if turn:  # the first round warms the caches
                figures.append(figure)
    floor = statistics.median(s for s, _ in samples["floor"])
    product = statistics.median(s for s, _ in samples["product"])
    return {
        "what": label,
        "floor seconds": round(floor, 2),
        "product seconds": round(product, 2),
        "ratio": round(
            statistics.median(p[0] / f[0] for p, f in zip(samples["product"], samples["floor"], strict=True)), 2
        ),
        "floor MB": round(max(m for _, m in samples["floor"])),
        "product MB": round(max(m for _, m in samples["product"])),
    }


def single(label: str, command: list[str], runs: int, before: object = None) -> dict[str, object]:
    """One command, several times."""
    figures = []
    for turn in range(runs + 1):
        if callable(before):
            before()
        figure = measure(command)
        if turn:
            figures.append(figure)
    return {
        "what": label,
        "product seconds": round(statistics.median(s for s, _ in figures), 2),
        "product MB": round(max(m for _, m in figures)),
    }


def forget(warehouse: Path, day: str) -> None:
    """Take a date out of every computed table and out of the ledger, as if it had never been computed."""
    import duckdb

    connection = duckdb.connect(str(warehouse))
    for schema, table, column in connection.execute(
        "SELECT schema_name, table_name, min(column_name) FROM duckdb_columns() "
        "WHERE column_name IN ('game_date', 'analysis_date', 'cache_date') GROUP BY ALL"
    ).fetchall():
        if schema in COMPUTED or table in {"backfill_ledger", "analytics_failures", "precompute_failures"}:
            connection.execute(f"DELETE FROM {schema}.{table} WHERE {column} = '{day}'").fetchall()
    connection.close()


def correct(warehouse: Path, share: float) -> str:
    """Correct one game of the first season: a rebound more for one player; returns its date.

    Args:
        warehouse: File with everything computed.
        share: Where in the season the game lies, 0 to 1.
    """
    import duckdb

    connection = duckdb.connect(str(warehouse))
    games = connection.execute(
        "SELECT game_id, game_date FROM nba_raw.nbac_schedule WHERE season_year = "
        "(SELECT min(season_year) FROM nba_raw.nbac_schedule) ORDER BY game_date, game_id"
    ).fetchall()
    game, day = games[int(share * (len(games) - 1))]
    connection.execute(
        "UPDATE nba_raw.nbac_player_boxscore SET defensive_rebounds = defensive_rebounds + 1, points = points + 1, "
        "data_hash = md5(data_hash)[:16] WHERE (game_id, player_id) = (SELECT (game_id, min(player_id)) FROM "
        "nba_raw.nbac_player_boxscore WHERE game_id = ? GROUP BY game_id)",
        [game],
    ).fetchall()
    connection.close()
    return str(day)


def main() -> None:
    """Run every benchmark and print one line each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, default=HERE.parents[1] / "shared" / "data")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--out", type=Path, default=None)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        statements = work / "statements.json"
        subprocess.run([sys.executable, str(HERE / "floor.py"), "prepare", str(statements)], check=True)
        folders = seasons_of(options.data, work)
        one, four = work / "one.duckdb", work / "four.duckdb"
        load(folders[:1], one)
        load(folders, four)
        results = [
            compare(f"Phases 3 and 4, {folders[0].name}", one, work, statements, options.runs),
            compare(f"Phases 3 and 4, {len(folders)} seasons", four, work, statements, options.runs),
        ]
        _, last = dates(one)
        subprocess.run(
            [*backcourt(), "run", "--start-date", "2000-01-01", "--end-date", last, "--warehouse", str(one)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        results.append(
            single(
                f"one more date ({last}), whole process",
                [*backcourt(), "run", "--start-date", last, "--end-date", last, "--warehouse", str(one)],
                options.runs,
                before=lambda: forget(one, last),
            )
        )
        everything = ["--start-date", "2000-01-01", "--end-date", dates(four)[1], "--warehouse", str(four)]
        subprocess.run([*backcourt(), "run", *everything], check=True, stdout=subprocess.DEVNULL)
        results.append(
            single(f"plan {len(folders)} seasons, nothing to do", [*backcourt(), "plan", *everything], options.runs)
        )
        for count, path in ((1, one), (len(folders), four)):
            span = ["2000-01-01", dates(path)[1]]
            results.append(
                single(
                    f"every validator, {count} season{'s' if count > 1 else ''}",
                    [sys.executable, str(HERE / "validators.py"), str(path), *span],
                    options.runs,
                )
            )
        corrected = work / "corrected.duckdb"
        for word, share in (("early", 0.15), ("in the middle", 0.5), ("late", 0.85)):

            def spoil(share: float = share) -> None:
                shutil.copy(one, corrected)
                correct(corrected, share)

            results.append(
                single(
                    f"one corrected game, {word} in {folders[0].name}",
                    [
                        *backcourt(),
                        "run",
                        "--start-date",
                        "2000-01-01",
                        "--end-date",
                        last,
                        "--warehouse",
                        str(corrected),
                    ],
                    options.runs,
                    before=spoil,
                )
            )
        light = work / "light"
        shutil.copytree(folders[0], light, ignore=shutil.ignore_patterns("play_by_play*"))
        fresh = work / "fresh.duckdb"
        results.append(
            single(
                "load a season without play-by-play",
                [*backcourt(), "load", "season", str(light), "--warehouse", str(fresh)],
                options.runs,
                before=lambda: fresh.unlink(missing_ok=True),
            )
        )
        results.append(single("backcourt --help", [*backcourt(), "--help"], options.runs))
    report = {
        "data": "simulated" if not options.data.is_dir() else "real seasons 2021-22 to 2024-25",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "versions": {name: metadata.version(name) for name in ("duckdb", "sqlglot", "backcourt")}
        | {"python": platform.python_version()},
        "results": results,
    }
    for result in results:
        print("; ".join(f"{key} {value}" for key, value in result.items()))
    if options.out:
        options.out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
