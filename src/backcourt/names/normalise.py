"""The normal form of a player's name: ASCII, lower case, letters and digits only, the suffix kept inside.

Everything that compares names compares this form; nothing else in the project lower-cases or transliterates a name.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


def player_lookup(name: str) -> str:
    """Normal form of a name: "Jaren Jackson Jr." -> "jarenjacksonjr", "Luka Dončić" -> "lukadoncic".

    Args:
        name: Name as a source prints it, in "First Last" order.

    Returns:
        Letters a-z and digits; empty if the name has none.
    """
    from anyascii import anyascii

    # Composed and decomposed spellings of one letter are the same name; anyascii only knows the composed ones.
    ascii_name = anyascii(unicodedata.normalize("NFC", name)).lower()
    return "".join(character for character in ascii_name if character.isalnum())


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
