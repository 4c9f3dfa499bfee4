"""Gamebooks and injury reports: what they print, what of it is loaded, and what is no such PDF."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

import pytest

from backcourt.errors import InputFileError
from backcourt.sources.parsers import nbac_gamebook, nbac_injury_report, pdf
from backcourt.sources.parsers.pdf import Word
from backcourt.sources.providers.nbac_pdf import SOURCES
from backcourt.sources.source import About, Parsed
from partners import NOW, about, payload, survives
from pdf_maker import COLUMNS, TITLES, Text, assembled, box, content, of_contents, printed, report, stream
from pdf_maker import pdf as made

SOURCE = {source.name: source for source in SOURCES}
REPORT_DAY = date(2024, 1, 4)
Reader = Callable[[list[list[Word]], About], Parsed]
GAME, GAME_DAY = "0022301158", date(2024, 4, 10)


def gamebook(*pages: Sequence[str], key: str = GAME) -> Parsed:
    """What is read of a gamebook of these pages of lines."""
    data = made([printed(lines) for lines in pages or (box(),)])
    return SOURCE["nbac_gamebook"].parse(data, About(key, GAME_DAY, NOW, "payload"))


def words(lines: Sequence[str]) -> list[Word]:
    """Lines as words on a page."""
    return [
        Word(10.0 * number, 10.0 * number + 9, -12.0 * place, word)
        for place, line in enumerate(lines)
        for number, word in enumerate(line.split())
    ]


def of_lines(lines: Sequence[str]) -> Parsed:
    """What is read of a gamebook's lines."""
    return nbac_gamebook.rows_of([words(lines)], About(GAME, GAME_DAY, NOW, "payload"))


def injuries(data: bytes, day: date = REPORT_DAY) -> list[dict[str, Any]]:
    """The rows of a report."""
    parsed = SOURCE["nbac_injury_report"].parse(data, about(day))
    assert parsed.unmapped == set()
    return parsed.rows


def test_real_injury_report() -> None:
    """14 players of four teams as another program prints the PDF; the 23 teams that have not reported list nobody."""
    found = injuries(payload("nbac_injury_report/injury_report.pdf"))
    spurs, nuggets, warriors = (("MIL", "SAS", "SAS"), ("DEN", "GSW", "DEN"), ("DEN", "GSW", "GSW"))
    assert [
        (row["away"], row["home"], row["team_abbreviation"], row["printed_name"], row["injury_status"], row["reason"])
        for row in found
    ] == [
        (*spurs, "Barlow, Dominick", "Questionable", "G League - Two-Way"),
        (*spurs, "Bassey, Charles", "Out", "Injury/Illness - Left Acl; Tear"),
        (*spurs, "Branham, Malaki", "Doubtful", "Injury/Illness - Right Ankle; Sprain"),
        (*spurs, "Cissoko, Sidy", "Out", "G League - On Assignment"),
        (*spurs, "Collins, Zach", "Out", "Injury/Illness - Right Ankle; Sprain"),
        (*spurs, "Diakite, Mamadi", "Questionable", "G League - Two-Way"),
        (*spurs, "Duke Jr., David", "Out", "G League - Two-Way"),
        (*spurs, "McDermott, Doug", "Out", "Injury/Illness - Right Forearm; Contusion"),
        (*nuggets, "Cancar, Vlatko", "Out", "Injury/Illness - Left Knee; Surgery"),
        (*nuggets, "Jackson, Reggie", "Probable", "Injury/Illness - Left Calf; Tightness"),
        (*nuggets, "Pickett, Jalen", "Out", "G League - On Assignment"),
        (*nuggets, "Tyson, Hunter", "Out", "G League - On Assignment"),
        (*warriors, "Green, Draymond", "Out", "League Suspension"),
        (*warriors, "Payton II, Gary", "Out", "Injury/Illness - Left Hamstring; Strain"),
    ]
    assert {
        (row["report_date"], row["report_hour"], row["report_minute"], row["game_date"], row["season"]) for row in found
    } == {(REPORT_DAY, 12, 30, REPORT_DAY, "2023-24")}
    assert [row["player_name"] for row in found][6:8] == ["David Duke Jr.", "Doug McDermott"]
    kinds = [row["reason_category"] for row in found]
    assert (kinds.count("injury"), kinds.count("g_league"), kinds.count("suspension")) == (7, 6, 1)


def test_real_gamebooks_are_damaged() -> None:
    """The two gamebooks at hand lost every byte above 127 outside UTF-8: they are refused, not read as empty."""
    for name in ("a.pdf", "b.pdf"):
        with pytest.raises(InputFileError, match="a PDF without text: damaged"):
            SOURCE["nbac_gamebook"].parse(payload(f"nbac_gamebook/{name}"), about(GAME_DAY, GAME))


def test_gamebook() -> None:
    """Everybody listed, with side, date, minutes, position and every number in its column; nothing is left over."""
    parsed = gamebook()
    assert parsed.unmapped == set()
    assert [row["player_name"] for row in parsed.rows] == [
        *("GG Jackson", "Lamar Stevens", "Trey Jemison", "Jake LaRavia", "Scotty Pippen Jr.", "Santi Aldama"),
        *("Jordan Goodwin", "Bane", "Jackson Jr.", "Rose", "Watanabe", "Max Strus", "Evan Mobley", "Jarrett Allen"),
        *("Donovan Mitchell", "Darius Garland", "Marcus Morris Sr.", "Jerome"),
    ]
    by_name = {row["player_name"]: row for row in parsed.rows}
    assert by_name["Evan Mobley"] == {
        "game_id": GAME, "season": "2023-24", "game_date": GAME_DAY, "team_abbreviation": "CLE", "is_home": True,
        "totals_differ": None, "player_name": "Evan Mobley", "listing": "box", "comment": None, "minutes": "48:00",
        "position": "F", "fgm": 4, "fga": 10, "fg3m": 2, "fg3a": 4, "ftm": 2, "fta": 2, "oreb": 3, "dreb": 9,
        "reb": 12, "ast": 1, "pf": 1, "stl": 3, "tov": 4, "blk": 4, "plus_minus": 5, "pts": 12,
    }  # fmt: skip
    assert [(row["listing"], row["comment"], row["minutes"]) for name, row in by_name.items() if not row["pts"]] == [
        ("box", "NWT - Injury/Illness - Right Foot; Strain", None),
        ("box", "DNP - Coach's Decision", None),
        ("inactive", "Injury/Illness - Lumbar; Disc Bulge", None),
        ("inactive", "Injury/Illness - Right Quadriceps; Tendonitis", None),
        ("inactive", None, None),
        ("inactive", "Personal", None),
        ("box", "DNP - Coach's Decision", None),
        ("inactive", "Injury/Illness - Right Ankle; Surgery", None),
    ]
    assert {row["team_abbreviation"]: row["is_home"] for row in parsed.rows} == {"MEM": False, "CLE": True}


def test_only_the_final_box_is_read() -> None:
    """The longer edition's boxes of single periods, before or behind, are not taken for the game."""
    quarter = [line.replace("FINAL BOX", "1st QUARTER ONLY") for line in box()]
    assert gamebook(["Cover"], box(), quarter, ["PLAY-BY-PLAY"]).rows == gamebook().rows
    with pytest.raises(InputFileError, match=r"not the final one but .*1st QUARTER ONLY"):
        of_lines(quarter)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (lambda lines: [line for line in lines if "HOME:" not in line], "two lines of totals|1 teams"),
        (lambda lines: [line for line in lines if "SCORE" not in line], "the line .* cannot be read|no score"),
        (lambda lines: [line for line in lines if not line.startswith("Wednes")], "it has no date"),
        (lambda lines: [line.replace("3PA FT", "FT 3PA") for line in lines], "the line 'POS MIN .* cannot be read"),
        (lambda lines: [line.replace("F 48:00 3 8", "F 48:00 3") for line in lines], "'45 GG Jackson .* cannot be"),
        (lambda lines: [line.replace("Grizzlies - B", "Lakers - B") for line in lines], "are of neither team"),
        (lambda lines: [line.replace("Bulge)", "Bulge") for line in lines], "is not closed|cannot be read"),
        (lambda lines: [line.replace("240:00 13", "13") for line in lines], "no players or no totals|cannot be read"),
        (lambda lines: [line.replace("Max Strus", "Max; Strus") for line in lines], "'Max; Strus' is not a name"),
        (lambda lines: ["x" * 2000, *lines], "a line has 2,000 characters"),
        (lambda _: ["Play-by-play"], "so it is not a gamebook"),
    ],
)
def test_a_box_that_is_not_whole_is_refused(changed: Callable[[list[str]], list[str]], message: str) -> None:
    """A missing team, date or total, another order of columns, a cut line: one line says which."""
    with pytest.raises(InputFileError, match=message):
        of_lines(changed(box()))


@pytest.mark.parametrize("label", ["Technical Fouls - Individual", "Points in the Paint - Grizzlies 10 (5/9)"])
def test_a_known_paragraph_without_a_colon_ends_the_inactive_players(label: str) -> None:
    """Some editions print the label alone: it is none of the inactive players above it."""
    lines = box()
    place = next(number for number, line in enumerate(lines) if line.startswith("Points in the Paint"))
    assert of_lines([*lines[:place], label, *lines[place:]]).rows == of_lines(lines).rows


def test_what_is_new_in_a_box_is_noted() -> None:
    """A paragraph or a line that no one knows is told; players that do not make the totals are told by team."""
    found = of_lines([*box(), "Coach's Challenges: Grizzlies 1/1"])
    assert found.unmapped == {"below: coach's challenges"}
    fewer = of_lines([line for line in box() if "Max Strus" not in line])
    assert {row["totals_differ"] for row in fewer.rows} == {
        None,
        "fgm 10 of 13, fga 28 of 33, fg3m 4 of 6, fg3a 12 of 15, fta 6 of 7, oreb 6 of 7, dreb 17 of 22, reb 23 of 29, ast 23 of 24, pf 6 of 8, stl 6 of 7, pts 29 of 37",
    }


def test_rows_go_on_over_pages_and_lines() -> None:
    """A team goes on after a page's end; reasons of two and three lines go to their players, one that is cut as well."""
    data = report(
        [
            (459, ("01/04/2024", "07:30 (ET)", "BRK@SAS", "San Antonio Spurs", "Wembanyama, Victor", "Out", "Rest")),
            (436, ("", "", "", "", "", "", "Injury/Illness - Right")),
            (422, ("", "", "", "", "Bassey, Charles", "Out", "Ankle; Injury")),
            (408, ("", "", "", "", "", "", "Management")),
            (386, ("", "", "", "", "Nene", "Available", "")),
            (364, ("", "", "", "", "Collins, Zach", "Questionable", "Injury/Illness -")),
        ],
        [
            (505, ("", "", "", "", "", "", "Illness")),
            (483, ("", "", "", "", "Duke Jr., David", "Out", "G League - Two-Way")),
            (461, ("", "08:00 (ET)", "PHI@LAC", "Philadelphia 76ers", "", "", "NOT YET SUBMITTED")),
            (439, ("", "", "", "LA Clippers", "Leonard, Kawhi", "Doubtful", "Personal Reasons")),
        ],
    )
    assert [
        (row["away"], row["home"], row["team_abbreviation"], row["player_name"], row["reason"], row["reason_category"])
        for row in injuries(data)
    ] == [
        ("BKN", "SAS", "SAS", "Victor Wembanyama", "Rest", "rest"),
        ("BKN", "SAS", "SAS", "Charles Bassey", "Injury/Illness - Right Ankle; Injury Management", "injury"),
        ("BKN", "SAS", "SAS", "Nene", None, None),
        ("BKN", "SAS", "SAS", "Zach Collins", "Injury/Illness - Illness", "illness"),
        ("BKN", "SAS", "SAS", "David Duke Jr.", "G League - Two-Way", "g_league"),
        ("PHI", "LAC", "LAC", "Kawhi Leonard", "Personal Reasons", "personal"),
    ]


def test_another_report_is_refused() -> None:
    """One of another day, one whose pages are of two reports, one that lacks a page, one without its columns."""
    row = (459, ("01/04/2024", "07:30 (ET)", "MIL@SAS", "San Antonio Spurs", "Nene", "Out", "Rest"))
    with pytest.raises(InputFileError, match="the report of 2024-01-04, not of 2024-01-05"):
        injuries(report([row]), date(2024, 1, 5))
    with pytest.raises(InputFileError, match="'13/04/24 12:30 PM' is not a date and time"):
        injuries(report([row], title="13/04/24 12:30 PM"))
    with pytest.raises(InputFileError, match="a second one"):
        injuries(_two_titles(row))
    with pytest.raises(InputFileError, match="page 1 of 1 calls itself 'Page 1 of 2'"):
        injuries(made([[(289, 533, "Injury Report: 01/04/24 12:30 PM"), (398, 50, "Page 1 of 2")]]))
    with pytest.raises(InputFileError, match="no line Game Date"):
        injuries(made([[(289, 533, "Injury Report: 01/04/24 12:30 PM"), (398, 50, "Page 1 of 1")]]))


def _two_titles(row: tuple[float, Sequence[str]]) -> bytes:
    texts: list[Text] = [(289, 533, "Injury Report: 01/04/24 12:30 PM"), (398, 50, "Page 1 of 1")]
    texts += [(289, 510, "Injury Report: 01/04/24 01:30 PM")]
    texts += [(left, 480, text) for left, text in zip(COLUMNS, TITLES, strict=True)]
    texts += [(left, row[0], text) for left, text in zip(COLUMNS, row[1], strict=True)]
    return made([texts])


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("Injury/Illness - N/a; Illness", "illness"),
        ("Injury/Illness - Left Knee; Injury Management", "injury"),
        ("Illness", "illness"),
        ("Health and Safety Protocols", "illness"),
        ("Concussion Protocol", "injury"),
        ("Rest", "rest"),
        ("Team Suspension", "suspension"),
        ("Personal Reasons", "personal"),
        ("G League - Two-Way", "g_league"),
        ("Trade Pending", "other"),
        ("Restart of Conditioning", "other"),
        (None, None),
    ],
)
def test_category_of_a_reason(reason: str | None, kind: str | None) -> None:
    """Reasons as the league words them, each in its category."""
    assert nbac_injury_report.category_of(reason) == kind


ENCRYPTED = f"/Encrypt << /Filter /Standard /V 1 /R 2 /O <{'5a' * 32}> /U <{'a5' * 32}> /P -4 >> /ID [<00> <00>]"


def test_what_is_no_readable_pdf_is_refused() -> None:
    """No PDF, half a PDF, an encrypted one, one of 10,000 pages, one without text: each in one line, at once."""
    real = payload("nbac_injury_report/injury_report.pdf")
    page = content(printed(box()))
    cases = {
        "is no PDF": b"PK\x03\x04",
        "is HTML": b"<!DOCTYPE html><html>Access denied</html>",
        "bytes; PDFs of at most": b"%PDF-1.4\n" + b"x" * pdf.LARGEST,
        "is damaged or truncated": b"%PDF-1.7\n%%EOF",
        "has 10,000 pages": of_contents([b""] * 10_000),
        "without text": of_contents([b"", b"q Q"]),
        "it has no line VISITOR": made([[(30, 700, "Nothing of a game")]]),
        "is encrypted": of_contents([page], trailer=ENCRYPTED),
        "is not a team": made([[(30, 700 - 10 * line, "VISITOR: x" * 30) for line in range(30)]]),
    }
    started = time.perf_counter()
    for message, data in cases.items():
        with pytest.raises(InputFileError, match=message) as refused:
            SOURCE["nbac_gamebook"].parse(data, about(GAME_DAY, GAME))
        assert "\n" not in str(refused.value)
    for share in (0.2, 0.9):
        with pytest.raises(InputFileError):
            injuries(real[: int(len(real) * share)])
    with pytest.raises(InputFileError, match="'1' is not a game id"):
        gamebook(key="1")
    assert time.perf_counter() - started < 20


def test_a_huge_page_costs_no_more_than_another() -> None:
    """Nothing is drawn, so the size of a page is no matter: it is read as any other."""
    data = of_contents([content(printed(box()))], box=(0, 0, "9" * 12, "9" * 12))
    assert SOURCE["nbac_gamebook"].parse(data, about(GAME_DAY, GAME)).rows == gamebook().rows


def _shaken(pages: list[list[Word]], seed: int) -> list[list[Word]]:
    """Words on other places, of other texts, doubled or gone."""
    dice = random.Random(seed)
    texts = ("", "(", ")", ",", ";", "9" * 30, "Inactive:", "HOME:", "@", "48:00", "NOT YET SUBMITTED", "\x00")
    changed = [list(page) for page in pages]
    for _ in range(dice.randint(1, 4)):
        page = dice.choice(changed)
        if not page:
            continue
        place = dice.randrange(len(page))
        word = page[place]
        deed = dice.random()
        if deed < 0.3:
            page[place] = Word(word.left, word.right, word.base, dice.choice(texts))
        elif deed < 0.6:
            page[place] = Word(dice.uniform(-9e5, 9e5), word.right, dice.uniform(0, 600), word.text)
        elif deed < 0.8:
            del page[place]
        else:
            page += [Word(dice.uniform(0, 600), 0, word.base, word.text)] * dice.randint(1, 3)
    return changed


def _of_shaken(rows_of: Reader, pages: list[list[Word]], known: About, seed: int, _: bytes) -> Parsed:
    return rows_of(_shaken(pages, seed), known)


def test_shaken_words_never_raise_anything_else() -> None:
    """Whatever stands where on the pages: rows of the feed's types, or a refusal in one line; both occur."""
    read = pdf.pages_of(payload("nbac_injury_report/injury_report.pdf"), about(REPORT_DAY))
    trials = (
        ("nbac_injury_report", read, about(REPORT_DAY), nbac_injury_report.rows_of),
        ("nbac_gamebook", [words(box())], about(GAME_DAY, GAME), nbac_gamebook.rows_of),
    )
    for name, pages, known, rows_of in trials:
        outcomes = [survives(partial(_of_shaken, rows_of, pages, known, seed), b"", SOURCE[name]) for seed in range(80)]
        assert 5 < sum(outcomes) < 75, name


@pytest.mark.slow
def test_damaged_bytes_never_raise_anything_else() -> None:
    """Bytes of the real report overwritten, cut out and doubled: rows or a refusal, never another exception."""
    real = payload("nbac_injury_report/injury_report.pdf")
    dice = random.Random(7)
    outcomes = []
    for _ in range(12):
        data = bytearray(real)
        for _ in range(dice.randint(1, 30)):
            place = dice.randrange(len(data))
            data[place : place + dice.randint(0, 9)] = dice.randbytes(dice.randint(0, 9))
        outcomes.append(
            survives(
                lambda data: SOURCE["nbac_injury_report"].parse(data, about(REPORT_DAY)),
                bytes(data),
                SOURCE["nbac_injury_report"],
            )
        )
    assert 0 < sum(outcomes) < 12


def _nested(depth: int, times: int) -> bytes:
    """A page of forms that each draw the next one many times."""
    more = []
    for level in range(depth):
        draws = b"/N Do " * times if level < depth - 1 else content([(0, 0, "x")])
        inner = f"/XObject << /N {5 + level} 0 R >>" if level < depth - 1 else ""
        more.append(
            stream(
                draws,
                f"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /Font << /F1 3 0 R >> {inner} >>",
            )
        )
    return of_contents([b"/N Do"], more=more, resources="/XObject << /N 4 0 R >>")


def _twice_packed() -> bytes:
    """A page of 768 MB of blanks, packed twice into a few kilobytes."""
    import zlib

    packer = zlib.compressobj(1)
    packed = b"".join(packer.compress(b" " * 2**20) for _ in range(768)) + packer.flush()
    twice = zlib.compress(packed, 9)
    body = f"<< /Length {len(twice)} /Filter [/FlateDecode /FlateDecode] >>\nstream\n".encode() + twice
    return assembled(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>",
            body + b"\nendstream",
        ]
    )


@pytest.mark.slow
def test_bombs_are_defused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nested forms, 768 MB of blanks in kilobytes, too many letters: refused within the bounds of time and memory."""
    import resource

    monkeypatch.setattr(pdf, "SECONDS", 1)
    monkeypatch.setattr(pdf, "MOST_SIGNS", 5000)
    bombs = {
        "nested forms": _nested(12, 12),
        "blanks": _twice_packed(),
        "letters": of_contents([content([(0, 10 * line, "x y " * 50) for line in range(70)], 1)]),
    }
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    for name, data in bombs.items():
        started = time.perf_counter()
        with pytest.raises(InputFileError):
            pdf.pages_of(data, about(GAME_DAY))
        assert time.perf_counter() - started < 15, name
    # The largest process of all that this one has started and seen end; others may have been larger before.
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert largest == before or largest * 1024 < 2 * pdf.MEMORY
