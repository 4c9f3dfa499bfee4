"""Reads the words of a PDF in a process of its own, which may take only so much memory and time.

A script, not a module to import from: ``pdf.py`` runs it, gives it the PDF and gets JSON. It imports nothing of
Backcourt, so that it starts in a few hundredths of a second. PDFium is fast and hardened, but a hostile file can still
ask for gigabytes or run for hours; here that ends this process and nothing else.
"""

from __future__ import annotations

import ctypes
import json
import sys
from typing import Any

NO_LIBRARY = 3
"""Exit code if PDFium cannot be imported."""
_HYPHENS = {2: "-", 0xAD: "-", 0xFFFE: "-"}
"""What PDFium has in place of a hyphen at the end of a line."""
_FAR = 1.0
"""Characters so many times their height apart are not of one word, blank or not."""


def limit(memory: int, seconds: int) -> None:
    """Bound this process.

    Args:
        memory: Bytes of address space; 0 for no limit.
        seconds: Seconds of processor time; 0 for no limit.
    """
    if sys.platform == "win32":  # has no such limits; the clock of the parent remains
        return
    import resource

    for what, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, -1)):
        if most:
            given = max(most, 0)
            _, hard = resource.getrlimit(what)
            resource.setrlimit(what, (given if hard < 0 else min(given, hard), hard))


def read(data: bytes, most_pages: int, most_signs: int) -> dict[str, Any]:
    """The words of every page, or what is wrong with the PDF.

    Args:
        data: The PDF.
        most_pages: Pages that it may have.
        most_signs: Characters that it may have.

    Returns:
        ``{"pages": [[[left, right, baseline, text], ...], ...]}`` in points from the lower left corner, or
        ``{"error": "..."}``.
    """
    import pypdfium2
    import pypdfium2.raw as pdfium

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        secret = "password" in str(error).lower() or "security" in str(error).lower()
        return {"error": "is encrypted" if secret else "is damaged or truncated"}
    if pdfium.FPDF_GetSecurityHandlerRevision(document) != -1:
        return {"error": "is encrypted"}
    if len(document) > most_pages:
        return {"error": f"has {len(document):,} pages, at most {most_pages} are read"}
    pages, left = [], most_signs
    for number in range(len(document)):
        try:
            text = document[number].get_textpage()
        except pypdfium2.PdfiumError:
            return {"error": f"is damaged: page {number + 1} cannot be read"}
        left -= pdfium.FPDFText_CountChars(text)
        if left < 0:
            return {"error": f"has more than {most_signs:,} characters"}
        pages.append(_words(pdfium, text))
    return {"pages": pages}


def _words(pdfium: Any, text: Any) -> list[list[Any]]:  # noqa: ANN401 - the library has no types
    """The words of a page: left, right, baseline, text."""
    words: list[list[Any]] = []
    places = [ctypes.c_double() for _ in range(6)]
    left, right, bottom, top, x, y = places
    open_word = False
    for index in range(pdfium.FPDFText_CountChars(text)):
        code = pdfium.FPDFText_GetUnicode(text, index)
        sign = _HYPHENS.get(code) or chr(code)
        if sign.isspace() or (ord(sign) < 32):  # noqa: PLR2004 - control characters
            open_word = False
            continue
        pdfium.FPDFText_GetCharBox(text, index, left, right, bottom, top)
        pdfium.FPDFText_GetCharOrigin(text, index, x, y)
        height = max(top.value - bottom.value, 1.0)
        if open_word and (
            abs(words[-1][2] - y.value) > height / 2 or not -height < x.value - words[-1][1] < _FAR * height
        ):
            open_word = False
        if open_word:
            words[-1][1] = max(words[-1][1], right.value)
            words[-1][3] += sign
        else:
            words.append([x.value, right.value, y.value, sign])
            open_word = True
    # Signs beyond the first plane come as two halves.
    for word in words:
        word[3] = word[3].encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return words


def main() -> int:
    """Read a PDF from the standard input and write its words to the standard output.

    Returns:
        0, or 3 if PDFium cannot be imported.
    """
    memory, seconds, most_pages, most_signs = (int(text) for text in sys.argv[1:5])
    limit(memory, seconds)
    try:
        import pypdfium2  # noqa: F401 - tried before anything is read
    except ImportError as error:
        sys.stderr.write(str(error))
        return NO_LIBRARY
    found = read(sys.stdin.buffer.read(), most_pages, most_signs)
    sys.stdout.write(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
