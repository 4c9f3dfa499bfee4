"""Raw tables of the other statistics providers: Ball Don't Lie, BigDataBall, Basketball-Reference, ESPN.

Their own game ids are kept beside the NBA's, which the loader finds by date and teams; players are known by
player_lookup until their ids are matched.
"""

from __future__ import annotations

from backcourt.catalog.columns import COUNTS, GAME, GAME_DATE, RESOLVED_ID, SEASON_YEAR, lookup, team_code
from backcourt.catalog.model import Table, stamped
from backcourt.catalog.types import day, flag, integer, moment, number, text

_FULL_NAME = text("player_full_name", "name as the source prints it", required=True)

_BDL_BOXSCORES = Table(
    name="bdl_player_boxscores",
    dataset="nba_raw",
    phase="raw",
    grain="one player in one game",
    key=("game_id", "player_lookup"),
    partition="game_date",
    source="Ball Don't Lie API (box scores, stats)",
    description="Player box scores of a second source, the fallback and cross-check of the league's.",
    columns=stamped(
        GAME,
        GAME_DATE,
        SEASON_YEAR,
        lookup(),
        RESOLVED_ID,
        _FULL_NAME,
        integer("bdl_player_id", "the source's player id", "id"),
        integer("bdl_game_id", "the source's game id", "id"),
        flag("is_postseason", "TRUE for play-in and playoff games as the source says"),
        team_code("home_team_abbr", "home team", required=True),
        team_code("away_team_abbr", "visiting team", required=True),
        team_code("team_abbr", "player's team in this game", required=True),
        text("minutes", 'minutes as printed, "28" or "28:31"; NULL if he did not play'),
        *COUNTS,
    ),
)

_BDL_ACTIVE = Table(
    name="bdl_active_players",
    dataset="nba_raw",
    phase="raw",
    grain="one active player in one season",
    key=("season_year", "bdl_player_id"),
    source="Ball Don't Lie API (active players)",
    description="Players on a roster as the second source lists them.",
    columns=stamped(
        SEASON_YEAR,
        integer("bdl_player_id", "the source's player id", "id", required=True),
        lookup(),
        RESOLVED_ID,
        _FULL_NAME,
        team_code("team_abbr", "current team"),
        text("position", 'position, "C-F"'),
        text("jersey_number", "jersey number as printed"),
        integer("draft_year", "year of the draft, NULL if undrafted", "year"),
        day("as_of_date", "day on which the list was fetched", required=True),
    ),
)

_BDL_INJURIES = Table(
    name="bdl_injuries",
    dataset="nba_raw",
    phase="raw",
    grain="one injured player on one day",
    key=("as_of_date", "bdl_player_id"),
    partition="as_of_date",
    source="Ball Don't Lie API (injuries)",
    description="Injuries as the second source lists them, with its forecast of the return.",
    columns=stamped(
        day("as_of_date", "day on which the list was fetched", required=True),
        integer("bdl_player_id", "the source's player id", "id", required=True),
        SEASON_YEAR,
        lookup(),
        RESOLVED_ID,
        _FULL_NAME,
        team_code("team_abbr", "player's team"),
        text("injury_status", 'status as printed, "Out", "Day-To-Day"', required=True),
        text("return_date_text", 'expected return as printed, without a year: "Oct 1"'),
        text("description", "news item as printed"),
    ),
)

_BDL_STANDINGS = Table(
    name="bdl_standings",
    dataset="nba_raw",
    phase="raw",
    grain="one team on one day",
    key=("as_of_date", "team_abbr"),
    partition="as_of_date",
    source="Ball Don't Lie API (standings)",
    description="Standings on the day they were fetched, a cross-check of wins and losses in the schedule.",
    columns=stamped(
        day("as_of_date", "day on which the standings were fetched", required=True),
        team_code("team_abbr", "team", required=True),
        SEASON_YEAR,
        text("conference", "East or West", required=True),
        text("division", 'division, "Central"', required=True),
        integer("wins", "games won", "games", required=True),
        integer("losses", "games lost", "games", required=True),
        integer("conference_rank", "place in the conference", "place"),
        integer("division_rank", "place in the division", "place"),
        text("home_record", 'wins and losses at home, "34-7"'),
        text("road_record", 'wins and losses away, "30-11"'),
        text("conference_record", 'wins and losses within the conference, "41-11"'),
        text("division_record", 'wins and losses within the division, "12-4"'),
    ),
)

_BIGDATABALL = Table(
    name="bigdataball_play_by_play",
    dataset="nba_raw",
    phase="raw",
    grain="one event of a game",
    key=("game_id", "event_sequence"),
    partition="game_date",
    source="BigDataBall play-by-play files",
    description="Enhanced play-by-play: shots with coordinates, assist and block in columns of their own.",
    columns=stamped(
        GAME,
        GAME_DATE,
        SEASON_YEAR,
        integer("event_sequence", "the source's play number, rising within a game", "place", required=True),
        team_code("home_team_abbr", "home team", required=True),
        team_code("away_team_abbr", "visiting team", required=True),
        integer("period", "1 to 4, 5 and more are overtimes", "period", required=True),
        text("remaining_time", 'time left in the period, "0:11:44"'),
        text("event_type", "shot, miss, free throw, rebound, turnover, foul, substitution ...", required=True),
        text("event_subtype", 'detail, "3pt jump shot", "free throw 1/1"'),
        text("player_1_lookup", "normalised name of the shooter or main actor"),
        team_code("player_1_team_abbr", "team of the main actor"),
        text("player_2_lookup", "normalised name of the helper or blocker"),
        text("player_2_role", "assist, block, steal or other"),
        flag("is_made", "TRUE for a shot that went in; NULL for other events"),
        text("shot_type", "2PT, 3PT or FT; NULL for other events"),
        integer("shot_distance", "distance from the hoop, whole feet", "feet"),
        integer("points_scored", "points of the event", "points"),
        number("original_x", 1, "court x as the source gives it, tenths of feet from the hoop", "tenths of feet"),
        number("original_y", 1, "court y as the source gives it, tenths of feet from the hoop", "tenths of feet"),
        text("description", "sentence as printed"),
    ),
)

_BREF_ROSTERS = Table(
    name="br_rosters_current",
    dataset="nba_raw",
    phase="raw",
    grain="one player with one team in one season",
    key=("season_year", "team_abbrev", "player_lookup"),
    source="Basketball-Reference season pages",
    description="Season rosters as Basketball-Reference spells the names; evidence for the registry.",
    columns=stamped(
        SEASON_YEAR,
        team_code("team_abbrev", "team, mapped from the source's code", required=True),
        text("source_team_code", "team code as the source prints it: BRK, CHO, PHO ...", required=True),
        _FULL_NAME,
        lookup(),
        RESOLVED_ID,
        text("bref_id", 'the source\'s player id, "beysa01"', required=True),
    ),
)

_ESPN_ROSTERS = Table(
    name="espn_team_rosters",
    dataset="nba_raw",
    phase="raw",
    grain="one player on one roster snapshot",
    key=("roster_date", "scrape_hour", "team_abbr", "player_lookup"),
    partition="roster_date",
    source="ESPN team rosters",
    description="Roster snapshots: who belongs to a team on a day, before anybody plays.",
    columns=stamped(
        day("roster_date", "day of the snapshot", required=True),
        integer("scrape_hour", "hour of the snapshot, UTC, 0 to 23", "hour", required=True),
        moment(
            "observed_at",
            "when the roster was received (UTC); NULL if only the hour is known, and then it stood there when the hour "
            "was over. A game uses snapshots from before its tip-off only",
        ),
        team_code("team_abbr", "team of the roster", required=True),
        lookup(),
        RESOLVED_ID,
        _FULL_NAME,
        integer("espn_player_id", "ESPN's player id", "id"),
        text("position", 'position, "G", "PF"'),
        day("birth_date", "date of birth"),
        text("status", "active, injured or two-way, as the source says"),
        SEASON_YEAR,
    ),
)

_ESPN_BOXSCORE = Table(
    name="espn_boxscore",
    dataset="nba_raw",
    phase="raw",
    grain="one listed player in one game",
    key=("game_id", "team_abbr", "player_lookup"),
    partition="game_date",
    source="ESPN game pages",
    description="Player box scores of a third source, used when two others disagree.",
    columns=stamped(
        GAME,
        GAME_DATE,
        SEASON_YEAR,
        team_code("team_abbr", "player's team in this game", required=True),
        lookup(),
        RESOLVED_ID,
        _FULL_NAME,
        integer("espn_player_id", "ESPN's player id", "id"),
        integer("espn_game_id", "ESPN's game id", "id"),
        flag("is_starter", "TRUE for the five starters"),
        text("dnp_reason", "reason for not playing; NULL if he played"),
        integer("minutes", "minutes played, rounded to whole minutes; NULL if he did not play", "minutes"),
        *COUNTS,
        integer("plus_minus", "score margin while he was on the court", "points"),
    ),
)

_ESPN_SCOREBOARD = Table(
    name="espn_scoreboard",
    dataset="nba_raw",
    phase="raw",
    grain="one game",
    key=("game_id",),
    partition="game_date",
    source="ESPN scoreboard API",
    description="Scoreboard of a third source, a cross-check of final scores and venues.",
    columns=stamped(
        GAME,
        GAME_DATE,
        SEASON_YEAR,
        integer("espn_game_id", "ESPN's game id", "id", required=True),
        integer("game_status", "1 planned, 2 live, 3 final", "code", required=True),
        text("status_text", 'status as printed, "Final/OT"'),
        team_code("home_team_abbr", "home team, mapped from ESPN's code", required=True),
        team_code("away_team_abbr", "visiting team, mapped from ESPN's code", required=True),
        integer("home_team_score", "points of the home team so far", "points"),
        integer("away_team_score", "points of the visiting team so far", "points"),
        integer("periods", "periods played so far", "periods"),
        text("venue_name", "arena as printed"),
        text("venue_city", "city of the arena as printed"),
        flag("is_neutral_site", "TRUE if the source marks the venue as neutral"),
        integer("attendance", "spectators", "people"),
    ),
)

TABLES: tuple[Table, ...] = (
    _BDL_BOXSCORES,
    _BDL_ACTIVE,
    _BDL_INJURIES,
    _BDL_STANDINGS,
    _BIGDATABALL,
    _BREF_ROSTERS,
    _ESPN_ROSTERS,
    _ESPN_BOXSCORE,
    _ESPN_SCOREBOARD,
)
"""Raw tables of Ball Don't Lie, BigDataBall, Basketball-Reference and ESPN."""
