"""PDFs for the tests of their parsers, written byte by byte: pages of text at places, gamebooks, injury reports."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence

Text = tuple[float, float, str]
"""Left, baseline, text."""
PAGE = (612, 792)


def pdf(
    pages: Sequence[Iterable[Text]], *, size: float = 8, box: Sequence[float | str] = (0, 0, *PAGE), trailer: str = ""
) -> bytes:
    """A PDF with a page for each list of texts.

    Args:
        pages: What stands on each page.
        size: Size of the letters in points.
        box: Corners of the pages.
        trailer: What the trailer holds besides the usual.
    """
    return of_contents([content(page, size) for page in pages], box=box, trailer=trailer)


def content(texts: Iterable[Text], size: float = 8) -> bytes:
    """The instructions that print texts."""
    lines = []
    for left, base, text in texts:
        plain = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        lines.append(f"BT /F1 {size} Tf 1 0 0 1 {left} {base} Tm ({plain}) Tj ET")
    return "\n".join(lines).encode("cp1252")


def of_contents(
    contents: Sequence[bytes],
    *,
    box: Sequence[float | str] = (0, 0, *PAGE),
    trailer: str = "",
    more: Sequence[bytes] = (),
    resources: str = "",
) -> bytes:
    """A PDF with a page for each stream of instructions.

    Args:
        contents: The instructions of each page.
        box: Corners of the pages.
        trailer: What the trailer holds besides the usual.
        more: Further objects; the first has the number 4.
        resources: What the pages use besides the font F1.
    """
    first = 4 + len(more)
    kids = " ".join(f"{first + 2 * place} 0 R" for place in range(len(contents)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(contents)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        *more,
    ]
    corners = " ".join(map(str, box))
    for place, text in enumerate(contents):
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [{corners}] /Contents {first + 2 * place + 1} 0 R "
            f"/Resources << /Font << /F1 3 0 R >> {resources} >> >>".encode(),
            stream(text),
        ]
    return assembled(objects, trailer)


def stream(data: bytes, entries: str = "") -> bytes:
    """A packed stream as an object."""
    packed = zlib.compress(data, 9)
    return f"<< /Length {len(packed)} /Filter /FlateDecode {entries} >>\nstream\n".encode() + packed + b"\nendstream"


def assembled(objects: Sequence[bytes], trailer: str = "") -> bytes:
    """A file of these objects, numbered from 1; the first is the catalog."""
    parts, places, length = [b"%PDF-1.4\n"], [], 9
    for number, body in enumerate(objects, start=1):
        places.append(length)
        parts.append(f"{number} 0 obj\n".encode() + body + b"\nendobj\n")
        length += len(parts[-1])
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size {len(objects) + 1} /Root 1 0 R "
    return b"".join(parts) + f"{end}{trailer} >>\nstartxref\n{length}\n%%EOF\n".encode()


HEADER = "POS MIN FG FGA 3P 3PA FT FTA OR DR TOT A PF ST TO BS +/- PTS"
AWAY = (
    "45 GG Jackson F 48:00 3 8 1 4 2 2 0 2 2 2 2 2 1 1 -5 9",
    "24 Lamar Stevens F 48:00 2 5 0 1 0 1 1 3 4 3 2 1 1 2 -5 4",
    "55 Trey Jemison C 48:00 1 3 0 0 0 0 2 5 7 1 3 0 2 1 -5 2",
    "3 Jake LaRavia G 48:00 4 9 3 5 1 2 1 4 5 1 1 2 3 0 -5 12",
    "1 Scotty Pippen Jr. G 48:00 2 6 1 2 0 0 0 2 2 6 3 2 2 0 -5 5",
    "7 Santi Aldama NWT - Injury/Illness - Right Foot; Strain",
    "0 Jordan Goodwin DNP - Coach's Decision",
    "240:00 12 31 5 12 3 5 4 16 20 13 11 7 9 4 -5 32",
    "38.7% 41.7% 60.0% TM REB: 9 TOT TO: 10 (7 PTS)",
)
HOME = (
    "1 Max Strus F 48:00 3 5 2 3 0 1 1 5 6 1 2 1 0 0 +5 8",
    "4 Evan Mobley F 48:00 4 10 2 4 2 2 3 9 12 1 1 3 4 4 5 12",
    "31 Jarrett Allen C 48:00 3 6 0 1 2 2 2 4 6 5 1 0 1 3 5 8",
    "45 Donovan Mitchell G 48:00 2 7 1 4 0 0 1 3 4 8 2 3 3 1 5 5",
    "10 Darius Garland G 48:00 1 5 1 3 1 2 0 1 1 9 2 0 3 1 5 4",
    "24 Marcus Morris Sr. DNP - Coach's Decision",
    "240:00 13 33 6 15 5 7 7 22 29 24 8 7 11 9 5 37",
    "39.4% 40.0% 71.4%",
    "TM REB: 8 TOT TO: 12 (9 PTS)",
)
BELOW = (
    "SCORE BY PERIOD",
    "1 2 3 4 FINAL",
    "Grizzlies 8 8 8 8 32",
    "CAVALIERS 9 9 9 10 37",
    "Inactive: Grizzlies - Bane (Injury/Illness - Lumbar; Disc Bulge), Jackson Jr. (Injury/Illness - Right Quadriceps;",
    "Tendonitis), Rose, Watanabe (Personal)",
    "Inactive: CAVALIERS - Jerome (Injury/Illness - Right Ankle; Surgery)",
    "Points in the Paint: Grizzlies 10 (5/9), CAVALIERS 8 (4/7)",
    "Technical Fouls - Individual: NONE",
    "MEMO:",
    "Copyright (c) 2024 NBA Properties, Inc. and its respective member teams. All Rights Reserved.",
)


def box(away: Sequence[str] = AWAY, home: Sequence[str] = HOME, below: Sequence[str] = BELOW) -> list[str]:
    """The lines of a final box."""
    return [
        "NATIONAL BASKETBALL ASSOCIATION",
        "OFFICIAL SCORER'S REPORT FINAL BOX",
        "Wednesday, April 10, 2024 Rocket Mortgage FieldHouse, Cleveland, OH",
        "Officials: #24 Kevin Scott, #36 Brent Barnaky, #41 Nate Green",
        "Game Duration: 2:10",
        "Attendance: 19432 (Sellout)",
        *("VISITOR: Memphis Grizzlies (27-53)", HEADER, *away),
        *("HOME: CLEVELAND CAVALIERS (47-32)", HEADER, *home),
        *below,
    ]


def printed(lines: Sequence[str]) -> list[Text]:
    """Lines of a box on a page, its numbers in columns as the league sets them."""
    found: list[Text] = []
    for place, line in enumerate(lines):
        base = 770 - 11 * place
        name, minutes, numbers = line.partition(" 48:00 ")
        if minutes:
            found += [(30, base, name), (190, base, "48:00")]
            found += [(225 + 22 * column, base, number) for column, number in enumerate(numbers.split())]
        else:
            found.append((30, base, line))
    return found


COLUMNS = (23.0, 119.0, 200.0, 264.0, 425.0, 585.0, 666.0)
TITLES = ("Game Date", "Game Time", "Matchup", "Team", "Player Name", "Current Status", "Reason")


def report(*pages: Sequence[tuple[float, Sequence[str]]], title: str = "01/04/24 12:30 PM") -> bytes:
    """An injury report: on each page rows at a height, each a text per column; "" is no cell."""
    found: list[list[Text]] = []
    for number, page in enumerate(pages, start=1):
        texts: list[Text] = [
            (289, 533, f"Injury Report: {title}"),
            (398, 50, f"Page {number} of {len(pages)}"),
        ]
        if number == 1:
            texts += [(left, 480, text) for left, text in zip(COLUMNS, TITLES, strict=True)]
        for base, cells in page:
            texts += [(left + 1, base, cell) for left, cell in zip(COLUMNS, cells, strict=True) if cell]
        found.append(texts)
    return pdf(found, box=(0, 0, 842, 595))
