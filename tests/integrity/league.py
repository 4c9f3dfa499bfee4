"""Who played when in eight weeks, and what stands on a date: worked out in Python, without anything that looks for gaps.

The windows are written down here once more (DOMAIN.md 5 and 6), so that a validator and this can only agree by being
right.
"""

from __future__ import annotations

from datetime import date, timedelta

import duckdb

from small_season import LAST_OF_EIGHT as LAST

BOOTSTRAP = 14

BOX, PLAYERS, BOOK, SHOTS, EVENTS = RAW = (
    "nba_raw.nbac_team_boxscore",
    "nba_raw.nbac_player_boxscore",
    "nba_raw.nbac_gamebook_player_stats",
    "nba_raw.nbac_shot_chart",
    "nba_raw.nbac_play_by_play",
)
PGS, TOGS, TDGS, UPGC, UTGC = ANALYTICS = (
    "nba_analytics.player_game_summary",
    "nba_analytics.team_offense_game_summary",
    "nba_analytics.team_defense_game_summary",
    "nba_analytics.upcoming_player_game_context",
    "nba_analytics.upcoming_team_game_context",
)
TDZA, PSZA, PCF, PDC = PRECOMPUTE = (
    "nba_precompute.team_defense_zone_analysis",
    "nba_precompute.player_shot_zone_analysis",
    "nba_precompute.player_composite_factors",
    "nba_precompute.player_daily_cache",
)
MLFS = "nba_predictions.ml_feature_store_v2"
PHASES = (RAW, ANALYTICS, PRECOMPUTE, (MLFS,))
COMPUTED = (*ANALYTICS, *PRECOMPUTE, MLFS)
DAY = {TDZA: "analysis_date", PSZA: "analysis_date", PDC: "cache_date"}
"""The column with the game date where it is not called game_date."""

READS = {
    PGS: {BOX: ["date"], PLAYERS: ["date"], BOOK: ["date"], SHOTS: ["date"], EVENTS: ["date"]},
    TOGS: {BOX: ["date"], SHOTS: ["date"]},
    TDGS: {BOX: ["date"], SHOTS: ["date"], EVENTS: ["date"]},
    UPGC: {PGS: ["season", "date keys"], TOGS: ["season", "date keys"]},
    UTGC: {PGS: ["season"]},
    TDZA: {TDGS: ["15 of team", "30 days"]},
    PSZA: {PGS: ["20 of player", "season keys"]},
    PCF: {UPGC: ["date"], TDZA: ["date"], PSZA: ["date"]},
    PDC: {UPGC: ["date"], PGS: ["10 of player", "season"], TOGS: ["10 of team"], PSZA: ["date"]},
    MLFS: {UPGC: ["date"], UTGC: ["date"], PDC: ["date"], PCF: ["date"], PSZA: ["date"], TDZA: ["date"]},
}
"""What each computed table reads of the tables that are damaged here; keys: which rows there are, not their values."""


CHANGE_REACHES = {
    BOX: set(),
    PLAYERS: {PGS},
    BOOK: {PGS},
    SHOTS: {PGS, PSZA, PDC},
    EVENTS: set(),
    PGS: {UPGC, PDC, PCF, MLFS},
    TOGS: {UPGC, PDC, PCF, MLFS},
    TDGS: {TDZA, PCF, MLFS},
    UPGC: {PCF, MLFS},
    UTGC: set(),
    TDZA: {MLFS},
    PSZA: {PCF, PDC, MLFS},
    PCF: {MLFS},
    PDC: {MLFS},
}
"""What the columns that ``planting.CHANGED`` changes are read for, directly or not (DOMAIN.md 5 and 6): a name, a distance
or a plus-minus is read by nobody further, turnovers make usage, pace and ratings, an assisted make the assisted rates."""


class League:
    """Who played when, in an intact warehouse."""

    def __init__(self, path):
        """Read the calendar, the players of each date and the rows of each table."""
        connection = duckdb.connect(str(path), read_only=True)
        games = connection.execute(
            "SELECT game_date, game_id, home_team_tricode, away_team_tricode FROM nba_raw.nbac_schedule "
            "WHERE season_type = 'Regular Season' AND game_status = 3 ORDER BY ALL"
        ).fetchall()
        played = connection.execute("SELECT game_date, player_id FROM nba_analytics.player_game_summary").fetchall()
        connection.close()
        self.dates = sorted({game[0] for game in games})
        self.due = [day for day in self.dates if (day - self.dates[0]).days >= BOOTSTRAP]
        self.games = {day: [game for game in games if game[0] == day] for day in self.dates}
        self.owners = {
            "team": {day: {team for game in self.games[day] for team in game[2:]} for day in self.dates},
            "player": {day: set() for day in self.dates},
        }
        for day, player in played:
            self.owners["player"][day].add(player)
        self.rows = counts(path)

    def possible(self, table):
        """The dates on which a table has rows enough to be damaged."""
        return [day for day in self.dates if self.rows.get((table, day), 0) >= 4 and len(self.games[day]) > 1]

    def within(self, table, window, day, owners=None):
        """The dates of a table whose window holds rows of a day: of all its teams and players, or of some."""
        dates = self.dates if table in ANALYTICS else self.due
        words = window.split()
        if words[0] == "date":
            return {day} & set(dates)
        later = [each for each in dates if each > day]
        if words[0] == "season":
            return set(later)
        if words[1] == "days":
            return {each for each in later if each <= day + timedelta(days=int(words[0]))}
        who = self.owners[words[2]]
        ends = []
        for owner in owners or who[day]:
            after = [each for each in self.dates if each > day and owner in who[each]]
            ends.append(after[int(words[0]) - 1] if len(after) >= int(words[0]) else LAST)
        return {each for each in later if each <= max(ends)}

    def closure(self, roots):
        """What stands on the roots: the tables that it goes back to, by table and date.

        A date that was computed from a bad one may have other rows than it should, so that also readers of keys stand
        on it; a changed row, or a bad value, is in the same place as before.
        """
        stood: dict[tuple[str, date], set[tuple[str, bool]]] = {}
        keys = {(root.table, root.day) for root in roots if root.kind in {"missing_date", "partial_data"}}
        for table in COMPUTED:
            for upstream, windows in READS[table].items():
                sources = [
                    (root.day, root.owners, {(root.table, root.kind == "cascade")}, root.kind)
                    for root in roots
                    if root.table == upstream
                ]
                sources += [(day, (), names, "") for (name, day), names in stood.items() if name == upstream]
                for day, owners, reached_from, kind in sources:
                    names = {
                        (name, only_values)
                        for name, only_values in reached_from
                        if not only_values or table in CHANGE_REACHES[name]
                    }
                    if not names:
                        continue
                    for reader in self._readers(table, windows, day, owners, keys=(upstream, day) in keys):
                        stood.setdefault((table, reader), set()).update(names)
                        keys |= {(table, reader)} if kind != "cascade" else set()
        return {key: {name for name, _ in names} for key, names in stood.items()}

    def _readers(self, table, windows, day, owners, *, keys):
        """The dates of a table that read a day through one of the windows."""
        own = [window for window in windows if keys or not window.endswith("keys")]
        return {each for window in own for each in self.within(table, window, day, owners)}


def counts(path):
    """Rows by table and date."""
    connection = duckdb.connect(str(path), read_only=True)
    found = {}
    for table in (*RAW, *COMPUTED):
        name = DAY.get(table, "game_date")
        found |= {
            (table, day): n
            for day, n in connection.execute(f"SELECT {name}, count(*) FROM {table} GROUP BY 1").fetchall()
        }
    connection.close()
    return found
