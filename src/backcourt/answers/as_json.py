"""An answer for programs: its data as JSON; dates and times in ISO form, dataclasses as objects."""

from __future__ import annotations

import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass

from backcourt.answers.model import Answer
from backcourt.answers.terminal import say


def show(answer: Answer) -> None:
    """Print the answer's data."""
    say(render(answer.data))


def render(data: object) -> str:
    """Data as the text of a JSON value."""
    return json.dumps(data, indent=2, default=_plain, ensure_ascii=False)


def _plain(value: object) -> object:
    """What JSON has no form for, in one that it has."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, AbstractSet):
        return sorted(value)
    return str(value)
