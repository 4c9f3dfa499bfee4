"""Files with columns of other names are read as a mapping file says; what it says wrong is named."""

from __future__ import annotations

import pytest

from backcourt.errors import BackcourtError
from backcourt.sources.layouts.bench import bench
from backcourt.sources.layouts.convert import target
from backcourt.sources.layouts.known import LAYOUTS
from backcourt.sources.layouts.mapping import mapped_layouts
from backcourt.sources.layouts.take import Imported, examine
from import_layouts import league, write_csv

MAPPING = """
[shots]
files = "attempts*.csv"
game_id = "'00' || game"
game_event_id = "event"
player_id = "shooter"
team_id = "team"
period = "period"
minutes_remaining = "seconds_left // 60"
seconds_remaining = "seconds_left % 60"
is_three = "points = 3"
shot_made_flag = "CASE WHEN outcome = 'made' THEN 1 ELSE 0 END"
shot_distance = "feet"
loc_x = '"x (feet)" * 10'
loc_y = "y * 10"
action_type = "kind"
shot_zone_basic = "zone"
"""


def rows_of(paths, layouts):
    """What files are converted to, by the first word of the layout's name."""
    done = Imported()
    with bench() as place:
        examine(place, paths, done, (), layouts)
        return {
            taken.match.layout.name: place.run(
                f"SELECT {', '.join(taken.match.layout.feed.columns)} FROM {target(taken.match.layout)} ORDER BY rowid"
            )
            for taken in done.taken
        }


def other_names(shot):
    """A shot as somebody else writes it."""
    return {
        "game": int(shot["GAME_ID"]),
        "event": shot["GAME_EVENT_ID"],
        "shooter": shot["PLAYER_ID"],
        "team": shot["TEAM_ID"],
        "period": shot["PERIOD"],
        "seconds_left": shot["MINUTES_REMAINING"] * 60 + shot["SECONDS_REMAINING"],
        "points": 3 if shot["SHOT_TYPE"].startswith("3") else 2,
        "outcome": "made" if shot["SHOT_MADE_FLAG"] else "missed",
        "feet": shot["SHOT_DISTANCE"],
        "x (feet)": shot["LOC_X"] / 10,
        "y": shot["LOC_Y"] / 10,
        "kind": shot["ACTION_TYPE"],
        "zone": shot["SHOT_ZONE_BASIC"],
    }


def test_a_mapping_gives_the_rows_of_the_layout_that_is_known(tmp_path):
    """Shots under other names, in feet and seconds, become the rows of the service's own shot chart."""
    shots = league()["shots"]
    for number, shot in enumerate(shots):
        shot["SECONDS_REMAINING"] = number % 60
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(MAPPING)
    layouts = (*mapped_layouts(mapping), *LAYOUTS)
    mine = write_csv(tmp_path / "attempts-1.csv", [other_names(shot) for shot in shots])
    theirs = write_csv(tmp_path / "shots.csv", shots)
    found = rows_of([mine, theirs], layouts)
    assert found["mapped_shots"] == found["nba_api_shot_chart"]
    assert len(found["mapped_shots"]) == 80
    with pytest.raises(BackcourtError, match="its columns are of none of these"):
        rows_of([write_csv(tmp_path / "other.csv", [other_names(shots[0])])], layouts)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("[shots]", "[shot]"), "shot"),
        (('loc_y = "y * 10"', 'loc_z = "y * 10"'), "loc_z"),
        (('period = "period"', ""), "does not say what period (whole numbers) is made of"),
        (('"y * 10"', '"y *"'), "loc_y: 'y *' is not an SQL expression"),
        (('"y * 10"', '"10"'), "loc_y: '10' names no column of the file"),
        (('"y * 10"', "\"(SELECT y FROM read_csv('/etc/passwd'))\""), "has subquery, which is not possible there"),
        (('"y * 10"', '"getenv(y)"'), "has anonymous, which is not possible there"),
        (('"y * 10"', '"t.y"'), "has a dot"),
        (('"y * 10"', "10"), "must hold lines of column"),
        (("[shots]", "[shots"), "is not TOML"),
    ],
)
def test_a_wrong_mapping_is_named(change, says, tmp_path):
    """The message names the file, the section and the line, whatever is wrong with it."""
    mapping = tmp_path / "mapping.toml"
    assert change[0] in MAPPING
    mapping.write_text(MAPPING.replace(*change))
    with pytest.raises(BackcourtError) as error:
        mapped_layouts(mapping)
    assert says in str(error.value)
    assert "mapping.toml" in str(error.value)


def test_no_mapping_file(tmp_path):
    """A mapping file that is not there, or empty, is named."""
    with pytest.raises(BackcourtError, match="there is no mapping file"):
        mapped_layouts(tmp_path / "gone.toml")
    (tmp_path / "empty.toml").write_text("")
    with pytest.raises(BackcourtError, match="has no section"):
        mapped_layouts(tmp_path / "empty.toml")
