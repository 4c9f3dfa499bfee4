"""What an acceptance would say, before it is said: which player, and how far the alias reaches that it makes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backcourt.calendar import season_year
from backcourt.names.people import registered
from backcourt.names.review_acts import Act, check
from backcourt.names.review_alias import alias_key, aliases_of
from backcourt.names.review_rows import Row, key_of
from backcourt.names.review_said import Said
from backcourt.warehouse.base import Session


@dataclass(frozen=True, slots=True)
class Meant:
    """A name and the player whom somebody takes it for.

    Attributes:
        row: The queue's row of the name.
        player_id: NBA person id.
        player_name: His official name.
        career: "2011-12 to 2021-22", "since 2011-12", or "" if it is not known.
        listed: Where he was listed: "2021-22 LAL", the newest first.
        alias: The alias that would be made, as alias_lookup|season|team_abbr; "" if none.
        is_of_another_era: True if he cannot have played in the season of the name.
    """

    row: Row
    player_id: int
    player_name: str
    career: str
    listed: tuple[str, ...]
    alias: str
    is_of_another_era: bool


def preview(session: Session, row: Row, player_id: int, *, by: str, now: datetime) -> Meant | None:
    """What accepting a name for a player would say; None if it is said already. Nothing is written.

    Args:
        session: An open session; reading is enough.
        row: The queue's row of the name.
        player_id: NBA person id.
        by: Who would decide.
        now: When (UTC).

    Raises:
        BackcourtError: If the name cannot be accepted for this player.
    """
    act = Act(row, "accept", player_id)
    if Said.read(session).already(act) is not None:
        return None
    people = registered(session)
    check(act, people, now)
    made = aliases_of(people, [(row, player_id, None)], by, now).get(key_of(row))
    career = people.years.get(player_id)
    places = {(place.season, place.team_abbr) for place in people.listings if place.player_id == player_id}
    season = str(row["season"] or "")
    there = any(listed == season for listed, _ in places)
    can_be = people.can_have_played(player_id, season_year(season)) if season else True
    return Meant(
        row,
        player_id,
        people.names[player_id],
        career.label if career else "",
        tuple(" ".join(place) for place in sorted(places, key=lambda p: (-season_year(p[0]), p[1]))),
        alias_key(made) if made else "",
        not there and can_be is False,
    )
