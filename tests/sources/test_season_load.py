"""Loading a season's folder: what is stored, what is left alone, what is held back."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from backcourt.errors import UnknownNameError

LATER = datetime(2026, 2, 1, tzinfo=UTC)
TEAM = ["nbac_schedule", "nbac_team_boxscore"]
LISTED = ["nbac_schedule", "nbac_gamebook_player_stats"]
SHOTS = ["nbac_schedule", "nbac_shot_chart"]
EVENTS = ["nbac_schedule", "nbac_play_by_play"]
ROSTERS = ["br_rosters_current"]


def test_every_file_is_stored(season):
    """A good folder fills one table per file, with an empty quarantine and exit code 0."""
    summary = season.load()
    stored = {entry.table.rpartition(".")[2]: entry.rows_inserted for entry in summary.tables}
    expected = {
        "nbac_schedule": 2,
        "nbac_team_boxscore": 4,
        "nbac_player_boxscore": 24,
        "nbac_gamebook_player_stats": 24,
        "nbac_shot_chart": 20,
        "nbac_play_by_play": 6,
        "br_rosters_current": 20,
        "nbac_player_list_current": 20,
        "espn_team_rosters": 20,
        "nbac_injury_report": 2,
        "odds_api_player_points_props": 2,
        "odds_api_game_lines": 2,
    }
    assert stored == expected
    assert summary.exit_code == 0
    assert summary.season == "2021-22"
    assert season.rows("SELECT COUNT(*) FROM nba_processing.quarantine") == [(0,)]


def test_second_load_changes_nothing(season):
    """The same folder again skips every game and leaves every row with its first time stamp."""
    season.load()
    again = season.load(now=LATER)
    assert not again.changed
    assert {entry.skip_rate for entry in again.tables} == {1.0}
    assert sum(entry.success for entry in again.tables) == 0
    assert season.rows("SELECT COUNT(*) FROM nba_raw.nbac_shot_chart WHERE processed_at > '2026-01-15 00:00:00'") == [
        (0,)
    ]
    assert season.rows("SELECT COUNT(*) FROM nba_reference.arenas WHERE processed_at > '2026-01-15 00:00:00'") == [(0,)]


def test_order_in_the_file_does_not_matter(season, make_season):
    """Reversed files give the same rows and hashes."""
    season.load()
    other = make_season("reversed")
    for rows in other.files.values():
        rows.reverse()
    other.load()
    for table in ("nbac_team_boxscore", "nbac_schedule", "nbac_play_by_play"):
        query = f"SELECT data_hash FROM nba_raw.{table} ORDER BY data_hash"
        assert season.rows(query) == other.rows(query)


def test_home_and_margin_come_from_the_schedule(season):
    """A file with home and away swapped and a wrong margin is warned about; the schedule decides."""
    for line in season.files["team_boxscores"]:
        line["is_home"] = not line["is_home"]
        line["plus_minus"] = 99.0
    summary = season.load(only=TEAM)
    assert dict(summary.table("nbac_team_boxscore").warnings) == {"home_differs": 2, "plus_minus_differs": 2}
    assert summary.exit_code == 0
    assert season.rows(
        "SELECT team_abbr, is_home, plus_minus FROM nba_raw.nbac_team_boxscore WHERE game_id = '0022100001' ORDER BY 1"
    ) == [("BKN", False, -3), ("MIL", True, 3)]


def test_schedule_row(season):
    """A game carries its code, kind, winner and the ten starters."""
    season.load(only=TEAM)
    row = season.rows(
        "SELECT game_code, season_type, game_status, winning_team_tricode, starter_ids "
        "FROM nba_raw.nbac_schedule WHERE game_id = '0022100001'"
    )[0]
    assert row[:4] == ("20211019/BKNMIL", "Regular Season", 3, "MIL")
    assert row[4] == [7490, 7491, 7492, 7493, 7494, 7510, 7511, 7512, 7513, 7514]


@pytest.mark.parametrize(
    ("listed", "stored"),
    [
        ("10|9|8|7|6|5|4|3|2|1", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        ("9|1|5", [1, 5, 9]),
        ("4|4|4", [4]),
        ("1|2|3|4|5|6|7|8|9|10|11", []),
        ("1|2|x", []),
        ("", []),
    ],
)
def test_starters_are_what_the_source_lists(season, listed, stored):
    """Ids of a list are stored in one order, a short list as it is; what is no list of at most ten ids is none."""
    season.files["schedule"][0]["starters_on"] = listed
    season.load(only=TEAM)
    assert season.rows("SELECT starter_ids FROM nba_raw.nbac_schedule WHERE game_id = '0022100001'") == [(stored,)]


def test_the_order_of_starters_restates_nothing(season):
    """Which team's five come first varies; a list in another order is the same list."""
    season.load(only=TEAM)
    for game in season.files["schedule"]:
        game["starters_on"] = "|".join(reversed(game["starters_on"].split("|")))
    assert not season.load(only=TEAM).changed


@pytest.mark.parametrize(
    ("prefix", "kind"),
    [("001", "Pre Season"), ("003", "All-Star"), ("004", "Playoffs"), ("005", "Play-In"), ("006", "Cup Final")],
)
def test_the_id_decides_the_kind_of_game(season, prefix, kind):
    """The prefix of the id says what a game is; the file's own word for it is only compared."""
    season.files = {"schedule": season.files["schedule"], **{k: v for k, v in season.files.items() if k != "schedule"}}
    season.files["schedule"][0]["game_id"] = f"{prefix}2100001"
    summary = season.load(only=["nbac_schedule"])
    assert season.rows(f"SELECT season_type FROM nba_raw.nbac_schedule WHERE game_id = '{prefix}2100001'") == [(kind,)]
    assert dict(summary.table("nbac_schedule").warnings) == {"season_type_differs": 1}


def test_all_star_teams_need_not_be_known(season):
    """The two teams of an All-Star game are none of the 30 and are stored all the same."""
    season.files["schedule"][0] |= {"game_id": "0032100001", "home_abbreviation": "LBN", "home_team_id": 1610616834}
    assert season.load(only=["nbac_schedule"]).exit_code == 0


def test_planned_game_has_no_result(season):
    """A planned game is stored without score, winner and periods."""
    season.files["schedule"][0] |= {"status": "Scheduled", "home_score": None, "away_score": None, "periods": None}
    season.load(only=["nbac_schedule"])
    assert season.rows(
        "SELECT game_status, home_team_score, winning_team_tricode, periods FROM nba_raw.nbac_schedule "
        "WHERE game_id = '0022100001'"
    ) == [(1, None, None, None)]


def test_listed_players_by_status(season):
    """Minutes make a player active, NWT and DND inactive, any other comment dnp; only active players have counts."""
    listed = season.files["player_boxscores_v3"]
    listed[5]["comment"] = "NWT - Personal"
    listed[11]["comment"] = "DND - Injury/Illness"
    listed[17]["comment"] = ""
    season.load(only=LISTED)
    assert season.rows(
        "SELECT player_status, dnp_reason, points, seconds_played, is_starter FROM nba_raw.nbac_gamebook_player_stats "
        "WHERE minutes IS NULL ORDER BY game_id, is_home DESC"
    ) == [
        ("inactive", "NWT - Personal", None, None, False),
        ("inactive", "DND - Injury/Illness", None, None, False),
        ("dnp", None, None, None, False),
        ("dnp", "DNP - Coach's Decision", None, None, False),
    ]
    assert season.rows(
        "SELECT player_name, player_lookup, start_position, seconds_played FROM nba_raw.nbac_gamebook_player_stats "
        "WHERE player_id = 7490"
    ) == [("Luka Dončić MIL", "lukadoncicmil", "F", 2880)]


def test_starter_is_unknown_without_five(season):
    """A source that names four starters of a team does not say who started."""
    season.files["player_boxscores_v3"][0]["position"] = ""
    season.load(only=LISTED)
    assert season.rows(
        "SELECT team_abbr, COUNTIF(is_starter IS NULL) FROM nba_raw.nbac_gamebook_player_stats "
        "WHERE game_id = '0022100001' GROUP BY team_abbr ORDER BY team_abbr"
    ) == [("BKN", 0), ("MIL", 6)]


def test_shot_zones(season):
    """A shot has feet, a zone by the one classifier, and none for a two without coordinates."""
    season.files["shots"][0] |= {"loc_x": None, "loc_y": None, "assisted": None}
    season.load(only=SHOTS)
    assert season.rows(
        "SELECT x_feet, y_feet, zone, is_assisted, seconds_remaining_in_period FROM nba_raw.nbac_shot_chart "
        "WHERE game_id = '0022100001' AND team_abbr = 'MIL' ORDER BY event_id"
    ) == [
        (None, None, None, None, 690),
        (3.0, 5.0, "paint", False, 691),
        (6.0, 5.0, "paint", False, 692),
        (9.0, 5.0, "mid_range", False, 693),
        (12.0, 5.0, "three", False, 694),
    ]


def test_event_actors(season):
    """A team's own event has a team but no player; 0 becomes NULL."""
    season.load(only=EVENTS)
    assert season.rows(
        "SELECT event_id, player_1_id, player_1_team_abbr, player_2_id FROM nba_raw.nbac_play_by_play "
        "WHERE game_id = '0022100001' ORDER BY event_id"
    ) == [(2, None, None, None), (4, 7490, "MIL", None), (6, None, "MIL", None)]


def test_event_repeated_word_for_word_is_kept_once(season):
    """The source repeats a few events; an exact copy is a warning, not a reason to hold the game back."""
    season.files["play_by_play"].append(dict(season.files["play_by_play"][1]))
    entry = season.load(only=EVENTS).table("nbac_play_by_play")
    assert (entry.quarantined, entry.rows, dict(entry.warnings)) == (0, 6, {"repeated_row": 1})


def test_roster_codes_are_mapped(season):
    """Basketball-Reference's BRK is BKN, and total rows of traded players are left out."""
    season.load(only=ROSTERS)
    assert season.rows(
        "SELECT DISTINCT team_abbrev, source_team_code FROM nba_raw.br_rosters_current ORDER BY team_abbrev"
    ) == [("BKN", "BRK"), ("GSW", "GSW"), ("LAL", "LAL"), ("MIL", "MIL")]


def test_player_who_left_the_season_list_goes(season):
    """A season's roster file is complete: who is no longer in it is removed, other tables keep their rows."""
    season.load(only=ROSTERS)
    season.files["rosters_bref"] = season.files["rosters_bref"][1:]
    entry = season.load(only=ROSTERS).table("br_rosters_current")
    assert (entry.success, entry.skipped, entry.rows_removed, entry.rows) == (1, 3, 1, 19)


def test_corrected_game_is_replaced_alone(season):
    """After a correction of one line only its game counts as written, and only that row gets a new stamp."""
    season.load(only=TEAM)
    season.files["team_boxscores"][0]["ast"] += 1
    entry = season.load(now=LATER, only=TEAM).table("nbac_team_boxscore")
    assert (entry.success, entry.skipped, entry.rows_inserted, entry.rows_removed, entry.rows_unchanged) == (
        1,
        1,
        1,
        1,
        3,
    )
    assert entry.skip_rate == 0.5
    stamped = "SELECT team_abbr FROM nba_raw.nbac_team_boxscore WHERE processed_at > '2026-01-15 00:00:00'"
    assert season.rows(stamped) == [("MIL",)]


def test_file_with_some_games_leaves_the_others(season):
    """A file with one game updates that game and leaves the others as they are."""
    season.load(only=SHOTS)
    season.files["shots"] = [shot for shot in season.files["shots"] if shot["game_id"] == "0022100001"][1:]
    entry = season.load(only=SHOTS).table("nbac_shot_chart")
    assert (entry.success, entry.rows_removed) == (1, 1)
    assert season.rows("SELECT COUNT(*) FROM nba_raw.nbac_shot_chart") == [(19,)]


def test_held_back_game_keeps_what_is_stored(season):
    """A game that turns bad stays as it was stored, and the quarantine names the rule and a detail."""
    season.load(only=TEAM)
    before = season.rows("SELECT * FROM nba_raw.nbac_team_boxscore ORDER BY game_id, team_abbr")
    season.files["team_boxscores"][0]["reb"] += 1
    summary = season.load(now=LATER, only=TEAM)
    assert summary.exit_code == 1
    assert season.rows("SELECT * FROM nba_raw.nbac_team_boxscore ORDER BY game_id, team_abbr") == before
    assert season.rows(
        "SELECT table_name, season, game_id, rule, game_date, detail, run_id FROM nba_processing.quarantine"
    ) == [
        (
            "nba_raw.nbac_team_boxscore",
            "2021-22",
            "0022100001",
            "rebounds_add_up",
            date(2021, 10, 19),
            "MIL 5 + 20 is not 26",
            "run-1",
        )
    ]


def test_quarantine_is_emptied_by_a_mended_file(season):
    """The next good load of the file clears the quarantine and stores the game."""
    season.files["team_boxscores"][0]["reb"] += 1
    first = season.load(only=TEAM).table("nbac_team_boxscore")
    season.files["team_boxscores"][0]["reb"] -= 1
    second = season.load(only=TEAM).table("nbac_team_boxscore")
    assert (first.success, first.quarantined, first.teams) == (1, 1, 2)
    assert (second.success, second.skipped, second.quarantined, second.teams) == (1, 1, 0, 4)
    assert season.rows("SELECT COUNT(*) FROM nba_processing.quarantine") == [(0,)]


def test_every_broken_rule_is_named(season):
    """A game that breaks three rules in two rows has three entries."""
    season.files["team_boxscores"][0] |= {"reb": 99, "min": 100}
    season.files["team_boxscores"][1] |= {"reb": 99, "fta": 0}
    entry = season.load(only=TEAM).table("nbac_team_boxscore")
    expected = {"rebounds_add_up", "minutes_add_up", "made_over_attempted"}
    assert season.broken("nba_raw.nbac_team_boxscore") == {"0022100001": expected}
    assert dict(entry.rules) == dict.fromkeys(sorted(expected), 1)
    detail = season.rows("SELECT detail FROM nba_processing.quarantine WHERE rule = 'rebounds_add_up'")
    assert detail == [("BKN 5 + 20 is not 99 (and 1 more rows)",)]


def test_file_loaded_twice_does_not_double_averages(season):
    """A team file that holds every game twice is held back; what is stored stays single."""
    season.load(only=TEAM)
    season.files["team_boxscores"] *= 2
    entry = season.load(only=TEAM).table("nbac_team_boxscore")
    assert dict(entry.rules) == {"duplicate_key": 2}
    assert season.rows("SELECT COUNT(*) FROM nba_raw.nbac_team_boxscore") == [(4,)]


def test_minutes_as_text_are_exact(season):
    """MM:SS team minutes may be five seconds off, not six."""
    for line in season.files["team_boxscores"]:
        line["min"] = "240:05"
    season.files["team_boxscores"][2]["min"] = "240:06"
    season.load(only=TEAM)
    assert season.broken("nba_raw.nbac_team_boxscore") == {"0022100002": {"minutes_add_up"}}
    query = "SELECT DISTINCT minutes, seconds_played FROM nba_raw.nbac_team_boxscore"
    assert season.rows(query) == [("240:05", 14405)]


def test_overtime_adds_minutes(season):
    """A game of five periods has 265 minutes."""
    season.files["schedule"][0]["periods"] = 5
    for line in season.files["team_boxscores"][:2]:
        line["min"] = 265
    assert season.load(only=TEAM).exit_code == 0


def test_only_some_tables(season):
    """``only`` loads the named tables against the stored schedule, with or without the dataset in the name."""
    season.load(only=["nbac_schedule"])
    summary = season.load(only=["nba_raw.nbac_shot_chart", "nbac_team_boxscore"])
    assert [entry.table for entry in summary.tables] == ["nba_raw.nbac_team_boxscore", "nba_raw.nbac_shot_chart"]
    with pytest.raises(KeyError):
        summary.table("nbac_schedule")


def test_unknown_table(season):
    """A table that no file fills is refused with the valid names, before anything happens."""
    before = season.warehouse.path.read_bytes()
    with pytest.raises(UnknownNameError, match="did you mean 'nbac_shot_chart'"):
        season.load(only=["nbac_shots"])
    assert season.warehouse.path.read_bytes() == before


def test_optional_files_may_be_absent(season):
    """A folder with the four required files loads four tables."""
    for stem in list(season.files):
        if stem not in {"schedule", "team_boxscores", "player_boxscores", "shots"}:
            del season.files[stem]
    assert len(season.load().tables) == 4
