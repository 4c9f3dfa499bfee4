"""The parameters of each runbook: one model per runbook."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Self

from pydantic import Field, field_validator

from backcourt.backfill.request import DEFAULT_REPROCESS, REPROCESS, parse_reprocess
from backcourt.calendar import Seasons, season_year
from backcourt.errors import BackcourtError, UnknownNameError, WarehouseLockedError
from backcourt.runbooks.model import ParameterError, Parameters, is_secret
from backcourt.settings import load
from backcourt.warehouse.open import open_warehouse
from backcourt.warehouse.seasons import known_seasons


class QuickStart(Parameters):
    """Parameters of quick-start.

    Attributes:
        player: Normalised name or NBA id of the player to look at; the best scorer of the date if it is not given.
    """

    runbook: ClassVar[str] = "quick-start"

    player: str | None = Field(
        default=None, description="player to look at: player_lookup or id; default: the best scorer of the date"
    )

    @field_validator("player", mode="before")
    @classmethod
    def _player(cls, value: object) -> str | None:
        return None if value is None else str(value).strip().casefold()


class Phase4Precompute(Parameters):
    """Parameters of phase4-precompute."""

    runbook: ClassVar[str] = "phase4-precompute"


class SeasonBackfill(Parameters):
    """Parameters of season-backfill.

    Attributes:
        reprocess: Which dates are computed, one or more kinds with commas between them; if it is not given, those that
            are missing, failed or stale.
    """

    runbook: ClassVar[str] = "season-backfill"

    reprocess: str | None = Field(
        default=None,
        description="missing, failed, stale or all, several with commas; default: missing, failed and stale",
    )

    @field_validator("reprocess", mode="before")
    @classmethod
    def _reprocess(cls, value: object) -> str | None:
        if value is None:
            return None
        try:
            return ",".join(sorted(parse_reprocess([str(value)])))
        except UnknownNameError as error:
            raise ParameterError(
                f"parameter reprocess: unknown kind {error.name!r}",
                valid=REPROCESS,
                next_step="give one or more, with commas between them",
            ) from None

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of dates that are computed."""
        return parse_reprocess([self.reprocess]) if self.reprocess else DEFAULT_REPROCESS


class SeasonFromNothing(SeasonBackfill):
    """Parameters of season-from-nothing.

    Attributes:
        season: Season label; the dates are all of its own unless they are given.
        fetch: True if the season is fetched in bulk.
        play_by_play: True if the events of every game are fetched, too.
        files: Files and folders to import, with commas between them; None imports nothing.
        landing: Landing zone; the one of the settings if it is not given.
    """

    runbook: ClassVar[str] = "season-from-nothing"
    needs: ClassVar[str] = "season"
    example: ClassVar[str] = "2021-22"
    makes_warehouse: ClassVar[bool] = True

    season: str = Field(description="season, such as 2021-22; start_date and end_date may narrow what is computed")
    fetch: bool = Field(default=False, description="true: fetch the season from the league's service; default: false")
    play_by_play: bool = Field(default=False, description="true: with the events of every game; default: false")
    files: str | None = Field(
        default=None,
        description="files, archives and folders to import, with commas between them; default: none",
    )
    landing: str = Field(description="landing zone: a folder or an address; default: that of the settings")

    @classmethod
    def parse(cls, given: Mapping[str, object]) -> Self:
        """The parameters from a mapping, as of every runbook; the dates are those of the season.

        Raises:
            ParameterError: If one is missing, unknown or cannot be used.
        """
        label = str(given.get("season") or "").strip()
        if not label:
            return super().parse(given)
        try:
            dates = Seasons().dates(season_year(label))
        except BackcourtError as error:
            raise ParameterError(f"parameter season: {error.message}", valid=["2021-22"]) from None
        ends = {"start_date": dates.start, "end_date": dates.end}
        return super().parse(ends | {name: value for name, value in given.items() if value or name not in ends})

    @field_validator("files", mode="before")
    @classmethod
    def _files(cls, value: object) -> str | None:
        return None if value is None else str(value).strip()

    @property
    def paths(self) -> list[Path]:
        """The files to import."""
        return [Path(name.strip()) for name in (self.files or "").split(",") if name.strip()]

    def shown(self) -> dict[str, str]:
        """The parameters for people; of files and of a folder, too, only their names."""
        values = super().shown()
        place = values["landing"] if "://" in self.landing else Path(values["landing"]).name
        return {**values, "landing": place, "files": ", ".join(path.name for path in self.paths)}

    @property
    def dates(self) -> str:
        """The options that name the season."""
        return f"--season {self.season}"

    def next_command(self) -> str:
        """The same for real after a dry run, what is missing of the season after it."""
        if not self.dry_run:
            return f"backcourt status --season {self.season}"
        words = [f"{name}=true" for name in ("fetch", "play_by_play") if getattr(self, name)]
        words += [f"files={self.files}"] if self.files else []
        words += [] if self.landing == load().landing or is_secret(self.landing) else [f"landing={self.landing}"]
        return super().next_command() + "".join(f" -p {shlex.quote(word)}" for word in words)


class Phase4DataIntegrity(Parameters):
    """Parameters of phase4-data-integrity.

    Attributes:
        strict: True if a field that is PARTIAL is critical, too, and a field without data is a problem.
    """

    runbook: ClassVar[str] = "phase4-data-integrity"
    reads_only: ClassVar[bool] = True

    strict: bool = Field(
        default=False, description="true: a critical field that is partly valid is critical, too; default: false"
    )

    def next_command(self) -> str:
        """The gaps as lines to work through: problems that are not critical do not end the runbook."""
        return f"backcourt gaps {self.dates}"


class GapRecovery(Parameters):
    """Parameters of gap-recovery."""

    runbook: ClassVar[str] = "gap-recovery"

    def next_command(self) -> str:
        """The recovery itself after a dry run, everything that can be validated after it."""
        return super().next_command() if self.dry_run else f"backcourt validate range {self.dates}"


class NameResolution(Parameters):
    """Parameters of name-resolution.

    Attributes:
        decisions: A reviewed sheet, as `backcourt names export` writes it; None imports nothing.
    """

    runbook: ClassVar[str] = "name-resolution"

    decisions: str | None = Field(
        default=None, description="CSV file of reviewed names to import; default: nothing is imported"
    )

    @field_validator("decisions", mode="before")
    @classmethod
    def _decisions(cls, value: object) -> str | None:
        return None if value is None else str(value).strip()

    def shown(self) -> dict[str, str]:
        """The parameters for people; of the sheet, too, only the file's name."""
        values = super().shown()
        return {**values, "decisions": re.split(r"[/\\]", values["decisions"])[-1]}

    def next_command(self) -> str:
        """The resolution itself after a dry run, the queue after it."""
        return super().next_command() if self.dry_run else "backcourt names pending"


class NbacTeamBoxscore(Parameters):
    """Parameters of nbac-team-boxscore.

    Attributes:
        landing: Landing zone; the one of the settings if it is not given.
        fetch: True if payloads that have not landed are asked for.
    """

    runbook: ClassVar[str] = "nbac-team-boxscore"

    landing: str = Field(description="landing zone: a folder or an address; default: that of the settings")
    fetch: bool = Field(default=False, description="true: fetch what has not landed; default: false")

    def shown(self) -> dict[str, str]:
        """The parameters for people; of a folder, too, only its name."""
        values = super().shown()
        name = values["landing"] if "://" in self.landing else Path(values["landing"]).name
        return {**values, "landing": name}

    def next_command(self) -> str:
        """The load itself after a dry run; after it what has become stale, which may reach to the season's end."""
        if not self.dry_run:
            return f"backcourt plan --season {self._seasons().of(self.start_date)}"
        usual = self.landing == load().landing or is_secret(self.landing)
        place = "" if usual else f" -p {shlex.quote(f'landing={self.landing}')}"
        return super().next_command() + place + (" -p fetch=true" if self.fetch else "")

    def _seasons(self) -> Seasons:
        """The seasons of the schedule; those that everybody knows while another run holds the file: this is advice."""
        try:
            return known_seasons(open_warehouse(load(warehouse=self.warehouse)))
        except WarehouseLockedError:
            return Seasons()


MODELS: Mapping[str, type[Parameters]] = {
    model.runbook: model
    for model in (
        QuickStart,
        Phase4Precompute,
        SeasonBackfill,
        Phase4DataIntegrity,
        GapRecovery,
        NameResolution,
        NbacTeamBoxscore,
        SeasonFromNothing,
    )
}
"""The model of every runbook."""
