"""The files of a season's folder: which there are, and what each must hold."""

from __future__ import annotations

from backcourt.sources.feed import Feed, kinds

_LINE = "fgm fga fg3m fg3a ftm fta oreb dreb reb ast stl blk tov pf pts"

FILES: tuple[Feed, ...] = (
    Feed(
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
    Feed(
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
    Feed(
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
    Feed(
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
    Feed(
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
    Feed(
        "play_by_play",
        "nba_raw.nbac_play_by_play",
        kinds(
            text="game_id pctimestring homedescription neutraldescription visitordescription score "
            "player1_team_abbreviation player2_team_abbreviation player3_team_abbreviation",
            whole="eventnum eventmsgtype eventmsgactiontype period player1_id player2_id player3_id",
        ),
    ),
    Feed(
        "rosters_bref",
        "nba_raw.br_rosters_current",
        # The true match (nba_id) that two seasons carry is an answer key, not a source: it is never read.
        kinds(text="season bref_team bref_name bref_id"),
        unit="source_team_code",
        names=("bref_name",),
        team="team_abbrev",
    ),
    Feed(
        "players",
        "nba_raw.nbac_player_list_current",
        kinds(
            text="season player_name team_abbreviation position", whole="player_id", date="birth_date", flag="is_active"
        ),
        unit="player_id",
        names=("player_name",),
        team="team_abbr",
    ),
    Feed(
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
    Feed(
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
    Feed(
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
    Feed(
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


def feed(stem: str) -> Feed:
    """The file of that name.

    Raises:
        KeyError: If there is none.
    """
    return {file.stem: file for file in FILES}[stem]
