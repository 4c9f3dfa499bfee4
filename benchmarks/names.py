"""Measure who is found behind a name, and who is taken for somebody else: real rosters, hidden people, damaged names.

    python benchmarks/names.py [--data DIR] [--out FILE] [--every N]

DIR holds the real seasons (default: shared/data beside the checkout). Every wrong match is printed; N hides only every
Nth person in turn. Memory is measured in a process of its own: a file of 300,000 names from 45 sources.
"""

from __future__ import annotations

import argparse
import csv
import json
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import duckdb
from name_damage import DAMAGE, damaged, made_up

from backcourt.catalog.teams import team_code_of
from backcourt.names.decide import Decision, NameQuery, decide
from backcourt.names.files import decide_file, read_names
from backcourt.names.people import People, registered
from backcourt.sources.season import load_season
from backcourt.warehouse.base import Session
from backcourt.warehouse.duckdb import DuckDBWarehouse

HERE = Path(__file__).resolve().parent
NOW = datetime(2026, 1, 1, tzinfo=UTC)
LABELLED = ("2021-22", "2022-23")
SEED = 20261126


def rosters(folder: Path, *, labelled: bool = True) -> list[tuple[NameQuery, int]]:
    """Basketball-Reference's names of a season, without total rows, with the true player; 0 where that is not given."""
    rows = duckdb.connect().execute(
        f"SELECT bref_name, season, bref_team, {'nba_id' if labelled else '0'} FROM read_parquet(?) "
        "WHERE bref_team <> 'TOT' ORDER BY bref_team, bref_name",
        [str(folder / "rosters_bref.parquet")],
    )
    return [
        (NameQuery(str(name), str(season), team_code_of(str(team)), "rosters"), int(player))
        for name, season, team, player in rows.fetchall()
    ]


def hidden(people: People, gone: set[int]) -> People:
    """The people without some of them."""
    return replace(
        people,
        spellings=[spelling for spelling in people.spellings if spelling.player_id not in gone],
        listings=[listing for listing in people.listings if listing.player_id not in gone],
        aliases=[alias for alias in people.aliases if alias.player_id not in gone],
    )


def asked_of(session: Session, people: People, asked: Sequence[NameQuery]) -> list[Decision]:
    """Stage the people and decide."""
    people.stage(session)
    return decide(session, people, asked)


def judged(truth: Sequence[tuple[NameQuery, int]], decisions: Sequence[Decision], known: set[int]) -> dict[str, Any]:
    """Precision and recall (fractions), and the confusions by name."""
    pairs = list(zip(truth, decisions, strict=True))
    chosen = [(asked, player, d) for (asked, player), d in pairs if d.player_id is not None]
    wrong = [(asked, d) for asked, player, d in chosen if d.player_id != player]
    resolvable = [(asked, d) for (asked, player), d in pairs if player in known]
    missed = [(asked, d) for asked, d in resolvable if d.player_id is None]
    for asked, decision in wrong:
        print(f"  WRONG  {asked.name} ({asked.team_abbr} {asked.season}) -> {decision.player_name} [{decision.step}]")
    for asked, decision in missed:
        print(f"  open   {asked.name} ({asked.team_abbr} {asked.season}): {decision.evidence}")
    return {
        "rows": len(pairs),
        "resolvable": len(resolvable),
        "wrong": len(wrong),
        "precision": round(1 - len(wrong) / max(1, len(chosen)), 4),
        "recall": round(1 - len(missed) / max(1, len(resolvable)), 4),
        "steps": dict(sorted(Counter(d.step or "open" for d in decisions).items())),
    }


def in_turn(truth: Sequence[tuple[NameQuery, int]], every: int) -> Iterator[tuple[int, list[NameQuery]]]:
    """Each person with his rows."""
    for player in sorted({player for _, player in truth})[::every]:
        yield player, [asked for asked, own in truth if own == player]


def hide_in_turn(
    session: Session, people: People, truth: Sequence[tuple[NameQuery, int]], every: int
) -> dict[str, int]:
    """Hide each person and ask for him: whoever is found then is somebody else."""
    turns = wrong = 0
    for player, rows in in_turn(truth, every):
        turns += 1
        for decision in asked_of(session, hidden(people, {player}), rows):
            if decision.player_id is not None:
                wrong += 1
                print(f"  WRONG  {decision.asked.name} hidden -> {decision.player_name} [{decision.step}]")
    return {"hidden": turns, "wrong": wrong}


def damage(
    session: Session, people: People, truth: Sequence[tuple[str, str, str, int]], rng: random.Random
) -> dict[str, Any]:
    """Damage names with a known bearer; 500 made-up people among them. Recall (fraction) by kind, and wrong matches."""
    people.stage(session)
    results: dict[str, Any] = {}
    names = [name for name, *_ in truth]
    for kind in DAMAGE:
        changed = damaged(names, kind, rng)
        asked = [NameQuery(name, truth[at][1], truth[at][2], f"list {at}") for at, name in changed]
        decisions = decide(session, people, asked)
        wrong = 0
        for (at, name), decision in zip(changed, decisions, strict=True):
            if decision.player_id not in {None, truth[at][3]}:
                wrong += 1
                print(f"  WRONG  {kind}: {names[at]} as {name} -> {decision.player_name} [{decision.step}]")
        right = sum(d.player_id == truth[at][3] for (at, _), d in zip(changed, decisions, strict=True))
        results[kind] = {"names": len(changed), "recall": round(right / max(1, len(changed)), 3), "wrong": wrong}
    invented = made_up([people.names[player] for player in sorted(people.names)], 500, rng)
    places = [truth[rng.randrange(len(truth))][1:3] for _ in invented]
    decisions = decide(
        session,
        people,
        [NameQuery(name, *place, f"list {at}") for at, (name, place) in enumerate(zip(invented, places, strict=True))],
    )
    found = [d for d in decisions if d.player_id is not None]
    for decision in found:
        print(f"  WRONG  made up: {decision.asked.name} -> {decision.player_name} [{decision.step}]")
    results["made up"] = {"names": len(invented), "recall": None, "wrong": len(found)}
    return results


def speed(session: Session, people: People, rng: random.Random) -> dict[str, Any]:
    """30,000 different names, a third of them damaged, with and without context: seconds in all."""
    names = [people.names[player] for player in sorted(people.names)]
    places = sorted({(listing.season, listing.team_abbr) for listing in people.listings})
    asked: dict[NameQuery, None] = {}
    while len(asked) < 30_000:
        name = rng.choice(names)
        if rng.random() < 1 / 3:
            name = DAMAGE[rng.choice(list(DAMAGE))](name, rng)
        season, team = rng.choice(places) if rng.random() < 0.5 else ("", "")
        asked[NameQuery(name, season, team, "speed")] = None
    started, worked = time.perf_counter(), time.process_time()
    people.stage(session)
    decide(session, people, list(asked))
    return {
        "names": len(asked),
        "seconds": round(time.perf_counter() - started, 2),
        "cpu_seconds": round(time.process_time() - worked, 2),
    }


def many(people: People, path: Path, rng: random.Random, *, rows: int = 300_000, sources: int = 45) -> None:
    """Write a file of names from many sources: listed players, a third of them damaged, most with season and team."""
    listings = list(people.listings)
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["row_id", "name", "season", "team", "source"])
        for row in range(rows):
            listing, chance = rng.choice(listings), rng.random()
            name = people.names[listing.player_id]
            if rng.random() < 1 / 3:
                name = DAMAGE[rng.choice(list(DAMAGE))](name, rng)
            season = listing.season if chance < 0.9 else ""
            team = listing.team_abbr if chance < 0.8 else ""
            writer.writerow([row, name, season, team, f"source {row % sources}"])


def decide_many(names: Path, warehouse: Path) -> None:
    """Decide a file, in a process that does nothing else, and print what it took: MiB and seconds."""
    started = time.process_time()
    rows = read_names(names)
    decided = decide_file(DuckDBWarehouse(warehouse), rows)
    found = {
        "rows": len(rows),
        "sources": len({row["source"] for row in rows}),
        "different": len({(row["name"], row["season"], row["team"]) for row in rows}),
        "resolved": sum(row["player_id"] != "" for row in decided),
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "cpu_seconds": round(time.process_time() - started, 2),
    }
    print(json.dumps(found))


def memory(people: People, folder: Path) -> dict[str, Any]:
    """What a file of 300,000 names from 45 sources takes."""
    many(people, folder / "many.csv", _chance())
    done = subprocess.run(
        [sys.executable, __file__, "--decide", str(folder / "many.csv"), str(folder / "names.duckdb")],
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _chance() -> random.Random:
    return random.Random(SEED)  # noqa: S311 - a benchmark repeats itself


def main() -> None:
    """Measure and write the results."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, default=HERE.parents[1] / "shared" / "data")
    options.add_argument("--out", type=Path, default=HERE / "names.json")
    options.add_argument("--every", type=int, default=1)
    options.add_argument("--decide", type=Path, nargs=2, metavar=("NAMES", "WAREHOUSE"))
    given = options.parse_args()
    if given.decide:
        decide_many(*given.decide)
        return
    found: dict[str, Any] = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.machine()}, {len(__import__('os').sched_getaffinity(0))} cores",
        "versions": {name: metadata.version(name) for name in ("duckdb", "rapidfuzz", "nba_api")},
        "seed": SEED,
    }
    with tempfile.TemporaryDirectory() as folder:
        warehouse = DuckDBWarehouse(Path(folder) / "names.duckdb")
        for season in LABELLED:
            load_season(warehouse, given.data / season, now=NOW, run_id="bench")
        with warehouse.read() as session:
            bare, whole = registered(session, aliases=False), registered(session)
            known = {listing.player_id for listing in bare.listings}
            for season in LABELLED:
                truth = rosters(given.data / season)
                for label, people in (("without aliases", bare), ("with aliases", whole)):
                    print(f"{season}, {label}:")
                    decisions = asked_of(session, people, [asked for asked, _ in truth])
                    found[f"{season}, {label}"] = judged(truth, decisions, known)
                    print(" ", found[f"{season}, {label}"])
                print(f"{season}, before it is loaded:")
                blind = replace(whole, listings=[each for each in whole.listings if each.season != season])
                decisions = asked_of(session, blind, [asked for asked, _ in truth])
                found[f"{season}, before it is loaded"] = judged(truth, decisions, known)
                print(" ", found[f"{season}, before it is loaded"])
                print(f"{season}, everybody hidden in turn:")
                found[f"{season}, hidden in turn"] = hide_in_turn(session, whole, truth, given.every)
                print(" ", found[f"{season}, hidden in turn"])
            everybody = [(name, "", "", player) for player, name in sorted(whole.names.items())]
            listed = [
                (whole.names[listing.player_id], listing.season, listing.team_abbr, listing.player_id)
                for listing in whole.listings
            ]
            for label, truth_of in (("without context", everybody), ("with season and team", listed)):
                print(f"damaged names {label}:")
                found[f"damaged, {label}"] = damage(session, bare, truth_of, _chance())
                for kind, result in found[f"damaged, {label}"].items():
                    print(f"  {kind}: {result}")
            found["speed"] = speed(session, whole, _chance())
            print("speed:", found["speed"])
        found["memory"] = memory(whole, Path(folder))
        print("memory:", found["memory"])
    given.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
