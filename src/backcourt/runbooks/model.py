"""What every runbook is given, typed: filled from a notebook's namespace or from a mapping.

Papermill turns `-p player 0203999` into a number, leaves `-p dry_run false` a true text and lets a misspelt name
through, so nothing is trusted before it has been here.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator, model_validator

from backcourt.answers.model import Answer, Rows
from backcourt.calendar import DateRange, league_day, parse_date
from backcourt.errors import BackcourtError, DateRangeError, UnknownNameError
from backcourt.settings import load
from backcourt.warehouse.base import Warehouse
from backcourt.warehouse.open import open_warehouse

_TRUE = {"true", "1", "yes", "y", "on"}
_FALSE = {"false", "0", "no", "n", "off"}
_PLAIN = (str, int, float, bool, list, tuple, dict, set, date, type(None))
_IPYTHON = {"In", "Out"}
_PLACES = {"warehouse", "landing"}
"""Parameters whose default is the setting of the same name."""
_SECRET_NAME = re.compile(r"token|secret|passw|credential|api_?key|private_?key", re.IGNORECASE)
_SECRET_VALUE = re.compile(
    r"-----BEGIN|\b(sk|pk|ghp|gho|xox[abp]|glpat)[-_][\w-]{8,}|\bAKIA[0-9A-Z]{12,}|://[^/\s:@]+:[^/\s@]+@"
    r"|(token|secret|password|key)=[^&\s]+",
    re.IGNORECASE,
)
HIDDEN = "(hidden)"
"""What is written instead of a value that looks like a secret."""


class ParameterError(BackcourtError):
    """A parameter of a runbook that is missing, misspelt or cannot be used."""


class Parameters(BaseModel):
    """What every runbook takes.

    Attributes:
        start_date: First date.
        end_date: Last date; the same as start_date if it is not given.
        dry_run: If true, show what would be done and write nothing.
        warehouse: A DuckDB file; the one of the settings if it is not given.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    runbook: ClassVar[str] = ""
    needs: ClassVar[str] = "start_date"
    """The parameter that must be given."""
    example: ClassVar[str] = "2021-11-02"
    """What it can be."""
    makes_warehouse: ClassVar[bool] = False
    """True if the runbook begins without a warehouse."""
    reads_only: ClassVar[bool] = False
    """True if the runbook never writes, so that dry_run is accepted and changes nothing."""

    start_date: date = Field(description="first date, YYYY-MM-DD or yesterday")
    end_date: date = Field(description="last date, YYYY-MM-DD or yesterday; default: the same as start_date")
    dry_run: bool = Field(default=True, description="true: only show what would be done; false: do it")
    warehouse: str = Field(description="DuckDB file; default: that of the settings")

    @model_validator(mode="before")
    @classmethod
    def _defaults(cls, given: object) -> object:
        """Fill in what depends on the rest, before the fields are read; a blank value counts as not given."""
        values = {name: value for name, value in dict(given).items() if not _blank(value)}  # type: ignore[call-overload]
        values.setdefault("end_date", values.get("start_date"))
        for name in _PLACES & cls.model_fields.keys() - values.keys():
            values[name] = getattr(load(), name)
        if cls.reads_only:
            values["dry_run"] = False
        return values

    @field_validator("start_date", "end_date", mode="before")
    @classmethod
    def _date(cls, value: object) -> date:
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        return parse_date(str(value), today=league_day(datetime.now(UTC)))

    @field_validator("dry_run", mode="before")
    @classmethod
    def _truth(cls, value: object) -> bool:
        return truth(value)

    @field_validator("strict", "fetch", "play_by_play", mode="before", check_fields=False)
    @classmethod
    def _switch(cls, value: object, info: ValidationInfo) -> bool:
        try:
            return truth(value)
        except BackcourtError:
            raise ParameterError(
                f"parameter {info.field_name} is {value!r}",
                valid=["true", "false"],
                next_step=f"papermill: -p {info.field_name} true; backcourt runbook run: -p {info.field_name}=true",
            ) from None

    @field_validator(*_PLACES, mode="before", check_fields=False)
    @classmethod
    def _text(cls, value: object) -> str:
        return str(value).strip()

    @property
    def span(self) -> DateRange:
        """The dates from start_date to end_date."""
        return DateRange(self.start_date, self.end_date)

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Every parameter, in the order of the model."""
        return tuple(cls.model_fields)

    @classmethod
    def parse(cls, given: Mapping[str, object]) -> Self:
        """The parameters from a mapping; None and blank texts count as not given.

        Raises:
            ParameterError: If one is missing, unknown or cannot be used; it says which, what is valid and how to pass
                it.
        """
        for name in given:
            if name not in cls.model_fields:
                raise _unknown(cls, name)
        if _blank(given.get(cls.needs)):
            form = "YYYY-MM-DD" if cls.needs == "start_date" else f"such as {cls.example}"
            raise ParameterError(f"parameter {cls.needs} is missing", valid=[form], next_step=cls._how())
        for name in ("start_date", "end_date", "dry_run"):
            _check_one(cls, name, given.get(name))
        try:
            found = cls.model_validate(dict(given))
        except ValidationError as error:
            first = error.errors()[0]
            name = str((*first["loc"], "?")[0])
            raise ParameterError(f"parameter {name}: {first['msg']}", next_step=cls._how()) from None
        if found.end_date < found.start_date:
            raise ParameterError(
                f"parameter end_date {found.end_date} is before start_date {found.start_date}",
                valid=[f"{found.start_date} or later"],
                next_step="swap them, or leave end_date out for one date",
            )
        return found

    @classmethod
    def from_notebook(cls, namespace: Mapping[str, object]) -> Self:
        """The parameters from a notebook's globals().

        A plain value under a name that nobody knows is a parameter that was misspelt: papermill injects those, too.

        Raises:
            ParameterError: As ``parse``.
        """
        given = {
            name: value
            for name, value in namespace.items()
            if not name.startswith("_") and name not in _IPYTHON and isinstance(value, _PLAIN)
        }
        return cls.parse(given)

    @classmethod
    def _how(cls) -> str:
        return (
            f"pass it like: papermill runbooks/{cls.runbook}.ipynb out.ipynb -p {cls.needs} {cls.example}, or: "
            f"backcourt runbook run {cls.runbook} --{cls.needs.replace('_', '-')} {cls.example}"
        )

    def shown(self) -> dict[str, str]:
        """The parameters for people, without what looks like a secret; a path is its file's name."""
        values = {name: getattr(self, name) for name in self.names()}
        if self.reads_only:
            del values["dry_run"]
        values["warehouse"] = re.split(r"[/\\]", self.warehouse)[-1] if not is_secret(self.warehouse) else HIDDEN
        texts = {name: _text_of(value) for name, value in values.items()}
        return {name: HIDDEN if is_secret(text, name) else text for name, text in texts.items()}

    def next_command(self) -> str:
        """What to run after this runbook, without the option that names the warehouse."""
        if self.dry_run:
            return f"backcourt runbook run {self.runbook} {self.dates} --no-dry-run"
        return 'backcourt query "SELECT * FROM nba_predictions.ml_feature_store_v2 LIMIT 5"'

    @property
    def dates(self) -> str:
        """The options that name the dates."""
        return self.span.options

    @property
    def option(self) -> str:
        """The option that names the warehouse, if it is not the one of the settings."""
        return "" if self.warehouse == load().warehouse else f" --warehouse {shlex.quote(self.warehouse)}"

    def open(self) -> Warehouse:
        """The warehouse."""
        return open_warehouse(load(warehouse=self.warehouse))

    def answer(self) -> Answer:
        """The parameters as they were understood."""
        values = self.shown()
        words = ", ".join(f"{name} {value}" for name, value in values.items() if value)
        return Answer(words, [Rows(("parameter", "value"), list(values.items()))])


def is_secret(value: str, name: str = "") -> bool:
    """Whether a value, by its shape or by its parameter's name, looks like a secret."""
    return bool(_SECRET_VALUE.search(value) or _SECRET_NAME.search(name))


def truth(value: object) -> bool:
    """A truth value as papermill and people write it.

    Raises:
        BackcourtError: If it is neither true nor false.
    """
    word = str(value).strip().casefold()
    if word not in _TRUE | _FALSE:
        raise BackcourtError(f"{value!r} is neither true nor false")
    return word in _TRUE


def _blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and value.strip() in {"", "None"})


def _text_of(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def _check_one(cls: type[Parameters], name: str, value: object) -> None:
    """Read a date or a switch alone, so that the message names the parameter and shows how to pass it."""
    if _blank(value):
        return
    try:
        if name == "dry_run":
            cls._truth(value)
        else:
            cls._date(value)
    except DateRangeError:
        raise ParameterError(
            f"parameter {name} is {value!r}, which is not a date",
            valid=["YYYY-MM-DD, for example 2021-11-02"],
            next_step=cls._how().replace("start_date", name).replace("start-date", name.replace("_", "-")),
        ) from None
    except BackcourtError:
        raise ParameterError(
            f"parameter dry_run is {value!r}",
            valid=["true", "false"],
            next_step="papermill: -p dry_run false; backcourt runbook run: --no-dry-run",
        ) from None


def _unknown(cls: type[Parameters], name: str) -> ParameterError:
    """A misspelt parameter; only its name is shown, its value may be anything."""
    hint = UnknownNameError("parameter", name, cls.names())
    return ParameterError(f"{cls.runbook}: {hint.message}", valid=cls.names(), next_step="correct its name")
