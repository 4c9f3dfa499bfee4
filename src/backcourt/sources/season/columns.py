"""What the columns of a season's folder say in words: the page about the folder is made of them and of ``files``."""

from __future__ import annotations

from collections.abc import Mapping

from backcourt.sources.feed import Feed

_COUNTS = {
    "fgm": "field goals made",
    "fga": "field goals attempted",
    "fg3m": "three-pointers made",
    "fg3a": "three-pointers attempted",
    "ftm": "free throws made",
    "fta": "free throws attempted",
    "oreb": "offensive rebounds",
    "dreb": "defensive rebounds",
    "reb": "all rebounds",
    "ast": "assists",
    "stl": "steals",
    "blk": "blocks",
    "tov": "turnovers",
    "pf": "personal fouls",
    "pts": "points",
    "field_goals_made": "field goals made",
    "field_goals_attempted": "field goals attempted",
    "three_pointers_made": "three-pointers made",
    "three_pointers_attempted": "three-pointers attempted",
    "free_throws_made": "free throws made",
    "free_throws_attempted": "free throws attempted",
    "rebounds_offensive": "offensive rebounds",
    "rebounds_defensive": "defensive rebounds",
    "rebounds_total": "all rebounds",
    "assists": "assists",
    "steals": "steals",
    "blocks": "blocks",
    "turnovers": "turnovers",
    "fouls_personal": "personal fouls",
    "points": "points",
}
_SHARED = {
    "game_id": "the NBA's id of the game, ten digits with leading zeros",
    "season": "season label, 2021-22; one and the same in every file of the folder",
    "team_abbreviation": "the team's NBA tricode",
    "team_tricode": "the team's NBA tricode",
    "team_name": "name of the team",
    "team_id": "the NBA's id of the team",
    "player_id": "NBA person id",
    "person_id": "NBA person id",
    "player_name": "name of the player as the source prints it, first name first",
    "first_name": "first name",
    "family_name": "last name, with the suffix",
    "position": "position, such as G or F-C",
    "birth_date": "date of birth",
    "is_home": "true for the home team; the schedule decides, this is only compared with it",
    "plus_minus": "points of the team minus points of the opponent while he, or the team, played",
    "plus_minus_points": "points of the team minus points of the opponent while he played",
    "period": "1 to 4, from 5 on overtimes",
    "snapshot_timestamp": "when the price was seen, UTC; it counts for a game only before its tip-off",
}
_OF_FILE: Mapping[str, Mapping[str, str]] = {
    "schedule": {
        "season_type": "kind of game as the source calls it; the id decides, a difference is a warning",
        "home_abbreviation": "tricode of the home team",
        "away_abbreviation": "tricode of the away team",
        "tipoff_text": "time of the tip-off on New York's clock, 7:30 pm ET",
        "status": "Final, Live, Planned or Postponed",
        "starters_on": "ids of the ten starters with | between them, in any order; NULL if they are not known",
        "arena_name": "arena",
        "arena_city": "city of the arena",
        "home_team_id": "the NBA's id of the home team",
        "away_team_id": "the NBA's id of the away team",
        "home_score": "points of the home team; only a final game's are read",
        "away_score": "points of the away team; only a final game's are read",
        "periods": "periods played: 4, and one more for each overtime",
        "game_date": "date of the game in New York",
        "is_neutral": "true if the site is neutral",
        "tipoff_planned": "planned tip-off, UTC",
    },
    "team_boxscores": {"min": "minutes of the team: whole, the sum of its players' rounded ones, or as MM:SS"},
    "player_boxscores": {"min": "minutes played, whole; 0 can be a rounded fraction"},
    "player_boxscores_v3": {
        "minutes": "minutes played as MM:SS; empty or NULL if he did not play",
        "position": "G, F or C for the five starters, else empty",
        "comment": "why he did not play, DNP - Coach's Decision; empty if he did",
    },
    "shots": {
        "action_type": "kind of shot in the service's words, Jump Shot",
        "shot_zone_basic": "zone in the service's words; the coordinates decide which zone it is",
        "game_event_id": "number of the event in the game's play-by-play",
        "minutes_remaining": "whole minutes left in the period",
        "seconds_remaining": "seconds of the minute left, 0 to 59",
        "shot_distance": "distance from the hoop, feet",
        "shot_made_flag": "1 if it was made, else 0",
        "assisted": "1 if it was assisted, else 0; NULL if the source does not say. It counts on a made shot only",
        "loc_x": "place across the court, tenths of a foot from the hoop, negative to one side",
        "loc_y": "place along the court, tenths of a foot from the hoop",
        "is_three": "true for an attempt of three points",
    },
    "play_by_play": {
        "pctimestring": "time left in the period, 11:25",
        "homedescription": "what the home team did",
        "neutraldescription": "what belongs to neither team",
        "visitordescription": "what the away team did",
        "score": "score after a scoring event, away team first: 20 - 37",
        "player1_team_abbreviation": "team of the main actor",
        "player2_team_abbreviation": "team of the second player",
        "player3_team_abbreviation": "team of the third player",
        "eventnum": "number of the event, rising within a game",
        "eventmsgtype": "the service's code: 1 made shot, 2 missed shot, 3 free throw and so on",
        "eventmsgactiontype": "the service's code of the kind within eventmsgtype",
        "player1_id": "main actor: shooter, fouler, rebounder",
        "player2_id": "second player: assist on a made shot, player who was fouled, who comes in",
        "player3_id": "third player: blocker of a missed shot",
    },
    "rosters_bref": {
        "bref_team": "Basketball-Reference's code of the team: BRK, CHO, PHO; total rows (TOT, 2TM) are left out",
        "bref_name": "name as Basketball-Reference prints it",
        "bref_id": "Basketball-Reference's id of the player",
    },
    "players": {
        "team_abbreviation": "tricode of his team; empty for a free agent",
        "is_active": "true if he is on a roster",
    },
    "roster_snapshots": {
        "roster_date": "day of the snapshot",
        "scrape_hour": "hour of the snapshot, UTC, 0 to 23",
        "player_id": "NBA person id; NULL if the source does not know it, then the name is resolved",
        "status": "what the roster says of him, such as Active or Out",
    },
    "injury_report": {
        "report_date": "day on which the report was issued",
        "report_hour": "hour of the report in New York, 0 to 23; it was out when the hour was over",
        "injury_status": "out, doubtful, questionable, probable or available",
        "reason": "reason as the report prints it",
        "reason_category": "kind of reason: injury, rest, personal",
    },
    "player_props": {
        "bookmaker": "the book's key: draftkings",
        "over_price_american": "price of the over, American odds: -110",
        "under_price_american": "price of the under, American odds",
        "minutes_before_tipoff": "minutes between the price and the tip-off",
        "points_line": "the line, points",
    },
    "game_lines": {
        "home_abbreviation": "tricode of the home team",
        "bookmaker_key": "the book's key: draftkings",
        "market_key": "spreads or totals",
        "outcome_name": "the team, or Over and Under",
        "outcome_point": "spread or total, points",
    },
}


def means(file: Feed, column: str) -> str:
    """What a column of a file says, in words.

    Raises:
        KeyError: If nobody has written it down.
    """
    return {**_SHARED, **_COUNTS, **_OF_FILE.get(file.stem, {})}[column]


def described() -> frozenset[tuple[str, str]]:
    """(file, column) of everything that is written down for one file alone."""
    return frozenset((stem, column) for stem, columns in _OF_FILE.items() for column in columns)


def shared() -> frozenset[str]:
    """The columns that are written down for all files."""
    return frozenset(_SHARED) | frozenset(_COUNTS)
