"""What happened in a game (PGS, TOGS, TDGS), line by line, from DOMAIN.md sections 2, 4 and 5.

Decided where the text leaves room:

- MM:SS minutes (gamebook) are used for a player where they are at hand, whole minutes (box score) otherwise; a gamebook
  line of no seconds is no game played. A box-score line is one, unless it has 0 minutes and the gamebook has lines of
  that team: it knows the seconds, and not of that man.
- Zones are NULL unless the shots of the line account exactly for its attempts, makes and threes and every shot has a
  zone; a line without attempts has zeros if the game has a shot chart.
- Blocks per zone are NULL unless the game has play-by-play and it places every block of the line: a blocked shot is a
  missed shot with a third player, its zone is that of the shot with the same event number.
- Assisted makes are NULL unless the shot chart has every make of the line and says of each whether it was assisted.
- An and-one is a made shot with a single free throw (flagrant ones too) of the same player at the same clock.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction

from reference.numbers import ratio, rounded
from reference.odds import points_lines
from reference.raw import WINDOW_KINDS, Raw, Row

_SINGLE_FREE_THROWS = frozenset({10, 20})
_FINAL = 3
_USAGE_SECONDS = 180


@dataclass
class Tally:
    """Shots of one line."""

    attempts: dict[str | None, int] = field(default_factory=lambda: defaultdict(int))
    makes: dict[str | None, int] = field(default_factory=lambda: defaultdict(int))
    threes: list[int] = field(default_factory=lambda: [0, 0])
    assisted: int = 0
    unsaid: int = 0

    def add(self, shot: Row) -> None:
        """Count one shot."""
        self.attempts[shot["zone"]] += 1
        self.makes[shot["zone"]] += shot["is_made"]
        if shot["is_three"]:
            self.threes[0] += 1
            self.threes[1] += shot["is_made"]
        if shot["is_made"]:
            self.unsaid += shot["is_assisted"] is None
            self.assisted += bool(shot["is_assisted"])

    def accounts_for(self, attempts: int, makes: int, threes: int, threes_made: int) -> bool:
        """True if the shots are exactly the line's and each one has a zone."""
        return (
            not self.attempts.get(None)
            and sum(self.attempts.values()) == attempts
            and sum(self.makes.values()) == makes
            and self.attempts.get("three", 0) == threes == self.threes[0]
            and self.makes.get("three", 0) == threes_made == self.threes[1]
        )

    def zones(self, prefix: str = "") -> Row:
        """Attempts and makes of the two zones inside the arc."""
        return {
            f"{prefix}{zone}_{what}": counts.get(zone, 0)
            for zone in ("paint", "mid_range")
            for what, counts in (("attempts", self.attempts), ("makes", self.makes))
        }


def no_zones(prefix: str = "") -> Row:
    """The same columns, unknown."""
    return {f"{prefix}{zone}_{what}": None for zone in ("paint", "mid_range") for what in ("attempts", "makes")}


@dataclass
class Evidence:
    """Shots and events of one game, counted per player and per team."""

    charted: bool
    described: bool
    by_player: dict[int, Tally]
    by_team: dict[str, Tally]
    player_blocks: dict[int, dict[str | None, int]]
    team_blocks: dict[str, dict[str | None, int]]
    and_ones: dict[int, int]


def evidence(raw: Raw, game_id: str) -> Evidence:
    """Count a game's shots, blocks and and-ones."""
    shots, events = raw.shots.get(game_id, []), raw.events.get(game_id, [])
    by_player: dict[int, Tally] = defaultdict(Tally)
    by_team: dict[str, Tally] = defaultdict(Tally)
    for shot in shots:
        by_player[shot["player_id"]].add(shot)
        by_team[shot["team_abbr"]].add(shot)
    zone_of = {shot["event_id"]: shot["zone"] for shot in shots}
    player_blocks: dict[int, dict[str | None, int]] = defaultdict(lambda: defaultdict(int))
    team_blocks: dict[str, dict[str | None, int]] = defaultdict(lambda: defaultdict(int))
    singles = {
        (event["player_1_id"], event["period"], event["clock"])
        for event in events
        if event["event_type"] == 3 and event["event_action_type"] in _SINGLE_FREE_THROWS
    }
    and_ones: dict[int, int] = defaultdict(int)
    for event in events:
        if event["event_type"] == 2 and event["player_3_id"] is not None:
            zone = zone_of.get(event["event_id"])
            player_blocks[event["player_3_id"]][zone] += 1
            team_blocks[event["player_3_team_abbr"]][zone] += 1
        if event["event_type"] == 1 and (event["player_1_id"], event["period"], event["clock"]) in singles:
            and_ones[event["player_1_id"]] += 1
    return Evidence(bool(shots), bool(events), by_player, by_team, player_blocks, team_blocks, and_ones)


def _placed(described: bool, found: dict[str | None, int] | None, blocks: int, names: tuple[str, str, str]) -> Row:
    """Blocks per zone under the three names, or NULL."""
    found = found or {}
    zones = ("paint", "mid_range", "three")
    known = described and not found.get(None) and sum(found.values()) == blocks
    return {name: found.get(zone, 0) if known else None for name, zone in zip(names, zones, strict=True)}


def exact_minutes(game: Row) -> int:
    """240 + 25 * overtime periods."""
    return 240 + 25 * (game["periods"] - 4)


def plays100(line: Row) -> int:
    """100 * (FGA + .44*FTA + TOV) of a team line or a PGS row."""
    attempts = line["fg_attempted"] if "fg_attempted" in line else line["fg_attempts"]
    free = line["ft_attempted"] if "ft_attempted" in line else line["ft_attempts"]
    return 100 * attempts + 44 * free + 100 * line["turnovers"]


def possessions100(line: Row) -> int:
    """100 * (FGA + .44*FTA + TOV - OREB) of a team line."""
    return plays100(line) - 100 * line["offensive_rebounds"]


def true_shooting(points: int, attempts: int, free: int) -> Fraction | None:
    """PTS / (2 * (FGA + .44*FTA))."""
    return ratio(100 * points, 2 * (100 * attempts + 44 * free))


def sides(game: Row) -> tuple[tuple[str, str, bool, int], tuple[str, str, bool, int]]:
    """Team, opponent, home flag and margin of both sides."""
    home, away = game["home_team_tricode"], game["away_team_tricode"]
    margin = (game["home_team_score"] or 0) - (game["away_team_score"] or 0)
    return (home, away, True, margin), (away, home, False, -margin)


def about(game: Row) -> Row:
    """The columns that name a game."""
    return {name: game[name] for name in ("game_id", "game_date", "season_year", "season_type")}


def is_final(game: Row) -> bool:
    """True if the game is over."""
    return game["game_status"] == _FINAL


def player_rows(raw: Raw, game: Row, seen: Evidence) -> list[Row]:
    """PGS rows of a game, unrounded helpers under names that begin with an underscore."""
    game_id = game["game_id"]
    book, box = raw.gamebook.get(game_id, {}), raw.boxscore.get(game_id, {})
    lines = points_lines(raw, game_id)
    rows = []
    played = _who_played(book, box)
    fives = _fives(raw, game, played)
    for player, source in played.items():
        timed = "seconds_played" in source
        seconds = source["seconds_played"] if timed else 60 * source["minutes"]
        name = "nbac_gamebook_player_stats" if timed else "nbac_player_boxscore"
        row = _player_row(raw, game, seen, source, seconds, lines)
        five = fives[source["team_abbr"]]
        started = None if five is None else player in five
        rows.append(row | {"starter_flag": started, "primary_source_used": name})
    return rows


def _who_played(book: dict[int, Row], box: dict[int, Row]) -> dict[int, Row]:
    """The line of everyone who played: MM:SS where it is at hand, else whole minutes."""
    timed = {player: line for player, line in book.items() if line["seconds_played"] is not None}
    teams = {line["team_abbr"] for line in timed.values()}
    found = {player: line for player, line in timed.items() if line["seconds_played"] > 0}
    found |= {
        player: line
        for player, line in box.items()
        if player not in timed and (line["minutes"] > 0 or line["team_abbr"] not in teams)
    }
    return dict(sorted(found.items()))


def _fives(raw: Raw, game: Row, lines: dict[int, Row]) -> dict[str, set[int] | None]:
    """The five starters of either team of a game by the first source that names five of its men; None if none does.

    Args:
        raw: The season.
        game: The game.
        lines: The lines of everyone who played, by player.
    """
    listed = set(game["starter_ids"] or ())
    on_court: set[int] = set()
    came_in: set[int] = set()
    whole = len(listed) == 10
    for event in [] if whole else sorted(raw.opening.get(game["game_id"], []), key=lambda row: row["event_id"]):
        names = [event["player_1_id"], event["player_2_id"], event["player_3_id"]]
        comes = names.pop(1) if event["event_type"] == 8 else None
        on_court |= set(names) - came_in
        if comes is not None and comes not in on_court:
            came_in.add(comes)
    found: dict[str, set[int] | None] = {}
    for team in (game["home_team_tricode"], game["away_team_tricode"]):
        men = {player for player, line in lines.items() if line["team_abbr"] == team}
        ways = [{player for player in men if lines[player].get("is_starter")}, listed & men]
        if listed & men <= on_court:
            ways.append(on_court & men)
        found[team] = next((five for five in ways if len(five) == 5), None)
    return found


def _player_row(raw: Raw, game: Row, seen: Evidence, source: Row, seconds: int, lines: dict[int | None, Row]) -> Row:
    player, team = source["player_id"], source["team_abbr"]
    own = next(side for side in sides(game) if side[0] == team)
    fga, fgm = source["field_goals_attempted"], source["field_goals_made"]
    tpa, tpm = source["three_pointers_attempted"], source["three_pointers_made"]
    tally = seen.by_player.get(player) or Tally()
    known = seen.charted and tally.accounts_for(fga, fgm, tpa, tpm)
    said = seen.charted and sum(tally.makes.values()) == fgm and not tally.unsaid
    row = about(game) | {
        "player_id": player,
        "player_lookup": source["player_lookup"],
        "player_full_name": source["player_name"],
        "team_abbr": team,
        "opponent_team_abbr": own[1],
        "home_game": own[2],
        "minutes_played": rounded(Fraction(seconds, 60), 2),
        "seconds_played": seconds,
        "fg_attempts": fga,
        "fg_makes": fgm,
        "three_pt_attempts": tpa,
        "three_pt_makes": tpm,
        "ft_attempts": source["free_throws_attempted"],
        "ft_makes": source["free_throws_made"],
    }
    same = "points offensive_rebounds defensive_rebounds assists steals blocks turnovers personal_fouls plus_minus"
    row |= {name: source[name] for name in same.split()}
    row |= tally.zones() if known else no_zones()
    blocks = seen.player_blocks.get(player)
    row |= _placed(
        seen.described and seen.charted,
        blocks,
        source["blocks"],
        ("paint_blocks", "mid_range_blocks", "three_pt_blocks"),
    )
    line = lines.get(player, {}).get("current")
    team_line = raw.team_lines[game["game_id"], team]
    row["_plays"], row["_team_plays"], row["_exact"] = plays100(row), plays100(team_line), exact_minutes(game)
    row["_window"] = game["season_type"] in WINDOW_KINDS
    usage = None
    if seconds >= _USAGE_SECONDS:
        usage = ratio(100 * row["_plays"] * row["_exact"] * 60, 5 * seconds * row["_team_plays"])
    return row | {
        "and1_count": seen.and_ones.get(player, 0) if seen.described else None,
        "assisted_fg_makes": tally.assisted if said else None,
        "unassisted_fg_makes": fgm - tally.assisted if said else None,
        "usage_rate": rounded(usage, 2),
        "ts_pct": rounded(true_shooting(row["points"], fga, row["ft_attempts"]), 4),
        "efg_pct": rounded(ratio(2 * fgm + tpm, 2 * fga), 4),
        "win_flag": own[3] > 0,
        "points_line": rounded(line, 1),
        "over_under_result": None if line is None else _result(row["points"], line),
        "points_margin": None if line is None else rounded(row["points"] - line, 1),
    }


def _result(points: int, line: Fraction) -> str:
    if points == line:
        return "PUSH"
    return "OVER" if points > line else "UNDER"


def _made(line: Row, prefix: str) -> Row:
    return {
        f"{prefix}fg_attempts": line["fg_attempted"],
        f"{prefix}fg_makes": line["fg_made"],
        f"{prefix}three_pt_attempts": line["three_pt_attempted"],
        f"{prefix}three_pt_makes": line["three_pt_made"],
        f"{prefix}ft_attempts": line["ft_attempted"],
        f"{prefix}ft_makes": line["ft_made"],
    }


def _team_zones(seen: Evidence, line: Row, prefix: str) -> Row:
    tally = seen.by_team.get(line["team_abbr"]) or Tally()
    known = seen.charted and tally.accounts_for(
        line["fg_attempted"], line["fg_made"], line["three_pt_attempted"], line["three_pt_made"]
    )
    return tally.zones(prefix) if known else no_zones(prefix)


def _rates(line: Row, game: Row) -> tuple[float | None, float | None, float | None, float | None]:
    """Possessions, points per 100 of them, pace and true shooting of a team line."""
    p100 = possessions100(line)
    return (
        rounded(Fraction(p100, 100), 2),
        rounded(ratio(100 * 100 * line["points"], p100), 2),
        rounded(ratio(p100 * 48 * 5, 100 * exact_minutes(game)), 2),
        rounded(true_shooting(line["points"], line["fg_attempted"], line["ft_attempted"]), 4),
    )


def offense_row(game: Row, seen: Evidence, line: Row, side: tuple[str, str, bool, int]) -> Row:
    """TOGS row of one side."""
    possessions, rating, pace, shooting = _rates(line, game)
    zones = _team_zones(seen, line, "team_")
    paint = zones["team_paint_makes"]
    same = "offensive_rebounds assists turnovers personal_fouls"
    return (
        about(game)
        | {"team_abbr": side[0], "opponent_team_abbr": side[1], "home_game": side[2], "points_scored": line["points"]}
        | _made(line, "")
        | {name: line[name] for name in same.split()}
        | zones
        | {
            "rebounds": line["total_rebounds"],
            "points_in_paint_scored": None if paint is None else 2 * paint,
            "possessions": possessions,
            "offensive_rating": rating,
            "pace": pace,
            "ts_pct": shooting,
            "exact_minutes": exact_minutes(game),
            "win_flag": side[3] > 0,
            "margin_of_victory": side[3],
            "overtime_periods": game["periods"] - 4,
            "_p100": possessions100(line),
            "_window": game["season_type"] in WINDOW_KINDS,
        }
    )


def defense_row(game: Row, seen: Evidence, own: Row, line: Row, side: tuple[str, str, bool, int]) -> Row:
    """TDGS row of one side: ``line`` is the opponent's, ``own`` the defending team's."""
    possessions, rating, pace, shooting = _rates(line, game)
    zones = _team_zones(seen, line, "opp_")
    paint, mid = zones["opp_paint_makes"], zones["opp_mid_range_makes"]
    blocks = _placed(
        seen.described and seen.charted,
        seen.team_blocks.get(side[0]),
        own["blocks"],
        ("blocks_paint", "blocks_mid_range", "blocks_three_pt"),
    )
    return (
        about(game)
        | {"defending_team_abbr": side[0], "opponent_team_abbr": side[1], "home_game": side[2]}
        | _made(line, "opp_")
        | zones
        | blocks
        | {
            "points_allowed": line["points"],
            "opp_offensive_rebounds": line["offensive_rebounds"],
            "opp_rebounds": line["total_rebounds"],
            "opp_assists": line["assists"],
            "turnovers_forced": line["turnovers"],
            "fouls_committed": own["personal_fouls"],
            "points_in_paint_allowed": None if paint is None else 2 * paint,
            "mid_range_points_allowed": None if mid is None else 2 * mid,
            "three_pt_points_allowed": 3 * line["three_pt_made"],
            "steals": own["steals"],
            "defensive_rebounds": own["defensive_rebounds"],
            "opp_possessions": possessions,
            "defensive_rating": rating,
            "opponent_pace": pace,
            "opponent_ts_pct": shooting,
            "exact_minutes": exact_minutes(game),
            "win_flag": side[3] > 0,
            "margin_of_victory": side[3],
            "overtime_periods": game["periods"] - 4,
            "_p100": possessions100(line),
            "_window": game["season_type"] in WINDOW_KINDS,
        }
    )
