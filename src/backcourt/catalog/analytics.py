"""Phase 3 tables (nba_analytics): what happened in a game, and what is known before one."""

from __future__ import annotations

from backcourt.catalog import criticals
from backcourt.catalog.model import Column, Table, Upstream, Window, stamped
from backcourt.catalog.rules import CUP, FIRST_BOOKMAKER, NEWEST, OUT, ROSTER, USAGE, WHO_PLAYED
from backcourt.catalog.types import day, flag, integer, number, text

_DATE = (Window("date"),)
_SEASON = Window("season")
_KEYS = Window("date", rows="keys")

_GAME: tuple[Column, ...] = (
    text("game_id", "the NBA's 10-character game id, leading zeros kept", required=True),
    day("game_date", "local date of the game", required=True),
    integer("season_year", "first year of the season: 2021 for 2021-22", "year", required=True),
    text("season_type", "Regular Season, Play-In, Playoffs or Cup Final", required=True),
)
_PLAYER: tuple[Column, ...] = (
    integer("player_id", "the NBA's person id", "id", required=True),
    text("player_lookup", "normalised name, carried along, never a key", required=True),
    text("player_full_name", "name as the NBA prints it", required=True),
)
_SIDES: tuple[Column, ...] = (
    text("team_abbr", "NBA tricode of the own team", required=True),
    text("opponent_team_abbr", "NBA tricode of the other team", required=True),
    flag("home_game", "the own team is the home team of the schedule", required=True),
)


def _shooting(prefix: str, whose: str) -> tuple[Column, ...]:
    """Attempts and makes of the three shot kinds, with the given column prefix."""
    return (
        integer(f"{prefix}fg_attempts", f"field goals attempted{whose}", required=True),
        integer(f"{prefix}fg_makes", f"field goals made{whose}, threes included", required=True),
        integer(f"{prefix}three_pt_attempts", f"three-pointers attempted{whose}", required=True),
        integer(f"{prefix}three_pt_makes", f"three-pointers made{whose}", required=True),
        integer(f"{prefix}ft_attempts", f"free throws attempted{whose}", required=True),
        integer(f"{prefix}ft_makes", f"free throws made{whose}", required=True),
    )


def _zones(prefix: str, whose: str) -> tuple[Column, ...]:
    """Attempts and makes in the two zones inside the arc; threes stand in the shooting columns."""
    null = (
        "; NULL unless the shot chart has exactly the attempts, makes and threes of the box score and a zone for each; "
        "0 without an attempt in a charted game"
    )
    return (
        integer(f"{prefix}paint_attempts", f"attempts{whose} from the paint{null}"),
        integer(f"{prefix}paint_makes", f"of which made{null}"),
        integer(f"{prefix}mid_range_attempts", f"two-point attempts{whose} from outside the paint{null}"),
        integer(f"{prefix}mid_range_makes", f"of which made{null}"),
    )


_OUTCOME: tuple[Column, ...] = (
    flag("win_flag", "the own team won, from the score of the schedule", required=True),
    integer("margin_of_victory", "own score minus the other's", "points", required=True),
    integer("overtime_periods", "overtime periods played, from the schedule", required=True),
)

PLAYER_GAME_SUMMARY = Table(
    name="player_game_summary",
    dataset="nba_analytics",
    phase="analytics",
    short="PGS",
    grain="one player who played in one game",
    key=("game_id", "player_id"),
    partition="game_date",
    cluster=("player_id", "team_abbr"),
    description="A player's line in a game he played: box score, shots by zone, usage and the points line's result. "
    f"{WHO_PLAYED}",
    columns=stamped(
        *_GAME,
        *_PLAYER,
        *_SIDES,
        number(
            "minutes_played", 2, "minutes played; whole minutes where no MM:SS is at hand", "minutes", required=True
        ),
        integer(
            "seconds_played", "seconds played; 60 times the minutes of whole-minute sources", "seconds", required=True
        ),
        integer("points", "points", "points", required=True),
        integer("offensive_rebounds", "offensive rebounds", required=True),
        integer("defensive_rebounds", "defensive rebounds", required=True),
        integer("assists", "assists", required=True),
        integer("steals", "steals", required=True),
        integer("blocks", "blocks", required=True),
        integer("turnovers", "turnovers", required=True),
        integer("personal_fouls", "personal fouls", required=True),
        integer("plus_minus", "score margin while on court; NULL where only Ball Don't Lie has the game", "points"),
        *_shooting("", ""),
        *_zones("", ""),
        integer(
            "paint_blocks",
            "shots from the paint that he blocked, by the zone of the shot with the event's number; NULL unless they "
            "and the other two are all blocks of the box score",
        ),
        integer("mid_range_blocks", "mid-range shots that he blocked; NULL as for paint_blocks"),
        integer("three_pt_blocks", "threes that he blocked; NULL as for paint_blocks"),
        integer(
            "and1_count",
            "made shots with a single free throw, flagrant ones too, of the same player in the same period at the same "
            "clock; NULL without play-by-play",
        ),
        integer(
            "assisted_fg_makes",
            "field goals made off an assist; NULL unless the shot chart has every make and says of each",
        ),
        integer("unassisted_fg_makes", "field goals made without one; NULL as for assisted_fg_makes"),
        number(
            "usage_rate",
            2,
            "share of the team's plays used while on court: 100 * (FGA + .44*FTA + TOV) * (exact team minutes / 5) / "
            "(minutes * (team FGA + .44*team FTA + team TOV)); NULL under 180 seconds",
            "percent",
        ),
        number("ts_pct", 4, "true shooting: PTS / (2 * (FGA + .44*FTA)); NULL without an attempt", "fraction"),
        number("efg_pct", 4, "effective field goals: (FGM + .5*3PM) / FGA; NULL without an attempt", "fraction"),
        flag(
            "starter_flag",
            "he started: by the gamebook's start positions, else by the schedule's list, else by the first period's "
            "play-by-play, the first of them that names five men of his team in the box score; NULL where none does",
        ),
        flag("win_flag", "his team won, from the score of the schedule", required=True),
        number(
            "points_line",
            1,
            f"points line in the last snapshot before tip-off, {FIRST_BOOKMAKER}; NULL without",
            "points",
        ),
        text("over_under_result", "OVER, UNDER or PUSH against the line; NULL without one"),
        number("points_margin", 1, "points minus the line; NULL without one", "points"),
        text("primary_source_used", "raw table that the line comes from", required=True),
    ),
    critical=criticals.PLAYER_GAME_SUMMARY,
    beside=criticals.PLAYER_GAME_SUMMARY_BESIDE,
    upstreams=(
        Upstream("nba_raw.nbac_schedule", _DATE),
        Upstream("nba_raw.nbac_team_boxscore", _DATE),
        Upstream("nba_raw.nbac_player_boxscore", _DATE),
        Upstream("nba_raw.nbac_gamebook_player_stats", _DATE, critical=False),
        Upstream("nba_raw.nbac_shot_chart", _DATE, critical=False),
        Upstream("nba_raw.nbac_play_by_play", _DATE, critical=False),
        Upstream("nba_raw.odds_api_player_points_props", _DATE, critical=False),
        Upstream("nba_raw.bdl_player_boxscores", _DATE, critical=False),
    ),
)

TEAM_OFFENSE_GAME_SUMMARY = Table(
    name="team_offense_game_summary",
    dataset="nba_analytics",
    phase="analytics",
    short="TOGS",
    grain="one team in one game",
    key=("game_id", "team_abbr"),
    partition="game_date",
    cluster=("team_abbr",),
    description="A team's own line in a game, its possessions, pace and offensive rating.",
    columns=stamped(
        *_GAME,
        *_SIDES,
        integer("points_scored", "points", "points", required=True),
        *_shooting("", ""),
        integer("offensive_rebounds", "offensive rebounds", required=True),
        integer("rebounds", "all rebounds", required=True),
        integer("assists", "assists", required=True),
        integer("turnovers", "turnovers", required=True),
        integer("personal_fouls", "personal fouls", required=True),
        *_zones("team_", ""),
        integer("points_in_paint_scored", "2 * paint makes; NULL as for team_paint_attempts", "points"),
        number("possessions", 2, "FGA + .44*FTA + TOV - OREB", "possessions", required=True),
        number("offensive_rating", 2, "100 * points / possessions", "points per 100 possessions", required=True),
        number("pace", 2, "possessions * 48 / (exact minutes / 5)", "possessions per 48 minutes", required=True),
        number("ts_pct", 4, "true shooting: PTS / (2 * (FGA + .44*FTA))", "fraction", required=True),
        integer("exact_minutes", "240 + 25 * overtime periods", "minutes", required=True),
        *_OUTCOME,
    ),
    upstreams=(
        Upstream("nba_raw.nbac_schedule", _DATE),
        Upstream("nba_raw.nbac_team_boxscore", _DATE),
        Upstream("nba_raw.nbac_shot_chart", _DATE, critical=False),
    ),
)

TEAM_DEFENSE_GAME_SUMMARY = Table(
    name="team_defense_game_summary",
    dataset="nba_analytics",
    phase="analytics",
    short="TDGS",
    grain="one defending team in one game",
    key=("game_id", "defending_team_abbr"),
    partition="game_date",
    cluster=("defending_team_abbr",),
    description="The opponent's line as allowed by the defending team, by zone, with defensive rating and pace.",
    columns=stamped(
        *_GAME,
        text("defending_team_abbr", "NBA tricode of the defending team", required=True),
        text("opponent_team_abbr", "NBA tricode of the attacking team", required=True),
        flag("home_game", "the defending team is the home team of the schedule", required=True),
        integer("points_allowed", "the opponent's points", "points", required=True),
        *_shooting("opp_", " by the opponent"),
        integer("opp_offensive_rebounds", "the opponent's offensive rebounds", required=True),
        integer("opp_rebounds", "the opponent's rebounds", required=True),
        integer("opp_assists", "the opponent's assists", required=True),
        integer("turnovers_forced", "the opponent's turnovers", required=True),
        integer("fouls_committed", "own personal fouls", required=True),
        *_zones("opp_", " by the opponent"),
        integer("points_in_paint_allowed", "2 * paint makes allowed; NULL as for opp_paint_attempts", "points"),
        integer("mid_range_points_allowed", "2 * mid-range makes allowed; NULL as for opp_paint_attempts", "points"),
        integer("three_pt_points_allowed", "3 * three-pointers allowed", "points", required=True),
        integer(
            "blocks_paint",
            "the opponent's shots from the paint that were blocked, by the zone of the shot with the event's number; "
            "NULL unless they and the other two are all blocks of the box score",
        ),
        integer("blocks_mid_range", "own blocks of mid-range shots; NULL as for blocks_paint"),
        integer("blocks_three_pt", "own blocks of threes; NULL as for blocks_paint"),
        integer("steals", "own steals", required=True),
        integer("defensive_rebounds", "own defensive rebounds", required=True),
        number("opp_possessions", 2, "the opponent's FGA + .44*FTA + TOV - OREB", "possessions", required=True),
        number(
            "defensive_rating",
            2,
            "100 * points allowed / the opponent's possessions",
            "points per 100 possessions",
            required=True,
        ),
        number(
            "opponent_pace",
            2,
            "opp_possessions * 48 / (exact minutes / 5)",
            "possessions per 48 minutes",
            required=True,
        ),
        number("opponent_ts_pct", 4, "the opponent's true shooting", "fraction", required=True),
        integer("exact_minutes", "240 + 25 * overtime periods", "minutes", required=True),
        *_OUTCOME,
    ),
    critical=criticals.TEAM_DEFENSE_GAME_SUMMARY,
    beside=criticals.TEAM_DEFENSE_GAME_SUMMARY_BESIDE,
    upstreams=(
        Upstream("nba_raw.nbac_schedule", _DATE),
        Upstream("nba_raw.nbac_team_boxscore", _DATE),
        Upstream("nba_raw.nbac_shot_chart", _DATE, critical=False),
        Upstream("nba_raw.nbac_play_by_play", _DATE, critical=False),
    ),
)

UPCOMING_PLAYER_GAME_CONTEXT = Table(
    name="upcoming_player_game_context",
    dataset="nba_analytics",
    phase="analytics",
    short="UPGC",
    grain="one player listed for one game",
    key=("game_id", "player_id"),
    partition="game_date",
    cluster=("player_id", "team_abbr"),
    description=(
        "What is known of a listed player before the game: rest, load, recent points and usage, the opponent's pace, "
        "team-mates out. Apart from the row's existence nothing in it depends on games of its date or later. "
        f"{ROSTER} {CUP} His name is the one of his last game, else of the roster, else of the game itself."
    ),
    columns=stamped(
        *_GAME,
        *_PLAYER,
        *_SIDES,
        text(
            "listing",
            "roster: on the team's roster as of the date and not out in the latest injury report before the game; "
            "box_score: played without being so listed",
            required=True,
        ),
        integer(
            "days_rest",
            "days since his last game of the season, the Cup final too; 1 = played yesterday, NULL before the first",
            "days",
        ),
        flag("back_to_back", "days_rest is 1", required=True),
        integer(
            "opponent_days_rest",
            "days since the opponent's last game, the Cup final too; NULL before its first",
            "days",
        ),
        integer("games_in_last_7_days", "his games with D-7 <= date < D", required=True),
        integer("games_in_last_14_days", "his games with D-14 <= date < D", required=True),
        number("minutes_in_last_7_days", 2, "his minutes with D-7 <= date < D", "minutes", required=True),
        number("minutes_in_last_14_days", 2, "his minutes with D-14 <= date < D", "minutes", required=True),
        number("avg_minutes_per_game_last_7", 2, "minutes a game of the last 7 days; NULL without a game", "minutes"),
        integer(
            "back_to_backs_last_14_days",
            "pairs of games on consecutive days, both with D-14 <= date < D",
            required=True,
        ),
        integer("games_played_season", "his games of the season as of the date", required=True),
        integer("l5_games_used", "games behind points_avg_last_5", required=True),
        integer("l10_games_used", "games behind points_avg_last_10", required=True),
        number("points_avg_last_5", 2, f"mean points of the newest 5 games, {NEWEST}; NULL without", "points"),
        number("points_avg_last_10", 2, f"mean points of the newest 10 games, {NEWEST}; NULL without", "points"),
        number("baseline_usage_rate", 2, f"usage over the newest 20 games, {NEWEST}: {USAGE}", "percent"),
        number("projected_usage_rate", 2, "usage over the newest 5 games, as for baseline_usage_rate", "percent"),
        number(
            "opponent_pace_last_10",
            2,
            f"the opponent's possessions * 240 / exact minutes, both summed over its newest 10 games, {NEWEST}",
            "possessions per 48 minutes",
        ),
        number(
            "pace_differential",
            2,
            "opponent_pace_last_10 minus the same ratio of sums over all teams' games of the season before the date, "
            "both unrounded; NULL before the opponent's first game",
            "possessions per 48 minutes",
        ),
        integer("player_age", "age in full years on the date; NULL without a birth date", "years"),
        text(
            "player_status",
            "his newest row in the injury reports for the game before its tip-off; available if they name others and "
            "not him; NULL without a report for the game, and if a name of his team in them has no player yet",
        ),
        integer(
            "star_teammates_out",
            "how many of the team's two stars, himself excluded, are out. Stars: the two of its roster with the "
            "highest usage of the season (a ratio of sums; of equals the lower player_id) among those with 20 minutes "
            f"a game. {OUT[0].upper()}{OUT[1:]}",
            required=True,
        ),
        flag(
            "has_prop_line",
            "a points line for him exists; NULL for a game without any line, and for whoever has none while a line of "
            "the game belongs to a name whose player is not known yet",
        ),
        number(
            "current_points_line", 1, f"points line in the last snapshot before tip-off, {FIRST_BOOKMAKER}", "points"
        ),
        number("opening_points_line", 1, f"points line in the first snapshot, {FIRST_BOOKMAKER}", "points"),
    ),
    upstreams=(
        Upstream("nba_raw.nbac_schedule", (_SEASON, *_DATE)),
        Upstream("nba_analytics.player_game_summary", (_SEASON, _KEYS)),
        Upstream("nba_analytics.team_offense_game_summary", (_SEASON, _KEYS)),
        Upstream("nba_raw.espn_team_rosters", (Window("days", 30), *_DATE), critical=False),
        Upstream("nba_raw.nbac_injury_report", _DATE, critical=False),
        Upstream("nba_raw.nbac_player_list_current", (_SEASON,), critical=False),
        Upstream("nba_raw.odds_api_player_points_props", _DATE, critical=False),
    ),
)

UPCOMING_TEAM_GAME_CONTEXT = Table(
    name="upcoming_team_game_context",
    dataset="nba_analytics",
    phase="analytics",
    short="UTGC",
    grain="one team in one game",
    key=("game_id", "team_abbr"),
    partition="game_date",
    cluster=("team_abbr",),
    description="What is known of a team before a game: rest, travel, streak, record, starters out, spread and total. "
    f"{CUP}",
    columns=stamped(
        *_GAME,
        *_SIDES,
        integer(
            "team_days_rest",
            "days since the team's last game, the Cup final too; 1 = played yesterday, NULL before the first",
            "days",
        ),
        flag("team_back_to_back", "team_days_rest is 1", required=True),
        integer("games_in_last_7_days", "the team's games with D-7 <= date < D", required=True),
        integer("games_in_last_14_days", "the team's games with D-14 <= date < D", required=True),
        integer(
            "game_number_in_season",
            "games that the team has played before the date, the Cup final not counted, and one",
            required=True,
        ),
        integer("wins_entering", "wins of the season as of the date", required=True),
        integer("losses_entering", "losses of the season as of the date", required=True),
        integer("team_win_streak_entering", "wins in a row up to the date; 0 after a loss", required=True),
        integer("team_loss_streak_entering", "losses in a row up to the date; 0 after a win", required=True),
        integer(
            "last_game_margin", "own score minus the other's in the last game, the Cup final not counted", "points"
        ),
        text("last_game_result", "W or L of that game; NULL before the first"),
        integer(
            "travel_miles",
            "great-circle distance from the place of the team's last game, the Cup final included, to this one's, on a "
            "sphere of 3,958.8 miles; NULL before the first and where either place is unknown",
            "miles",
            nulls=(
                ("travel_unknown_reason = 'first_game'", "first game of the season"),
                ("travel_unknown_reason = 'unknown_arena'", "the schedule names an arena that is not known"),
                ("travel_unknown_reason = 'neutral_site'", "neutral site, and the schedule does not say which"),
                ("travel_unknown_reason = 'no_home_arena'", "the home team's arena on that date is not known"),
                ("travel_unknown_reason = 'not_loaded'", "the schedule was loaded before it had places: load it again"),
            ),
        ),
        text(
            "travel_unknown_reason",
            "why travel_miles is NULL: first_game of the season; or, of this game's place, else of the last one's, the "
            "place_basis of nbac_schedule (unknown_arena, neutral_site, no_home_arena), or not_loaded for a schedule "
            "stored before it had places; NULL where travel is known",
        ),
        integer(
            "starters_out_count",
            "usual starters, who started 5 of the team's last 10 games or more, and are out. "
            f"{OUT[0].upper()}{OUT[1:]}. NULL before the team's tenth game and where no source names a starter in them",
        ),
        integer(
            "questionable_players_count",
            "names whose newest row in the reports for the game says questionable or doubtful for this team; NULL "
            "without a report for the game",
        ),
        number(
            "game_spread",
            2,
            "mean over the bookmakers of each one's last spread for this team before tip-off",
            "points",
        ),
        number("game_total", 2, "mean over the bookmakers of each one's last total (over) before tip-off", "points"),
    ),
    upstreams=(
        Upstream("nba_raw.nbac_schedule", (_SEASON, *_DATE)),
        Upstream("nba_analytics.player_game_summary", (_SEASON,)),
        Upstream("nba_raw.espn_team_rosters", (Window("days", 30), *_DATE), critical=False),
        Upstream("nba_raw.nbac_injury_report", _DATE, critical=False),
        Upstream("nba_raw.odds_api_game_lines", _DATE, critical=False),
    ),
)

TABLES = (
    PLAYER_GAME_SUMMARY,
    TEAM_OFFENSE_GAME_SUMMARY,
    TEAM_DEFENSE_GAME_SUMMARY,
    UPCOMING_PLAYER_GAME_CONTEXT,
    UPCOMING_TEAM_GAME_CONTEXT,
)
