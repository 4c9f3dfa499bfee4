"""The queue as a sheet: harmless in a spreadsheet, imported whole or not at all."""

import csv
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from backcourt.catalog import TABLES
from backcourt.errors import InputFileError, OutputFileError
from backcourt.names import review
from backcourt.names.review_acts import Author
from backcourt.names.review_rows import STATUSES
from backcourt.names.review_undo import undo
from backcourt.names.sheet import COLUMNS, export, guarded, import_
from backcourt.warehouse.base import Statement
from review_league import (
    EITHER,
    FIRST,
    HOSTILE,
    INJURIES,
    JALEN,
    JAYLIN,
    LOADED,
    NOW,
    ODDS,
    PARTNER,
    ROBERT,
    SEASON,
    TIMELORD,
    beginning,
    league,
)

ANN = Author("ann", NOW, "sheet")


@pytest.fixture
def session(tmp_path_factory, tmp_path):
    """An open session on the league."""
    with league(tmp_path_factory, tmp_path).write(TABLES) as opened:
        yield opened


def read(path):
    """The rows of a sheet as a spreadsheet reads them."""
    with path.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def write(path, rows, *, encoding="utf-8", columns=COLUMNS):
    """Save rows as a spreadsheet does."""
    with path.open("w", encoding=encoding, newline="") as opened:
        writer = csv.DictWriter(opened, columns, extrasaction="ignore", restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def filled(rows, decisions):
    """The rows with decisions by source and name: (decision, player, notes)."""
    for row in rows:
        given = decisions.get((row["source"], row["name"]), ("", "", ""))
        row |= dict(zip(("decision", "player_id", "notes"), given, strict=True))
    return rows


def test_a_sheet_is_harmless_and_always_the_same(session, tmp_path):
    """No cell is executed or taken for a number, names survive, the first has most rows, two exports are the same."""
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    assert export(session, first, today=FIRST) == export(session, second, today=FIRST) == 10
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes().startswith(b"\xef\xbb\xbfid,source,name,")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["first.csv", "second.csv", "w.duckdb"]
    rows = read(first)
    assert tuple(rows[0]) == COLUMNS
    assert rows[0] == {
        "id": "'8443e848", "source": INJURIES, "name": TIMELORD, "season": SEASON, "team": "BOS", "occurrences": "2",
        "first_seen": "2023-01-10", "last_seen": "2023-01-10", "reason": "nobody of this name with BOS in 2022-23",
        "candidate_1": "1629057 Robert Williams III", "candidate_2": "", "candidate_3": "", "decision": "",
        "player_id": "", "notes": "",
    }  # fmt: skip
    assert {cell[0] for row in rows for cell in row.values() if cell} & set("=+-@\t\r\n") == set()
    names = {row["name"] for row in rows}
    assert "'" + HOSTILE[3] in names
    assert {HOSTILE[1], HOSTILE[2], HOSTILE[4], HOSTILE[5]} <= names


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "  =1", "\uff1d1"])
def test_cells_that_compute_are_guarded(cell):
    """What a spreadsheet would execute begins with an apostrophe; other text is as it was."""
    assert guarded(cell) == f"'{cell}"
    assert guarded("O'Neal - Shaq = x") == "O'Neal - Shaq = x"


def test_ids_that_look_like_numbers_stay_text(session, tmp_path):
    """A spreadsheet would make 123456 of 00123456 and 20 of 2e1: such an id begins with an apostrophe."""
    session.transaction(
        [
            Statement(
                "INSERT INTO nba_reference.unresolved_player_names (source, player_lookup, season, team_abbr, "
                "original_name, occurrences, example_games, candidates, reason, status, created_at, processed_at) "
                "SELECT 'x', CONCAT('a', FORMAT('%d', n)), @season, '', CONCAT('a', FORMAT('%d', n)), 1, "
                "ARRAY<STRING>[], ARRAY<STRING>[], 'x', 'pending', @now, @now FROM UNNEST(GENERATE_ARRAY(1, 300)) AS n",
                {"season": SEASON, "now": LOADED},
            )
        ]
    )
    path = tmp_path / "sheet.csv"
    export(session, path, today=FIRST)
    numbers = [row for row in read(path) if re.fullmatch(r"'?[0-9]+(e[0-9]+)?", row["id"])]
    # 2.3 % of ids have digits only, 1.4 % an e between digits: of 300 about eleven.
    assert 5 < len(numbers) < 30
    assert all(row["id"].startswith("'") for row in numbers)
    number = numbers[-1]
    done = import_(session, write(path, [{**number, "decision": "reject"}]), ANN)
    assert len(done.reviews) == 1


def test_whatever_cannot_be_done_refuses_the_whole_file(session, tmp_path):
    """Every wrong row is named with what is valid, and not even the right ones are done."""
    path = tmp_path / "sheet.csv"
    export(session, path, today=FIRST)
    before = beginning(session)
    rows = read(path)
    for row, (decision, player) in zip(rows, [
        ("accept", str(ROBERT)), ("accept", "5"), ("maybe", ""), ("", "5"), ("reject", "5"), ("snooze", ""),
        ("snooze 2020-01-01", ""), ("accept", "somebody"),
    ], strict=False):  # fmt: skip
        row["decision"], row["player_id"] = decision, player
    rows += [dict(rows[0]), {**rows[8], "id": "ffffffff"}, {**rows[9], "team": "LAL"}]
    del rows[9]
    with pytest.raises(InputFileError) as error:
        import_(session, write(path, rows), ANN)
    text = str(error.value)
    assert "10 rows cannot be used, so nothing was imported" in text
    for says in (
        "row 3: no player with the id 5 is registered",
        "row 4: decision 'maybe' is unknown. valid: accept, reject, invalid, new_player, snooze YYYY-MM-DD, nothing",
        "row 5: a player without a decision",
        "row 6: a player beside 'reject'",
        "row 7: ",
        "row 8: a name cannot be snoozed until 2020-01-01",
        "row 9: accept with the player 'somebody'",
        "row 11: 8443e848 is also in row 2",
        "row 12: no name has the id 'ffffffff'",
        "is about team '', not 'LAL'",
    ):
        assert says in text
    assert error.value.exit_code == 2
    assert beginning(session) == before


def test_files_that_are_no_sheets_are_refused(session, tmp_path):
    """A missing column, another encoding, a short row, an empty file: one error that names the file."""
    path = tmp_path / "sheet.csv"
    header = ",".join(COLUMNS).encode()
    for content, says in (
        (b"id,source\n1,2\n", "it has no column name"),
        (header + b"\n\xff\xfe", "is not UTF-8"),
        (header + b"\na,b\n", "line 2 has 2 cells"),
        (b"", "it has no column id"),
    ):
        path.write_bytes(content)
        with pytest.raises(InputFileError, match=f"sheet.csv: .*{says}"):
            import_(session, path, ANN)


@pytest.mark.slow
def test_a_reviewed_sheet_is_done_at_once_and_undone_act_by_act(session, tmp_path):
    """Seven decisions in one transaction; the two spellings of Jaelin mean two players, so each holds where it was seen."""
    before = beginning(session)
    path = tmp_path / "sheet.csv"
    export(session, path, today=FIRST)
    rows = filled(
        read(path),
        {
            (INJURIES, TIMELORD): ("Accept", "1629057.0", "his nickname"),
            (PARTNER, TIMELORD): ("accept", "1629057 Robert Williams III", ""),
            (INJURIES, EITHER): ("accept", str(JALEN), ""),
            (ODDS, EITHER): ("accept", str(JAYLIN), ""),
            (INJURIES, HOSTILE[1]): ("invalid", "", "'=1"),
            (INJURIES, HOSTILE[2]): ("snooze 2023-02-01", "", ""),
            (INJURIES, HOSTILE[5]): ("new_player", "", ""),
        },
    )
    rows.append(dict.fromkeys(COLUMNS, ""))
    done = import_(session, write(path, reversed(rows), encoding="utf-8-sig"), ANN)
    assert len(done.reviews) == len(set(done.reviews)) == 7
    assert sorted(filter(None, done.aliases)) == [
        "jaelinwilliams|2022-23|OKC",
        "timelordwilliams||",
        "timelordwilliams||",
    ]
    # Four of Timelord (the odds by his alias), two of Jaelin.
    assert (done.rows, done.names) == (6, 1)
    found = {(row["source"], row["original_name"]): row["status"]
             for row in review.pending(session, STATUSES, today=FIRST)}  # fmt: skip
    assert [found[INJURIES, name] for name in (TIMELORD, EITHER, HOSTILE[1], HOSTILE[2], HOSTILE[5], HOSTILE[3])] == [
        "resolved", "resolved", "invalid", "snoozed", "under_review", "pending"]  # fmt: skip
    # Imported again, as after a kill, it says what holds already; what else it says is done.
    next(row for row in rows if row["name"].endswith(HOSTILE[3]))["decision"] = "reject"
    again = import_(session, write(path, rows), replace(ANN, run_id="again"))
    assert {said.review_id for said in again.already} == set(done.reviews)
    (last,) = again.reviews
    undo(session, last, Author("bob", NOW, "undo"))
    for number, act in enumerate(reversed(done.reviews)):
        undo(session, act, Author("bob", NOW + timedelta(minutes=number), f"undo{number}"))
    assert beginning(session) == before


@pytest.mark.slow
def test_one_spelling_of_one_team_cannot_be_two_players(session, tmp_path):
    """The report says Timelord is Robert, the partner says Jalen, both with BOS in 2022-23: refused, nothing done."""
    before = beginning(session)
    path = tmp_path / "sheet.csv"
    export(session, path, today=FIRST)
    rows = filled(
        read(path), {(INJURIES, TIMELORD): ("accept", str(ROBERT), ""), (PARTNER, TIMELORD): ("accept", str(JALEN), "")}
    )
    with pytest.raises(
        InputFileError, match=r"row 3: the same name with BOS in 2022-23 is 1629057 in row 2, not 1631114"
    ):
        import_(session, write(path, rows), ANN)
    assert beginning(session) == before


def test_a_sheet_without_decisions_changes_nothing(session, tmp_path):
    """What was exported and not touched is imported without an act."""
    before = beginning(session)
    path = tmp_path / "sheet.csv"
    export(session, path, today=FIRST)
    assert import_(session, path, ANN).reviews == ()
    assert beginning(session) == before
    with pytest.raises(OutputFileError):
        export(session, tmp_path / "no" / "sheet.csv", today=FIRST)
