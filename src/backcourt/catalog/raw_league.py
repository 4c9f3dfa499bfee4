"""Raw tables of the league's own sources (nba_raw.nbac_*): schedule, box scores, shots, events, rosters, injuries.

``TABLES`` also holds the tables of the other statistics providers (``raw_partners``).
"""

from __future__ import annotations

from backcourt.catalog import raw_partners
from backcourt.catalog.columns import (
    GAME,
    GAME_DATE,
    PLAYER_ID,
    PLAYER_LINE,
    RESOLVED_ID,
    SEASON_YEAR,
    lookup,
    team_code,
)
from backcourt.catalog.model import Table, stamped
from backcourt.catalog.types import array, day, flag, integer, moment, number, text

_SCHEDULE = Table(
    name="nbac_schedule",
    dataset="nba_raw",
    phase="raw",
    grain="one game",
    key=("game_id",),
    partition="game_date",
    source="NBA.com statistics service (schedule, ScoreboardV2)",
    description="The only calendar: every game of a season, planned or played, with its final score.",
    columns=stamped(
        GAME,
        text("game_code", 'date, away and home team for display: "20211019/BKNMIL"', required=True),
        GAME_DATE,
        text("season", 'season label, "2021-22"', required=True),
        SEASON_YEAR,
        text(
            "season_type",
            "Pre Season, Regular Season, All-Star, Playoffs, Play-In or Cup Final, read from the prefix of game_id",
            required=True,
        ),
        integer(
            "game_status",
            "1 planned, 2 live, 3 final, 4 put off: not on this date, and on no other one yet",
            "code",
            required=True,
        ),
        team_code("home_team_tricode", "home team; at a neutral site the team listed as home", required=True),
        team_code("away_team_tricode", "visiting team", required=True),
        integer("home_team_id", "NBA team id of the home team", "id", required=True),
        integer("away_team_id", "NBA team id of the visiting team", "id", required=True),
        integer("home_team_score", "final score of the home team, NULL before the game is final", "points"),
        integer("away_team_score", "final score of the visiting team, NULL before the game is final", "points"),
        team_code("winning_team_tricode", "team with the higher final score, NULL before the game is final"),
        integer("periods", "periods played: 4, or 5 and more with overtime; NULL before the game is final", "periods"),
        array(
            "starter_ids",
            "INT64",
            "player ids that the source lists as starters, ascending: both teams' together, ten if the list is whole; "
            "only the box score says whose they are; empty if it lists none",
        ),
        text("arena_name", "arena as the source prints it; NULL if it does not say"),
        text("arena_city", "city of the arena as the source prints it; NULL if it does not say"),
        flag("is_neutral", "TRUE if the source calls the site neutral; NULL if it does not say"),
        number("venue_latitude", 4, "latitude of the place of the game, north positive; NULL if unknown", "degrees"),
        number("venue_longitude", 4, "longitude of the place of the game, east positive; NULL if unknown", "degrees"),
        text(
            "place_basis",
            "how the place is known: arena or city (named by the schedule), or, where it names none, neutral_game or "
            "home_arena (nba_reference); or why it is not: unknown_arena, neutral_site or no_home_arena",
        ),
        text(
            "tipoff_text",
            'actual tip-off as the source prints it, "7:36 PM EST"; EST, EDT and ET all stand for New York\'s clock, '
            "whatever the season",
        ),
        moment(
            "tipoff_at",
            "tip-off (UTC): the actual one where tipoff_text says it, else the planned one; NULL if neither is known "
            "or the game is put off. What a source says counts for the game only if it was observed earlier",
        ),
    ),
)

_TEAM_BOXSCORE = Table(
    name="nbac_team_boxscore",
    dataset="nba_raw",
    phase="raw",
    grain="one team in one game",
    key=("game_id", "team_abbr"),
    partition="game_date",
    source="NBA.com statistics service (LeagueGameLog, team)",
    description="Team box scores; home and away come from the schedule, plus_minus from its score.",
    columns=stamped(
        GAME,
        GAME_DATE,
        SEASON_YEAR,
        integer("team_id", "NBA team id", "id", required=True),
        team_code("team_abbr", "team of the line", required=True),
        text("team_name", 'city and nickname as the source prints them, "Brooklyn Nets"'),
        flag("is_home", "TRUE for the schedule's home team", required=True),
        text("minutes", "summed player minutes as the source prints them: whole minutes, or MM:SS", required=True),
        integer("seconds_played", "minutes in seconds; up to five minutes off in whole-minute sources", "seconds"),
        integer("fg_made", "field goals made, threes included", required=True),
        integer("fg_attempted", "field goals attempted, threes included", required=True),
        integer("three_pt_made", "three-point field goals made", required=True),
        integer("three_pt_attempted", "three-point field goals attempted", required=True),
        integer("ft_made", "free throws made", required=True),
        integer("ft_attempted", "free throws attempted", required=True),
        integer("offensive_rebounds", "rebounds of own misses, team rebounds left out", required=True),
        integer("defensive_rebounds", "rebounds of the opponent's misses, team rebounds left out", required=True),
        integer("total_rebounds", "offensive plus defensive rebounds", required=True),
        integer("assists", "assists", required=True),
        integer("steals", "steals", required=True),
        integer("blocks", "opponent's shots blocked", required=True),
        integer("turnovers", "turnovers", required=True),
        integer("personal_fouls", "personal fouls", required=True),
        integer("points", "points scored", "points", required=True),
        integer("plus_minus", "own score minus the opponent's, from the schedule; the two teams cancel", "points"),
    ),
)

_PLAYER_BOXSCORE = Table(
    name="nbac_player_boxscore",
    dataset="nba_raw",
    phase="raw",
    grain="one player who played in one game",
    key=("game_id", "player_id"),
    partition="game_date",
    source="NBA.com statistics service (LeagueGameLog, player)",
    description="Player box scores in whole minutes; every line counts as a game played, 0 being a rounded fraction.",
    columns=stamped(
        *PLAYER_LINE,
        integer("minutes", "minutes played, rounded to whole minutes", "minutes", required=True),
    ),
)

_GAMEBOOK = Table(
    name="nbac_gamebook_player_stats",
    dataset="nba_raw",
    phase="raw",
    grain="one listed player in one game",
    key=("game_id", "player_id"),
    partition="game_date",
    source="NBA.com statistics service (BoxScoreTraditionalV3)",
    description="Everyone listed for a game, with MM:SS minutes, start position and the reason for not playing.",
    columns=stamped(
        *PLAYER_LINE,
        text(
            "player_status",
            "active (has minutes), dnp (dressed and did not play) or inactive (not dressed, or not with the team)",
            required=True,
        ),
        text("dnp_reason", "the source's comment on a player without minutes; NULL for active players"),
        text("minutes", "minutes played as MM:SS as printed (seconds up to 60 occur), NULL if he did not play"),
        integer("seconds_played", "minutes in seconds, NULL if he did not play", "seconds"),
        text("start_position", "G, F or C for the five starters, else NULL"),
        flag("is_starter", "TRUE for the five starters; NULL in games whose source names no ten starters"),
    ),
)

_INACTIVE = Table(
    name="nbac_inactive_players",
    dataset="nba_raw",
    phase="raw",
    grain="one player who was inactive in one game",
    key=("game_id", "player_id"),
    partition="game_date",
    source="NBA.com statistics service (BoxScoreSummaryV2)",
    description="Who was not dressed for a game, with his id: tells whom the gamebook means, which prints last names "
    "alone, and stands in for its list in the registry where there is no gamebook.",
    columns=stamped(
        GAME,
        GAME_DATE,
        SEASON_YEAR,
        PLAYER_ID,
        text("player_name", "name as the source prints it", required=True),
        lookup(),
        team_code("team_abbr", "his team", required=True),
        text("jersey_number", "jersey number as printed; NULL if none"),
    ),
)

_PLAY_BY_PLAY = Table(
    name="nbac_play_by_play",
    dataset="nba_raw",
    phase="raw",
    grain="one event of a game",
    key=("game_id", "event_id"),
    partition="game_date",
    source="NBA.com live feed; statistics service (PlayByPlayV3, PlayByPlayV2)",
    description="Events in the order of the source, with up to three players each.",
    columns=stamped(
        GAME,
        GAME_DATE,
        SEASON_YEAR,
        integer("event_id", "the source's event number; rises within a game, with holes", "id", required=True),
        integer("period", "1 to 4, 5 and more are overtimes", "period", required=True),
        text("clock", 'time left in the period, "11:25"', required=True),
        integer(
            "event_type",
            "the service's code: 1 made shot, 2 missed shot, 3 free throw, 4 rebound, 5 turnover, 6 foul, 7 violation, "
            "8 substitution, 9 timeout, 10 jump ball, 11 ejection, 12 start of period, 13 end of period, 18 review",
            "code",
            required=True,
        ),
        integer(
            "event_action_type", "the service's code of the kind of shot, foul, turnover ... within event_type", "code"
        ),
        integer("player_1_id", "main actor (shooter, fouler, rebounder); NULL for teams, coaches and officials", "id"),
        team_code("player_1_team_abbr", "team of the main actor, also where the actor is the team itself"),
        integer("player_2_id", "second player (assist on a made shot, fouled player, player coming in)", "id"),
        team_code("player_2_team_abbr", "team of the second player"),
        integer("player_3_id", "third player (blocker of a missed shot, receiver of a tip)", "id"),
        team_code("player_3_team_abbr", "team of the third player"),
        text("home_description", "what the home team did, as the source prints it"),
        text("neutral_description", "text that belongs to neither team"),
        text("visitor_description", "what the visiting team did, as the source prints it"),
        text("score", 'score after a scoring event, away first: "20 - 37"'),
    ),
)

_SHOT_CHART = Table(
    name="nbac_shot_chart",
    dataset="nba_raw",
    phase="raw",
    grain="one field-goal attempt",
    key=("game_id", "event_id"),
    partition="game_date",
    source="NBA.com statistics service (ShotChartDetail)",
    description="Field-goal attempts with coordinates and the zone of the one classifier.",
    columns=stamped(
        GAME,
        GAME_DATE,
        SEASON_YEAR,
        integer("event_id", "event number, the same as in play-by-play", "id", required=True),
        PLAYER_ID,
        team_code("team_abbr", "team of the shooter", required=True),
        integer("period", "1 to 4, 5 and more are overtimes", "period", required=True),
        integer("seconds_remaining_in_period", "time left in the period", "seconds", required=True),
        number("x_feet", 1, "distance from the line between the hoops, positive to the right facing the hoop", "feet"),
        number("y_feet", 1, "distance from the hoop toward midcourt; negative behind the hoop", "feet"),
        integer("shot_distance", "distance from the hoop, whole feet", "feet"),
        flag("is_three", "TRUE for a three-point attempt", required=True),
        flag("is_made", "TRUE if it went in", required=True),
        flag("is_assisted", "as the source says, also set on some misses; NULL if it does not say"),
        text("action_type", 'kind of shot, "Cutting Dunk Shot"'),
        text("zone", "paint, mid_range or three by the one classifier; NULL for a two without coordinates"),
        text("zone_basic", 'the source\'s own zone, "Restricted Area"'),
    ),
)

_PLAYER_LIST = Table(
    name="nbac_player_list_current",
    dataset="nba_raw",
    phase="raw",
    grain="one player in one season",
    key=("season_year", "player_id"),
    source="NBA.com statistics service (PlayerIndex)",
    description="Players of a season with current team, position and birth date.",
    columns=stamped(
        SEASON_YEAR,
        PLAYER_ID,
        lookup(),
        text("player_full_name", "name as the source prints it", required=True),
        team_code("team_abbr", "team at the time of the list; NULL for a free agent"),
        text("position", 'position, "G", "F-C"'),
        day("birth_date", "date of birth"),
        flag("is_active", "TRUE if he is on a roster"),
    ),
)

_INJURY_REPORT = Table(
    name="nbac_injury_report",
    dataset="nba_raw",
    phase="raw",
    grain="one player's status for one game in one report",
    key=("report_date", "report_hour", "game_id", "player_lookup"),
    partition="game_date",
    source="NBA official injury report",
    description="Hourly injury reports; the newest one before a game's tip-off decides who is out.",
    columns=stamped(
        day("report_date", "day on which the report was issued", required=True),
        integer("report_hour", "hour of the report, US Eastern time, 0 to 23", "hour", required=True),
        integer(
            "report_minute",
            "minute of the report, 0 to 59; NULL if only the hour is known, and then it was out when that was over. "
            "A game uses reports from before its tip-off only",
            "minute",
        ),
        GAME,
        lookup(),
        RESOLVED_ID,
        GAME_DATE,
        SEASON_YEAR,
        team_code("team", "player's team", required=True),
        text("player_full_name", "name as the report prints it", required=True),
        text("injury_status", "out, doubtful, questionable, probable or available, lower case", required=True),
        text("reason", "reason as the report prints it"),
        text("reason_category", "injury, illness, rest, suspension, personal, g_league or other"),
    ),
)

_REFEREE = Table(
    name="nbac_referee",
    dataset="nba_raw",
    phase="raw",
    grain="one official of one game",
    key=("game_id", "official_number"),
    partition="game_date",
    source="NBA official referee assignments",
    description="Officials assigned to a game.",
    columns=stamped(
        GAME,
        GAME_DATE,
        SEASON_YEAR,
        integer("official_number", "place in the crew: 1 is the chief, 4 the alternate", "place", required=True),
        text("official_name", "name as published", required=True),
        integer("official_code", "the league's id of the official", "id"),
        text("jersey_number", "jersey number as published"),
    ),
)

_PLAYER_MOVEMENT = Table(
    name="nbac_player_movement",
    dataset="nba_raw",
    phase="raw",
    grain="one player's part in one transaction",
    key=("transaction_date", "group_sort", "player_id", "team_abbr"),
    partition="transaction_date",
    source="NBA.com player movement",
    description="Signings, waivers, trades and two-way conversions.",
    columns=stamped(
        day("transaction_date", "date of the transaction", required=True),
        text(
            "group_sort",
            'the source\'s id of the transaction, "Signing 1135890"; a trade has several rows',
            required=True,
        ),
        integer(
            "player_id", "NBA person id; 0 where a trade moves picks or cash instead of a player", "id", required=True
        ),
        team_code("team_abbr", "team that the row is about", required=True),
        SEASON_YEAR,
        text("transaction_type", "Signing, Waive, Trade, AwardOnWaivers, ContractConverted ...", required=True),
        text("description", "sentence as published", required=True),
        text("player_slug", 'name in the source\'s address, "cole-anthony"'),
    ),
)

_SCOREBOARD = Table(
    name="nbac_scoreboard_v2",
    dataset="nba_raw",
    phase="raw",
    grain="one game",
    key=("game_id",),
    partition="game_date",
    source="NBA.com statistics service (ScoreboardV3; ScoreboardV2 up to its end)",
    description="The service's scoreboard of a day, a cross-check of schedule and final scores.",
    columns=stamped(
        GAME,
        GAME_DATE,
        SEASON_YEAR,
        integer("game_sequence", "place of the game on the day's scoreboard", "place"),
        integer("game_status", "1 planned, 2 live, 3 final", "code", required=True),
        text("game_status_text", 'status as printed, "Final/OT"'),
        text("game_code", 'date, away and home team: "20240115/HOUPHI"'),
        team_code("home_team_abbr", "home team", required=True),
        team_code("away_team_abbr", "visiting team", required=True),
        integer("home_team_score", "points of the home team so far", "points"),
        integer("away_team_score", "points of the visiting team so far", "points"),
        integer("live_period", "current or last period", "period"),
        text(
            "arena_name",
            "arena as printed by ScoreboardV2; NULL if only ScoreboardV3, which does not say it, has the game",
        ),
        text(
            "national_broadcaster",
            "national television; several by name, with commas; NULL if none",
        ),
    ),
)

TABLES: tuple[Table, ...] = (
    _SCHEDULE,
    _TEAM_BOXSCORE,
    _GAMEBOOK,
    _INACTIVE,
    _PLAYER_BOXSCORE,
    _PLAY_BY_PLAY,
    _SHOT_CHART,
    _PLAYER_LIST,
    _INJURY_REPORT,
    _REFEREE,
    _PLAYER_MOVEMENT,
    _SCOREBOARD,
    *raw_partners.TABLES,
)
"""Raw tables of the league and of the other statistics providers."""
