"""The files of a season's folder: which there are, what each must hold, and the check before anything changes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from backcourt.calendar import season_year, with_its_zeros
from backcourt.catalog.teams import todays_codes
from backcourt.errors import BackcourtError, InputFileError
from backcourt.files import kind as kind_of

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal["text", "whole", "number", "minutes", "flag", "date", "time"]

_WORDS: Mapping[Kind, str] = {
    "text": "text",
    "whole": "whole numbers",
    "number": "numbers",
    "minutes": "whole numbers or text (MM:SS)",
    "flag": "true or false",
    "date": "dates",
    "time": "timestamps",
}


EXHIBITION = "exhibition_game"
"""Rule that leaves a game out, whatever else is wrong with it: no table has room for guests."""


def words_of(kind: Kind) -> str:
    """What a column of a kind holds, in words."""
    return _WORDS[kind]


@dataclass(frozen=True, slots=True)
class SeasonFile:
    """One file of a season's folder.

    Attributes:
        stem: File name without .parquet; also the name of its SQL and of its staged form.
        table: Raw table that it fills.
        columns: The columns that are read, with the kind of values.
        unit: Column of the table, or columns with blanks between them, that name what is held back as a whole: the
            game, or team, player, date.
        required: False if a folder may be without it.
        names: Columns that make up the player's name, in order; empty if the file has none.
        team: Column of the table with the team, empty if it has none.
        whole_season: True if a payload is the season's complete list, so that what it lacks is removed. A file of a
            folder never is: a folder may hold a part of the season.
        optional: Columns that a file may be without; they are NULL then.
        row_rules: Rules that hold back the row that breaks them alone; the rest of its unit is loaded.
        left_out: Those of them that name what no correction and no decision will mend: their rows are left out and
            counted, not quarantined.
    """

    stem: str
    table: str
    columns: Mapping[str, Kind]
    unit: str = "game_id"
    required: bool = False
    names: tuple[str, ...] = ()
    team: str = ""
    whole_season: bool = False
    optional: frozenset[str] = frozenset()
    row_rules: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()

    @property
    def file_name(self) -> str:
        """File name with extension."""
        return f"{self.stem}.parquet"

    @property
    def has_season(self) -> bool:
        """True if the rows name their season."""
        return "season" in self.columns


def kinds(**columns: Kind | str) -> dict[str, Kind]:
    """Columns by kind: text="a b c", whole="d e"."""
    return {name: kind for kind, names in columns.items() for name in names.split()}  # type: ignore[misc]


_LINE = "fgm fga fg3m fg3a ftm fta oreb dreb reb ast stl blk tov pf pts"

FILES: tuple[SeasonFile, ...] = (
    SeasonFile(
        "schedule",
        "nba_raw.nbac_schedule",
        kinds(
            text="game_id season season_type home_abbreviation away_abbreviation tipoff_text status starters_on "
            "arena_name arena_city",
            whole="home_team_id away_team_id home_score away_score periods",
            date="game_date",
            flag="is_neutral",
            time="tipoff_planned",
        ),
        required=True,
        team="home_team_tricode away_team_tricode",
        optional=frozenset({"arena_name", "arena_city", "is_neutral", "tipoff_planned"}),
    ),
    SeasonFile(
        "team_boxscores",
        "nba_raw.nbac_team_boxscore",
        kinds(
            text="game_id season team_abbreviation team_name",
            whole=f"team_id {_LINE}",
            minutes="min",
            number="plus_minus",
            flag="is_home",
        ),
        required=True,
        team="team_abbr",
    ),
    SeasonFile(
        "player_boxscores",
        "nba_raw.nbac_player_boxscore",
        kinds(
            text="game_id season player_name team_abbreviation",
            whole=f"player_id team_id min {_LINE}",
            number="plus_minus",
            flag="is_home",
        ),
        required=True,
        names=("player_name",),
        team="team_abbr",
    ),
    SeasonFile(
        "player_boxscores_v3",
        "nba_raw.nbac_gamebook_player_stats",
        kinds(
            text="game_id season first_name family_name team_tricode position comment minutes",
            whole="person_id field_goals_made field_goals_attempted three_pointers_made three_pointers_attempted "
            "free_throws_made free_throws_attempted rebounds_offensive rebounds_defensive rebounds_total assists "
            "steals blocks turnovers fouls_personal points",
            number="plus_minus_points",
        ),
        names=("first_name", "family_name"),
        team="team_abbr",
    ),
    SeasonFile(
        "shots",
        "nba_raw.nbac_shot_chart",
        kinds(
            text="game_id action_type shot_zone_basic",
            whole="game_event_id player_id team_id period minutes_remaining seconds_remaining shot_distance "
            "shot_made_flag assisted",
            number="loc_x loc_y",
            flag="is_three",
        ),
        required=True,
        team="team_abbr",
    ),
    SeasonFile(
        "play_by_play",
        "nba_raw.nbac_play_by_play",
        kinds(
            text="game_id pctimestring homedescription neutraldescription visitordescription score "
            "player1_team_abbreviation player2_team_abbreviation player3_team_abbreviation",
            whole="eventnum eventmsgtype eventmsgactiontype period player1_id player2_id player3_id",
        ),
    ),
    SeasonFile(
        "rosters_bref",
        "nba_raw.br_rosters_current",
        # The true match (nba_id) that two seasons carry is an answer key, not a source: it is never read.
        kinds(text="season bref_team bref_name bref_id"),
        unit="source_team_code",
        names=("bref_name",),
        team="team_abbrev",
    ),
    SeasonFile(
        "players",
        "nba_raw.nbac_player_list_current",
        kinds(
            text="season player_name team_abbreviation position", whole="player_id", date="birth_date", flag="is_active"
        ),
        unit="player_id",
        names=("player_name",),
        team="team_abbr",
    ),
    SeasonFile(
        "roster_snapshots",
        "nba_raw.espn_team_rosters",
        kinds(
            text="season team_abbreviation player_name position status",
            whole="scrape_hour player_id",
            date="roster_date birth_date",
        ),
        unit="roster_date",
        names=("player_name",),
        team="team_abbr",
    ),
    SeasonFile(
        "injury_report",
        "nba_raw.nbac_injury_report",
        kinds(
            text="season game_id team_abbreviation player_name injury_status reason reason_category",
            whole="report_hour",
            date="report_date",
        ),
        names=("player_name",),
        team="team",
        row_rules=frozenset({"required_fields", "team_in_game", "known_status", "hour_plausible", "duplicate_key"}),
    ),
    SeasonFile(
        "player_props",
        "nba_raw.odds_api_player_points_props",
        kinds(
            text="season game_id bookmaker player_name",
            whole="over_price_american under_price_american minutes_before_tipoff",
            number="points_line",
            time="snapshot_timestamp",
        ),
        names=("player_name",),
        row_rules=frozenset({"required_fields", "line_plausible", "duplicate_key"}),
        left_out=frozenset({"duplicate_key"}),
    ),
    SeasonFile(
        "game_lines",
        "nba_raw.odds_api_game_lines",
        kinds(
            text="season game_id home_abbreviation bookmaker_key market_key outcome_name",
            number="outcome_point",
            time="snapshot_timestamp",
        ),
        team="home_team_abbr away_team_abbr",
        row_rules=frozenset({"required_fields", "known_market", "line_plausible", "duplicate_key"}),
        left_out=frozenset({"duplicate_key"}),
    ),
)
"""Every file that a season's folder may hold, in the order of loading: the schedule decides for all others."""


def feed(stem: str) -> SeasonFile:
    """The file of that name.

    Raises:
        KeyError: If there is none.
    """
    return {file.stem: file for file in FILES}[stem]


TEAM_COLUMNS = frozenset(
    {
        *("home_abbreviation", "away_abbreviation", "team_abbreviation", "team_tricode", "team", "home", "away"),
        *("player_team", "outcome_name"),
        *(f"player{place}_team_abbreviation" for place in (1, 2, 3)),
        *(f"player_{place}_team" for place in (1, 2, 3)),
    }
)
"""Columns of files and feeds that hold the NBA's codes of teams."""


def with_todays_codes(data: pa.Table, year: int) -> pa.Table:
    """The rows of a season with today's codes in place of those of its time (NJN in 2010-11 is BKN).

    Args:
        data: The rows.
        year: First year of the season.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    former = todays_codes(year)
    if not former:
        return data
    compute: Any = pc
    for place, name in enumerate(data.column_names):
        column: Any = data.column(name)
        if name in TEAM_COLUMNS and not pa.types.is_null(column.type):
            column = column.cast(pa.string())
            for old, now in former.items():
                column = compute.if_else(compute.equal(column, old), now, column)
            data = data.set_column(place, name, column)
    return data


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that passed the check.

    Attributes:
        path: The folder.
        season: Season label, the same in every file.
        files: The files that are there, in the order of loading.
        names: Distinct player names of all files.
        typed: Rows of the files in which a column has no value at all and therefore no type, with the type given, and
            of seasons in which a team had another code.
        sources: For rows that came in many files, each unit (game, team, player or date) with each of its files; such
            rows are a part of the season.
        not_whole: What is wrong with the rows of games that are there in part, by game id; those are held back.
    """

    path: Path
    season: str
    files: tuple[SeasonFile, ...]
    names: pa.Array[Any]
    typed: Mapping[str, pa.Table]
    sources: Collection[tuple[str, str]] | None = None
    not_whole: Mapping[str, str] = field(default_factory=dict)

    @property
    def year(self) -> int:
        """First year of the season."""
        return season_year(self.season)


def check_folder(folder: Path) -> Folder:
    """Read every file once: it exists, decodes, has the columns, and all rows are of one and the same season.

    Raises:
        InputFileError: With the file, what is wrong and what to do; nothing has been changed then.
    """
    import pyarrow as pa

    if not folder.is_dir():
        raise InputFileError(f"there is no folder {folder}", next_step="name the folder that holds schedule.parquet")
    season = ""
    present: list[SeasonFile] = []
    names: list[pa.Array[Any]] = []
    typed: dict[str, pa.Table] = {}
    for file in FILES:
        path = folder / file.file_name
        if not path.exists():
            if file.required:
                required = ", ".join(item.file_name for item in FILES if item.required)
                raise InputFileError(
                    f"there is no {file.file_name} in {folder}", next_step=f"a season's folder holds {required}"
                )
            continue
        data = _read(path, file)
        season = _season(path, file, data, season)
        names.append(_names(file, data))
        year = season_year(season) if season else None
        if any(pa.types.is_null(field.type) for field in data.schema):
            data = typed[file.stem] = data.cast(_typed(file, data.schema))
        if year is not None and todays_codes(year):
            typed[file.stem] = with_todays_codes(data, year)
        present.append(file)
    distinct: Any = pa.chunked_array(names, pa.string()).unique()
    return Folder(folder, season, tuple(present), distinct.drop_null(), typed)


def _read(path: Path, file: SeasonFile) -> pa.Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    broken = "it is truncated, damaged or no parquet file"
    step = "fetch or copy the file again"
    what = kind_of(path, follow=True)
    if what != "file":
        # Opening a pipe would wait for whoever writes to it.
        raise InputFileError(f"{path} cannot be read: it is {what}, not a file", next_step=step)
    try:
        opened = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise InputFileError(f"{path} cannot be read: {broken}", next_step=step) from error
    schema = opened.schema_arrow
    for name, kind in file.columns.items():
        index = schema.get_field_index(name)
        if index < 0 and name in file.optional:
            continue
        if index < 0:
            near = [column for column in schema.names if column.lower() == name.lower()]
            found = f", only {near[0]!r}" if near else ""
            raise InputFileError(
                f"{path} has no column {name!r} ({_WORDS[kind]}){found}",
                next_step=f"write {file.file_name} in the shape that backcourt simulate DIR writes; the page "
                "reference/season-folder names every column",
            )
        found_type = schema.field(index).type
        if not _fits(found_type, kind):
            raise InputFileError(
                f"{path}: column {name!r} holds {found_type}, expected {_WORDS[kind]}{_as_id(opened, name)}",
                next_step="write the column with that type, ids as text with their leading zeros",
            )
    try:
        data = opened.read(columns=[name for name in file.columns if name in schema.names])
        # A column without a type, like one that is there and has no value.
        for name in file.columns.keys() - set(schema.names):
            data = data.append_column(name, pa.nulls(data.num_rows))
        return data.select(list(file.columns))
    except (pa.ArrowException, OSError) as error:
        raise InputFileError(f"{path} cannot be read: {broken}", next_step=step) from error


def _as_id(opened: Any, name: str) -> str:  # noqa: ANN401 - pyarrow's parquet file has no types
    """What became of an id in a column of another type: a spreadsheet has made a number of it."""
    batch = next(opened.iter_batches(1, columns=[name]), None)
    value = batch.column(0)[0].as_py() if batch is not None and batch.num_rows else None
    if name == "game_id" and (whole := with_its_zeros(value)):
        return f": its ids have lost their leading zeros, {value} is {whole}"
    if name.endswith("_id") and isinstance(value, float) and value.is_integer():
        return f": its ids have become fractions, {value} is {int(value)}"
    return ""


def arrow_type(kind: Kind) -> pa.DataType:
    """The Arrow type that stands for a kind."""
    import pyarrow as pa

    given: dict[Kind, Any] = {
        "text": pa.string(),
        "whole": pa.int64(),
        "number": pa.float64(),
        "minutes": pa.int64(),
        "flag": pa.bool_(),
        "date": pa.date32(),
        "time": pa.timestamp("us", tz="UTC"),
    }
    found: pa.DataType = given[kind]
    return found


def _typed(file: SeasonFile, schema: pa.Schema) -> pa.Schema:
    """The schema with a type for each column that has none."""
    import pyarrow as pa

    fields = [
        pa.field(field.name, arrow_type(file.columns[field.name])) if pa.types.is_null(field.type) else field
        for field in schema
    ]
    return pa.schema(fields)


def _fits(found: pa.DataType, kind: Kind) -> bool:
    """True if an Arrow type can stand for a kind; a column without any value has the type null and always can."""
    import pyarrow as pa

    types: Any = pa.types
    if isinstance(found, pa.DictionaryType):
        found = found.value_type
    tests: dict[Kind, tuple[Callable[[Any], bool], ...]] = {
        "text": (types.is_string, types.is_large_string, types.is_string_view),
        "whole": (types.is_integer,),
        "number": (types.is_integer, types.is_floating, types.is_decimal),
        "minutes": (types.is_integer, types.is_string, types.is_large_string),
        "flag": (types.is_boolean,),
        "date": (types.is_date,),
        "time": (types.is_timestamp,),
    }
    return bool(types.is_null(found)) or any(test(found) for test in tests[kind])


def _season(path: Path, file: SeasonFile, data: pa.Table, season: str) -> str:
    """The season of all files so far, which this one's rows must share."""
    if not file.has_season:
        return season
    labels = sorted(str(label) for label in data.column("season").unique().to_pylist())
    if not labels:
        if file.stem == "schedule":
            raise InputFileError(f"{path} has no rows", next_step="fetch the schedule again")
        return season
    if len(labels) > 1:
        raise InputFileError(
            f"{path} holds rows of several seasons: {', '.join(labels[:5])}",
            next_step="keep one folder for each season",
        )
    try:
        season_year(labels[0])
    except BackcourtError as error:
        raise InputFileError(f"{path}: {error.message}", next_step="write the season as 2021-22") from error
    if season and labels[0] != season:
        raise InputFileError(
            f"{path} is of season {labels[0]}, the schedule of {season}", next_step="keep one folder for each season"
        )
    return labels[0]


def _names(file: SeasonFile, data: pa.Table) -> pa.Array[Any]:
    """Distinct names of a file, in the spelling that its SQL joins on."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not file.names:
        return pa.array([], pa.string())
    compute: Any = pc
    if len(file.names) == 1:
        only: pa.Array[Any] = compute.unique(data.column(file.names[0]).cast(pa.string()))
        return only
    # Distinct pairs first: joining a season's rows would build the same thousand names thirty times over.
    pairs = data.select(list(file.names)).group_by(list(file.names)).aggregate([])
    parts = [compute.fill_null(pairs.column(name).cast(pa.string()), "") for name in file.names]
    joined: pa.ChunkedArray[Any] = compute.utf8_trim(compute.binary_join_element_wise(*parts, " "), " ")
    whole: Any = joined.combine_chunks()
    return pa.array(whole, pa.string())
