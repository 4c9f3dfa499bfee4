"""What a layout is: the columns by which a file is recognised, and what each column of a feed is made of."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from backcourt.sources.feed import Feed, Kind
from backcourt.sources.source import About, Parsed

NAMED = re.compile(r"\{([^{}]+)\}")
"""A column of the file in an expression."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """A shape in which files hold a part of a season.

    Attributes:
        name: Its name, also of its folder in the landing zone.
        title: What people call it.
        feed: What its rows become: the feed of a season's folder whose columns it fills.
        columns: SQL (DuckDB) by column of the feed; ``{NAME}`` is a column of the file, as text or of its own type.
            Columns that are not named are NULL.
        unit: Columns of the feed that name what a later part replaces as a whole.
        key: Columns of the feed of which no two rows have the same values; empty if the load judges that.
        without: Columns that a file of this layout does not have.
        optional: Columns of the file that may be absent; what is made of them is NULL then.
        more: Columns of the file that are known and not used.
        year_in_name: Which year of a season the name of a file ends with ("shotdetail_2021"): 0 the first, 1 the
            second; None if names say nothing.
        game_id: Column of the file that holds the NBA's id of the game; "" if its rows name the season alone.
        verified: False if it was built from its documentation, without a file at hand.
        document: Where it is described.
        as_is: Columns of the feed whose text is kept with the blanks around it.
        file_name: What the file is called in a season's folder; "" if it is of another kind.
        pattern: Which files a mapping file is about, by name, "" for all; None if it is of no mapping file.
        events: Reads the events of one game, where columns alone do not say what they are; the columns of the feed are
            then those of what it returns, and ``columns`` names those of the file that it reads.
        kinds: Kinds of columns where they differ from the feed's.
        sides: What differs in each of the rows that are made of one of the file: its home team and its visitors; empty
            if a row makes one.
        only: SQL that holds for the rows that are taken; "" if all are.
        others: What the others are: "of players who did not play".
    """

    name: str
    title: str
    feed: Feed
    columns: Mapping[str, str]
    unit: tuple[str, ...] = ("game_id",)
    key: tuple[str, ...] = ()
    without: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    more: frozenset[str] = frozenset()
    year_in_name: int | None = None
    game_id: str = "GAME_ID"
    verified: bool = True
    document: str = ""
    as_is: frozenset[str] = frozenset()
    file_name: str = ""
    pattern: str | None = None
    events: Callable[[dict[str, Any], About], Parsed] | None = None
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    sides: tuple[Mapping[str, str], ...] = ()
    only: str = ""
    others: str = ""

    @property
    def short(self) -> str:
        """The title without what is in parentheses."""
        return self.title.partition(" (")[0]

    @cached_property
    def used(self) -> tuple[str, ...]:
        """Columns of the file from which something is made, in order."""
        texts = [text for columns in (self.columns, *self.sides) for text in columns.values()]
        return tuple(dict.fromkeys(name for text in texts for name in NAMED.findall(text)))

    @cached_property
    def needed(self) -> frozenset[str]:
        """Columns without which a file is not of this layout."""
        return frozenset(self.used) - self.optional

    @cached_property
    def lacks(self) -> tuple[str, ...]:
        """Columns of the feed that it does not have."""
        return tuple(name for name in self.feed.columns if name not in self.columns and name != "season")

    @property
    def of_folder(self) -> bool:
        """True if it is a file of a season's folder."""
        return bool(self.file_name)

    def kind(self, column: str) -> Kind:
        """What a column of the feed holds."""
        return self.kinds.get(column) or self.feed.columns[column]
