"""The columns of every file of a season: the real seasons' shapes, and the extra files that only a simulation has."""

from __future__ import annotations

from backcourt.simulate.arrow import Schema, pa

_TYPES = {
    "s": pa.string(),
    "i": pa.int32(),
    "l": pa.int64(),
    "d": pa.float64(),
    "b": pa.bool_(),
    "day": pa.date32(),
    "time": pa.timestamp("us", tz="UTC"),
}


def _schema(text: str) -> Schema:
    """A schema from words like ``game_id:s``; a word without type has the type of the word before."""
    kind = "s"
    columns = []
    for word in text.split():
        name, _, given = word.partition(":")
        kind = given or kind
        columns.append(pa.field(name, _TYPES[kind]))
    return pa.schema(columns)


_LINE = (
    "min:i fgm fga fg_pct:d fg3m:i fg3a fg3_pct:d ftm:i fta ft_pct:d oreb:i dreb reb ast stl blk tov pf pts "
    "plus_minus:{} "
)
_GAME = "game_id:s game_date:day matchup:s is_home:b opponent_abbreviation:s wl "

SCHEMAS: dict[str, Schema] = {
    "schedule": _schema(
        "game_id:s game_date:day season:s season_type home_team_id:l home_abbreviation:s home_team_name home_score:i "
        "away_team_id:l away_abbreviation:s away_team_name away_score:i home_wl:s periods:i tipoff_text:s status "
        "starters_on arena_name arena_city is_neutral:b source:s"
    ),
    "team_boxscores": _schema(
        "season_id:i team_id:l team_abbreviation:s team_name " + _GAME + _LINE.format("d") + "season:s source"
    ),
    "player_boxscores": _schema(
        "season_id:i player_id:l player_name:s team_id:l team_abbreviation:s team_name "
        + _GAME
        + _LINE.format("i")
        + "fantasy_pts:d video_available:i season:s source"
    ),
    "player_boxscores_v3": _schema(
        "game_id:s game_date:day is_home:b away_team_id:l home_team_id team_id team_name:s team_city team_tricode "
        "team_slug person_id:l first_name:s family_name name_i player_slug position comment jersey_num minutes "
        "field_goals_made:i field_goals_attempted field_goals_percentage:d three_pointers_made:i "
        "three_pointers_attempted three_pointers_percentage:d free_throws_made:i free_throws_attempted "
        "free_throws_percentage:d rebounds_offensive:i rebounds_defensive rebounds_total assists steals blocks "
        "turnovers fouls_personal points plus_minus_points:d season:s source"
    ),
    "shots": _schema(
        "shot_id:l game_id:s game_event_id:i grid_type:s player_id:l player_name:s team_id:l team_name:s period:i "
        "minutes_remaining seconds_remaining event_type:s action_type shot_type shot_zone_basic shot_zone_area "
        "shot_zone_range shot_distance:i loc_x loc_y shot_attempted_flag shot_made_flag game_date:day htm:s vtm "
        "players_on assisted:i season_type:s is_three:b is_three_from:s source"
    ),
    "play_by_play": _schema(
        "game_id:s eventnum:i eventmsgtype eventmsgactiontype period wctimestring:s pctimestring homedescription "
        "neutraldescription visitordescription score scoremargin "
        + " ".join(
            f"person{one}type:i player{one}_id:l player{one}_name:s player{one}_team_id:l "
            f"player{one}_team_abbreviation:s"
            for one in (1, 2, 3)
        )
        + " video_available_flag:i source:s"
    ),
    "rosters_bref": _schema(
        "season:s season_end_year:i bref_team:s bref_name bref_id bref_url nba_id:l nba_team_id source:s"
    ),
    "players": _schema(
        "season:s player_id:l player_name:s team_abbreviation position birth_date:day is_active:b source:s"
    ),
    "roster_snapshots": _schema(
        "season:s roster_date:day scrape_hour:l team_abbreviation:s player_id:l player_name:s position birth_date:day "
        "status:s source"
    ),
    "injury_report": _schema(
        "season:s report_date:day report_hour:l game_date:day game_id:s team_abbreviation player_id:l player_name:s "
        "injury_status reason reason_category source"
    ),
    "player_props": _schema(
        "season:s game_id game_date:day bookmaker:s player_name points_line:d over_price_american:l "
        "under_price_american snapshot_timestamp:time minutes_before_tipoff:l source:s"
    ),
    "game_lines": _schema(
        "season:s game_id game_date:day home_abbreviation:s away_abbreviation bookmaker_key market_key outcome_name "
        "outcome_point:d snapshot_timestamp:time source:s"
    ),
}
"""Arrow schema per file, named like the file without ``.parquet``."""

FILES: tuple[str, ...] = tuple(SCHEMAS)
