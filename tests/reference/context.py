"""What is known before a game (UPGC, UTGC), from DOMAIN.md section 5 and the catalog's column descriptions.

Decided where the text leaves room:

- A player whom the latest injury report does not name is available if the game has any report and every name of his
  team in it has a player; each player's own latest row counts, since later reports do not repeat everybody.
- Reports, lines and snapshots of the date itself may be used if they were there before the game began.
- A player on one team's roster who plays for the other in the same game keeps the row of his roster: the row's values
  do not depend on the game.
- Names are those of the latest game before the date, else of the latest snapshot, else of the box score.
- Usual starters started at least 5 of the team's last 10 games; before a team has 10 games, or where no source names a
  starter in them, nobody knows.
- Travel is the great circle on a sphere of 3,958.8 miles between the places of the last game (the Cup final too) and
  of this one. A place is what the schedule names, an arena before its city; only where it names nothing, it is the home
  team's arena on the date, or that of a game known to have been elsewhere. Where it is unknown, the reason is the
  game's own, else the last one's.
"""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import date

from backcourt.catalog.teams import TEAMS
from reference.clock import tip_off
from reference.games import about, sides
from reference.league import League, consecutive, minutes, pace, points_mean, since, usage
from reference.numbers import ratio, rounded
from reference.odds import points_lines, spread_and_total
from reference.raw import Row

_EARTH_MILES = 3958.8
_NAMES = {team.tricode: frozenset({team.tricode, team.full_name}) for team in TEAMS}


def days_rest(games: list[Row], day: date) -> int | None:
    """Days since the newest game; None before the first."""
    return (day - games[0]["game_date"]).days if games else None


def _age(born: date | None, day: date) -> int | None:
    if born is None:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def listed_players(league: League, game: Row) -> dict[int, tuple[str, str, str, str]]:
    """Team, listing, lookup and name of everyone listed for a game."""
    game_id = game["game_id"]
    teams = {game["home_team_tricode"], game["away_team_tricode"]}
    found = {}
    for player, team in league.roster(game).items():
        if team in teams and league.status(player, team, game) != "out":
            found[player] = (team, "roster", *names(league, player, game))
    for row in league.players.get(game_id, []):
        player = row["player_id"]
        if player not in found:
            known = names(league, player, game) or (row["player_lookup"], row["player_full_name"])
            found[player] = (row["team_abbr"], "box_score", *known)
    return found


def names(league: League, player: int, game: Row) -> tuple[str, str] | None:
    """Lookup and full name as last seen before the game."""
    games, begun = league.history(player, game["game_date"], cup=True), tip_off(game)
    if games:
        return games[0]["player_lookup"], games[0]["player_full_name"]
    seen = [(known, row) for known, row in league.snapshots_of.get(player, []) if begun is not None and known < begun]
    if not seen:
        return None
    _, newest = max(seen, key=lambda one: one[0])
    return newest["player_lookup"], newest["player_full_name"]


def _league_pace(league: League, day: date) -> list[Row]:
    return [row for team in league.by_team for row in league.team_history(team, day)]


def player_context(league: League, day: date) -> list[Row]:
    """UPGC rows of a date; unrounded values under names that begin with an underscore."""
    rows = []
    everything = _league_pace(league, day)
    league_pace = pace(everything)
    for game in league.games_on(day):
        lines = points_lines(league.raw, game["game_id"])
        both = {side[0]: side for side in sides(game)}
        for player, (team, listing, lookup, name) in listed_players(league, game).items():
            row = about(game) | {
                "player_id": player,
                "team_abbr": team,
                "opponent_team_abbr": both[team][1],
                "home_game": both[team][2],
                "listing": listing,
                "player_lookup": lookup,
                "player_full_name": name,
            }
            line = lines.get(player, {})
            row |= _load(league, player, day) | _opponent(league, both[team][1], day, league_pace)
            row |= _status(league, game, row)
            row |= {
                # Whoever has none may be the one whose name is not known yet.
                "has_prop_line": True if line else None if not lines or None in lines else False,
                "current_points_line": rounded(line.get("current"), 1),
                "opening_points_line": rounded(line.get("opening"), 1),
            }
            rows.append(row)
    return rows


def _load(league: League, player: int, day: date) -> Row:
    games = league.history(player, day)
    rest = days_rest(league.history(player, day, cup=True), day)
    week, fortnight = since(games, day, 7), since(games, day, 14)
    return {
        "days_rest": rest,
        "back_to_back": rest == 1,
        "games_in_last_7_days": len(week),
        "games_in_last_14_days": len(fortnight),
        "minutes_in_last_7_days": rounded(minutes(week), 2),
        "minutes_in_last_14_days": rounded(minutes(fortnight), 2),
        "avg_minutes_per_game_last_7": rounded(ratio(minutes(week), len(week)), 2),
        "back_to_backs_last_14_days": consecutive(fortnight),
        "games_played_season": len(games),
        "l5_games_used": len(games[:5]),
        "l10_games_used": len(games[:10]),
        "points_avg_last_5": rounded(points_mean(games[:5]), 2),
        "points_avg_last_10": rounded(points_mean(games[:10]), 2),
        "baseline_usage_rate": rounded(usage(games[:20]), 2),
        "projected_usage_rate": rounded(usage(games[:5]), 2),
        "player_age": _age(league.raw.births.get(player), day),
    }


def _opponent(league: League, team: str, day: date, league_pace: object) -> Row:
    own = pace(league.team_history(team, day)[:10])
    return {
        "opponent_days_rest": days_rest(league.team_history(team, day, cup=True), day),
        "opponent_pace_last_10": rounded(own, 2),
        "pace_differential": None if own is None else rounded(own - league_pace, 2),
    }


def _status(league: League, game: Row, row: Row) -> Row:
    team = row["team_abbr"]
    out = sum(star != row["player_id"] and league.is_out(star, team, game) for star in league.stars(team, game))
    return {
        "player_status": league.status(row["player_id"], team, game),
        "star_teammates_out": out,
    }


def _place(league: League, game_id: str) -> tuple[Row | None, str]:
    """Where a game was, as a row with coordinates, and how that is known; None and why not where it is not.

    What the schedule names decides; dates and teams tell only where it names nothing.
    """
    raw, game = league.raw, league.raw.schedule[game_id]
    day, team = game["game_date"], game["home_team_tricode"]
    spans = raw.homes.get(team, [])
    home = next((one for one in spans if one["first_date"] <= day <= (one["last_date"] or date.max)), None)
    if game["arena_name"] or game["arena_city"]:
        return _named_place(raw.venues, game, home)
    known = raw.elsewhere.get((day, frozenset((team, game["away_team_tricode"]))))
    if known:
        return known, "neutral_game"
    if game["is_neutral"]:
        return None, "neutral_site"
    return home, "home_arena" if home else "no_home_arena"


def _named_place(venues: list[Row], game: Row, home: Row | None) -> tuple[Row | None, str]:
    """An arena comes before its city; the home team's city is its arena there, unless the site is neutral."""
    arena, city = _plain(game["arena_name"]), _plain((game["arena_city"] or "").partition(",")[0])
    named = [venue for venue in venues if _plain(venue["arena"]) == arena]
    exact = [venue for venue in named if _plain(venue["city"]) == city]
    if exact:
        return exact[0], "arena"
    usual = [venue for venue in venues if venue["is_usual"] and _plain(venue["city"]) == city]
    if home and _plain(home["city"]) == city and not game["is_neutral"]:
        usual = [home]
    if usual:
        return usual[0], "city"
    return (named[0], "arena") if named else (None, "unknown_arena")


def _plain(name: str | None) -> str:
    """A name's letters and digits without case; letters with accents do not count."""
    return "".join(one for one in (name or "").lower() if one.isascii() and one.isalnum())


def _miles(one: Row, two: Row) -> int:
    """Haversine distance in whole miles."""
    lat1, lon1, lat2, lon2 = (math.radians(row[name]) for row in (one, two) for name in ("latitude", "longitude"))
    part = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return round(2 * _EARTH_MILES * math.asin(math.sqrt(part)))


def _streak(games: list[Row], *, wins: bool) -> int:
    count = 0
    for row in games:
        if row["win_flag"] is not wins:
            break
        count += 1
    return count


def _starters_out(league: League, game: Row, team: str) -> int | None:
    day = game["game_date"]
    starts: dict[int, int] = defaultdict(int)
    known = 0
    games = league.team_history(team, day)[:10]
    for row in games:
        lines = [one for one in league.players[row["game_id"]] if one["team_abbr"] == team]
        known += any(one["starter_flag"] is not None for one in lines)
        for one in lines:
            starts[one["player_id"]] += bool(one["starter_flag"])
    if not known or len(games) < 10:
        return None
    usual = [player for player, count in starts.items() if count >= 5]
    return sum(league.is_out(player, team, game) for player in usual)


def team_context(league: League, day: date) -> list[Row]:
    """UTGC rows of a date."""
    rows = []
    for game in league.games_on(day):
        statuses = league.reports(game)
        for team, opponent, home, _ in sides(game):
            games, all_games = league.team_history(team, day), league.team_history(team, day, cup=True)
            rest = days_rest(all_games, day)
            here, how_here = _place(league, game["game_id"])
            there, how_there = _place(league, all_games[0]["game_id"]) if all_games else (None, "first_game")
            unknown = how_there if not all_games else how_here if here is None else how_there if there is None else None
            doubts = [row["injury_status"] for row in (statuses or {}).values() if row["team"] == team]
            spread, total = spread_and_total(league.raw, game["game_id"], _NAMES[team])
            rows.append(
                about(game)
                | {
                    "team_abbr": team,
                    "opponent_team_abbr": opponent,
                    "home_game": home,
                    "team_days_rest": rest,
                    "team_back_to_back": rest == 1,
                    "games_in_last_7_days": len(since(games, day, 7)),
                    "games_in_last_14_days": len(since(games, day, 14)),
                    "game_number_in_season": len(games) + 1,
                    "wins_entering": sum(row["win_flag"] for row in games),
                    "losses_entering": sum(not row["win_flag"] for row in games),
                    "team_win_streak_entering": _streak(games, wins=True),
                    "team_loss_streak_entering": _streak(games, wins=False),
                    "last_game_margin": games[0]["margin_of_victory"] if games else None,
                    "last_game_result": ("W" if games[0]["win_flag"] else "L") if games else None,
                    "travel_miles": _miles(there, here) if here and there else None,
                    "travel_unknown_reason": unknown,
                    "starters_out_count": _starters_out(league, game, team),
                    "questionable_players_count": None
                    if statuses is None
                    else sum(status in {"questionable", "doubtful"} for status in doubts),
                    "game_spread": rounded(spread, 2),
                    "game_total": rounded(total, 2),
                }
            )
    return rows
