"""What a source is: a declaration of where it comes from, how its payloads are read, and which table they fill."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from backcourt.calendar import Seasons, is_game_id, season_label, season_of_game, season_year, with_its_zeros
from backcourt.catalog.teams import todays_codes
from backcourt.errors import BackcourtError, InputFileError
from backcourt.sources.echo import narrower
from backcourt.sources.feed import TEAM_COLUMNS, Feed
from backcourt.sources.manners import is_page
from backcourt.sources.whole import NOTHING_SAID, Whole

Relation = Literal["game", "date", "season", "snapshot"]
"""What a payload is about; a snapshot is about the moment when it is asked for, whatever is asked."""

_TRICODE = re.compile(r"[A-Z]{3}")
_LONGEST_NAME = 80
"""Characters of the name of what is left out."""


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a payload besides its bytes.

    Attributes:
        key: Game id, or what else tells the payloads of a date apart.
        day: Date that it is about.
        received: When it was received (UTC).
        path: Where it lies, for messages.
        seasons: Which season a date is of.
    """

    key: str
    day: date
    received: datetime
    path: str
    seasons: Seasons = field(default_factory=Seasons)

    def season_year(self, day: date | None = None, game_id: object = None) -> int:
        """First year of the season of a row that does not name it: of its game, else of its date.

        Args:
            day: Date of the row; None if it is that of the payload, whose key may be a season.
            game_id: Game of the row, if it names one; the payload's key may be one, too.
        """
        for known in (game_id, self.key):
            if isinstance(known, str) and is_game_id(known):
                return season_year(season_of_game(known))
        if day is None:
            with suppress(BackcourtError):
                return season_year(self.key)
        return self.seasons.year_of(day or self.day)

    def season(self, day: date | None = None, game_id: object = None) -> str:
        """The label of ``season_year``."""
        return season_label(self.season_year(day, game_id))


@dataclass(slots=True)
class Parsed:
    """What a payload holds.

    Attributes:
        rows: Rows in the shape of the source's feed.
        unmapped: What the payload holds beside what is read or left out on purpose: fields, markets, lines.
        changed: Known fields whose values are not what they should be: the service has changed, or the payload is
            damaged.
        left_out: What is left out because no table has room for it, or because it contradicts itself, by kind.
        said: When the payload says that it was made (UTC); None if it does not say.
        asked: The parameters with which it says it was asked for; empty if it says none.
        more: What of the list is not in it, such as further pages; "" if it says nothing of that.
        narrow: Why it is an answer to a narrower question than the source's; "" if it is not.
        nothing: True if it says that there is nothing: an empty list beside its date, or beside a game that is over.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    unmapped: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    left_out: dict[str, list[str]] = field(default_factory=dict)
    said: datetime | None = None
    asked: Mapping[str, object] = field(default_factory=dict)
    more: str = ""
    narrow: str = ""
    nothing: bool = False

    def leave_out(self, kind: str, name: object) -> None:
        """Note what is left out.

        Args:
            kind: What it is, in the plural: "games of other leagues".
            name: Which one.
        """
        self.left_out.setdefault(kind, []).append(str(name)[:_LONGEST_NAME])

    def known(self, record: Iterable[str], fields: Collection[str], where: str = "") -> None:
        """Note the fields of an object that are not known; whoever reads of an object says what he knows of it.

        Args:
            record: The object, or the names of its fields.
            fields: Those that are read or left out on purpose.
            where: Path of the object in the payload, for the note.
        """
        self.unmapped |= {f"{where}{name}" for name in record if name not in fields}


Parser = Callable[[bytes, About], Parsed]


@dataclass(frozen=True, slots=True)
class Pages:
    """How an answer that comes in pages goes on.

    Attributes:
        param: Parameter that asks for a later page.
        following: What it is set to for the page after this answer; None if this is the last one.
    """

    param: str
    following: Callable[[Mapping[str, Any]], int | str | None]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a source is fetched from.

    Attributes:
        url: Address; {game_id}, {date}, {season} and the like are filled in, and what the listing of a source says.
        params: Query parameters, filled in likewise.
        headers: Headers that the service wants.
        key_setting: Setting with the key; "" if none is needed.
        key_header: Header that carries the key; "" puts it into the parameter ``key_param``.
        key_word: What stands before the key in its header, such as "Bearer ".
        key_param: Parameter that carries the key.
        per_minute: Requests per minute that the host bears.
        pages: How the page after this one is asked for; None if there is one page.
        absent: Status by which other hosts refuse the caller, and this one says that it has no such file; 0 if none.
        browser: True if the host answers to what a browser sends.
    """

    url: str
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    key_setting: str = ""
    key_header: str = ""
    key_word: str = ""
    key_param: str = ""
    per_minute: int = 60
    pages: Pages | None = None
    absent: int = 0
    browser: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a service publishes.

    Attributes:
        name: What it is called; also its folder in the landing zone.
        parse: The parser.
        ext: Extension of its payloads.
        per: What one payload is about.
        provider: Who publishes it.
        document: Public document that describes the payload.
        seen: Real payloads that the parser has read, by shape and season; "" if none was at hand.
        reach: First season or date of which the service has payloads, as far as it is known; "" if nobody says.
        fetch: Where it is fetched from; None if it only arrives as files.
        second: Where a payload is fetched from that the first place does not have, or has with nothing in it; None if
            there is no second place.
        since: First date of which its payloads are read; None if no other layout of it is known.
    """

    name: str
    parse: Parser
    ext: str = "json"
    per: Relation
    provider: str
    document: str
    seen: str
    reach: str = ""
    fetch: Endpoint | None = None
    second: Endpoint | None = None
    since: date | None = None

    @property
    def verified(self) -> bool:
        """True if the parser has read a real payload."""
        return bool(self.seen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Which list of a date tells under which ids a service knows the games.

    Attributes:
        of: The list; its rows have home and away, or game_id.
        fields: Columns of its rows that are filled into the source's address.
    """

    of: Published
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source(Published):
    """What a service publishes and a raw table holds.

    Attributes:
        feed: Shape of the parsed rows, the table and the rules that judge them.
        listing: Which list tells what its address needs to know of a game; None if the schedule says it all.
        whole: What a payload must hold to be whole.
    """

    feed: Feed
    listing: Listing | None = None
    whole: Whole = NOTHING_SAID

    @property
    def table(self) -> str:
        """Full name of the raw table."""
        return self.feed.table

    @property
    def newest_says_all(self) -> bool:
        """True if the newest payload of a key replaces those of earlier dates: a season, unless dated."""
        return self.per == "season" and "as_of_date" not in self.feed.unit.split()

    @property
    def is_current(self) -> bool:
        """True if the table holds what holds now: a payload of an earlier date takes nothing back."""
        dated = {"as_of_date", "roster_date"} & set(self.feed.unit.split())
        return self.per in {"season", "snapshot"} and not dated


def take(
    record: Mapping[str, Any], mapping: Mapping[str, str], ignored: Collection[str], parsed: Parsed, where: str = ""
) -> dict[str, Any]:
    """The mapped fields of a record under their new names; a field that is neither mapped nor ignored is noted.

    Args:
        record: One object of the payload.
        mapping: New name by field.
        ignored: Fields that are left out on purpose.
        parsed: Where unmapped fields are noted.
        where: Path of the object in the payload, for the note.
    """
    parsed.known(record, {*mapping, *ignored}, where)
    return {new: record.get(name) for name, new in mapping.items()}


def subject_mismatch(
    source: Published, parsed: Parsed, day: date, key: str, asked: Mapping[str, str] | None = None
) -> str:
    """How the subject of a payload differs from what was asked for; "" if it is the same.

    Args:
        source: Its source.
        parsed: What it holds.
        day: Date that it should be about.
        key: Game or team that it should be about, or another key.
        asked: What was filled into the address that it was fetched from: ids and teams.
    """
    if not isinstance(source, Source):
        return ""  # A list of ids may go beyond its date.
    expected: dict[str, object] = {}
    if source.per in {"game", "date"}:
        # A report of a date may look ahead to the games of the next one.
        expected["report_date" if "report_date" in source.feed.columns else "game_date"] = day
    if source.per == "game" and is_game_id(key):
        expected["game_id"] = key
    if source.per == "snapshot" and _TRICODE.fullmatch(key):
        expected["team"] = key
    if source.listing and asked:
        expected |= {name: asked[name] for name in source.listing.fields if name in asked}
    between = {"home", "away"}
    sides = {asked[side] for side in between} if asked and source.per == "game" and between <= asked.keys() else None
    for row in parsed.rows:
        for name, value in expected.items():
            if row.get(name) is not None and str(row[name]) != str(value):
                return f"{name.replace('_', ' ')} {str(row[name])[:40]}, not {value}"
        if sides and between <= row.keys() and {row["home"], row["away"]} != sides:
            return f"{row['away']} at {row['home']}, not {' and '.join(sorted(sides))}"
    return ""


def read(source: Published, data: bytes, about: About, asked: Mapping[str, str] | None = None) -> Parsed:
    """What a payload holds, if that is what it should be about.

    Args:
        source: Its source.
        data: Its bytes, unpacked.
        about: What it should be about.
        asked: What was filled into the address that it was fetched from: ids and teams.

    Raises:
        InputFileError: If its parser refuses it, or it is about something else.
    """
    parsed = _with_todays_codes(source.parse(data, about))
    parsed.narrow = narrower(source, parsed.asked, about)
    if parsed.narrow and isinstance(source, Source) and not source.whole.by_games:
        # Of a list without games nothing tells a part from the whole.
        raise InputFileError(f"{about.path}: {parsed.narrow}", next_step="fetch the whole list")
    if other := subject_mismatch(source, parsed, about.day, about.key, asked):
        raise InputFileError(f"{about.path} is about {other}", next_step="fetch it again, or correct its date or key")
    return parsed


def _with_todays_codes(parsed: Parsed) -> Parsed:
    """The rows with today's codes of teams in place of those of their season (NJN in 2010-11 is BKN)."""
    labels = {str(row.get("season")) for row in parsed.rows} - {"None"}
    former = {label: codes for label in labels if (codes := todays_codes(season_year(label)))}
    for row in parsed.rows if former else ():
        codes = former.get(str(row.get("season")), {})
        row.update({name: codes[row[name]] for name in TEAM_COLUMNS & row.keys() if row[name] in codes})
    return parsed


def json_of(data: bytes, about: About) -> Any:  # noqa: ANN401 - whatever JSON holds
    """The JSON of a payload.

    Raises:
        InputFileError: If it is not one: truncated, HTML, too deep.
    """
    import json

    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        if is_page(data):
            what = "HTML, not JSON"
        elif isinstance(error, RecursionError):
            what = "nested too deeply"
        elif isinstance(error, json.JSONDecodeError):
            what = f"not JSON: {error.msg} at character {error.pos:,} of {len(error.doc):,}"
        else:
            what = "not JSON: it is not UTF-8, or has a number of too many digits"
        raise InputFileError(f"{about.path} is {what}", next_step="fetch it again") from error


def check_game(found: object, about: About) -> None:
    """Refuse a payload about another game than its key names.

    Args:
        found: The game's id as the payload has it.
        about: The payload.

    Raises:
        InputFileError: If it is another one, or has lost its leading zeros.
    """
    if found == about.key:
        return
    if with_its_zeros(found) == about.key:
        raise InputFileError(
            f"{about.path}: its game id {str(found)[:20]} has lost its leading zeros, it is {about.key}",
            next_step="take the payload as the service gave it: what makes a spreadsheet of it drops the zeros",
        )
    raise wrong_shape(about, f"it is about game {ascii(str(found))[1:-1][:20]}, not {about.key}")


def wrong_shape(about: About, what: str) -> InputFileError:
    """The error for a payload that lacks what it must have."""
    return InputFileError(f"{about.path}: {what}", next_step="fetch it again, or look whether the service has changed")
