"""The files of a season's folder: which there are, and what each must hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

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
