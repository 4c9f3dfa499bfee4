"""The normal form of a player's name, and its parts: ASCII, lower case, letters and digits only, the suffix apart.

Everything that compares names compares these forms; nothing else in the project lower-cases or transliterates a name.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

LONGEST = 200
"""Characters of the longest name that is worth comparing; whatever is longer is not a name."""
SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "v"})
"""Suffixes as they stand in a normal form."""
_MARKER = re.compile(r"\s*\([^()]*\)\s*$")
"""What sources append to a name: "(TW)" for a two-way contract."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name in its parts, each a normal form.

    Attributes:
        lookup: All of it, the suffix kept: what player_lookup columns hold.
        base: All of it without the suffix.
        suffix: jr, sr, ii, iii, iv, v or "".
        words: The words of ``base``; leading initials ("R. J.") are one word.
        initials: True if the first word is nothing but initials.
        inverted: True if a comma says that the last name came first; ``words`` are in order all the same.
    """

    lookup: str
    base: str
    suffix: str
    words: tuple[str, ...]
    initials: bool
    inverted: bool


def player_lookup(name: str) -> str:
    """Normal form of a name: "Jaren Jackson Jr." -> "jarenjacksonjr", "Luka Dončić" -> "lukadoncic".

    Args:
        name: Name as a source prints it, in "First Last" order.

    Returns:
        Letters a-z and digits; empty if the name has none.
    """
    return _ascii(_repaired(name))


@lru_cache(maxsize=65536)
def parse(name: str) -> Name:
    """A name in its parts: "Dončić, Luka" -> words ("luka", "doncic").

    Args:
        name: Name as a source prints it; mis-decoded text is repaired where that is certain.
    """
    text = _MARKER.sub("", _repaired(name[: 2 * LONGEST]))
    last, comma, first = text.partition(",")
    inverted = bool(comma) and "," not in first and bool(_ascii(first)) and _ascii(first) not in SUFFIXES
    printed = (f"{first} {last}" if inverted else text.replace(",", " ")).split()
    pairs = [(word, shown) for shown in printed if (word := _ascii(shown))]
    # In "Jackson Jr., Jaren" the suffix stands before the comma and so at the end of the words put in order.
    suffix = pairs.pop()[0] if len(pairs) > 1 and pairs[-1][0] in SUFFIXES else ""
    if not suffix and len(pairs) > 2 and pairs[0][0] in SUFFIXES - {"v"}:  # noqa: PLR2004 - two words are left
        # All words in the wrong order: "Jr. Jackson Jaren".
        suffix = pairs.pop(0)[0]
    initials = bool(pairs) and _are_initials(pairs[0][1])
    words = [word for word, _ in pairs]
    while initials and len(words) > 2 and len(words[1]) == 1:  # noqa: PLR2004 - a last name stays
        words[:2] = [words[0] + words[1]]
    base = "".join(words)
    return Name(base + suffix, base, suffix, tuple(words), initials, inverted)


def lookup_array(names: pa.ChunkedArray[Any] | pa.Array[Any]) -> pa.Array[Any]:
    """Normal forms of many names; each distinct name is normalised once.

    Args:
        names: Text, plain or dictionary-encoded; NULL stays NULL.

    Returns:
        Text of the same length.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    whole: Any = names.combine_chunks() if isinstance(names, pa.ChunkedArray) else names
    if not pa.types.is_dictionary(whole.type):
        whole = pc.dictionary_encode(whole.cast(pa.string()))
    forms = pa.array(
        [None if name is None else player_lookup(name) for name in whole.dictionary.to_pylist()], pa.string()
    )
    return forms.take(whole.indices)


def _repaired(name: str) -> str:
    """The text with mis-decoded letters repaired: "JokiÄ‡" is "Jokić" read in the wrong code page, and nothing else."""
    if name.isascii() and "&" not in name:
        return name
    from ftfy import TextFixerConfig, fix_text

    return fix_text(name, TextFixerConfig(uncurl_quotes=False, normalization="NFC", explain=False))


def _ascii(text: str) -> str:
    """Letters and digits of a text in ASCII, lower case; signs and pictures have no name of their own."""
    if text.isascii():
        return "".join(filter(str.isalnum, text)).lower()
    from anyascii import anyascii

    # Composed and decomposed spellings of one letter are the same name; anyascii only knows the composed ones.
    kept = (sign for sign in unicodedata.normalize("NFC", text) if unicodedata.category(sign)[0] in "LMN")
    return "".join(filter(str.isalnum, anyascii("".join(kept)).lower()))


def _are_initials(word: str) -> bool:
    """True for "R.J.", "AJ" and "J": capitals, at most three, nothing else but full stops."""
    letters = word.replace(".", "")
    return 1 <= len(letters) <= 3 and letters.isalpha() and letters.isupper()  # noqa: PLR2004 - "R.J.D."
