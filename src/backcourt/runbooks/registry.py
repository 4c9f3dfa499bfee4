"""Which runbooks there are: title and purpose come from the notebooks, parameters from their models."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from backcourt.errors import BackcourtError, InputFileError, UnknownNameError
from backcourt.files import read_whole, reason
from backcourt.runbooks.model import Parameters
from backcourt.runbooks.parameters import MODELS

_CHECKOUT = Path(__file__).resolve().parents[3] / "runbooks"
_FORMAT = 4
_LARGEST = 64 * 1024 * 1024
"""Bytes of the largest notebook that is read."""


class RunbookFileError(BackcourtError):
    """A runbook's notebook that cannot be read."""


@dataclass(frozen=True, slots=True)
class RunbookParameter:
    """One parameter of a runbook.

    Attributes:
        name: Its name.
        description: What it is and how it is written.
        required: True if there is no default.
    """

    name: str
    description: str
    required: bool


@dataclass(frozen=True, slots=True)
class Runbook:
    """One runbook.

    Attributes:
        name: Its name, the file's without ending.
        title: The first heading of the notebook.
        purpose: The first paragraph.
        path: The notebook.
        model: The model of its parameters.
    """

    name: str
    title: str
    purpose: str
    path: Path
    model: type[Parameters]

    @property
    def parameters(self) -> tuple[RunbookParameter, ...]:
        """Its parameters in order."""
        return tuple(
            RunbookParameter(name, info.description or "", required=name == self.model.needs)
            for name, info in self.model.model_fields.items()
        )

    @property
    def sections(self) -> tuple[str, ...]:
        """The headings under the title, in order."""
        texts = [source(cell) for cell in read(self.path)["cells"] if cell.get("cell_type") == "markdown"]
        return tuple(match[1].strip() for text in texts for match in re.finditer(r"^## (.+)$", text, re.MULTILINE))


def notebooks_folder() -> Path:
    """Where the notebooks are: in the installed package, or in the checkout.

    Raises:
        RunbookFileError: If they are in neither place.
    """
    installed = Path(str(resources.files("backcourt.runbooks"))) / "notebooks"
    for folder in (installed, _CHECKOUT):
        if folder.is_dir():
            return folder
    raise RunbookFileError("the notebooks of the runbooks are missing", next_step="install backcourt again")


def runbooks(folder: Path | None = None) -> tuple[Runbook, ...]:
    """Every runbook, by the order of the models.

    Args:
        folder: Where the notebooks are; by default where they are installed.
    """
    return tuple(runbook(name, folder) for name in MODELS)


def runbook(name: str, folder: Path | None = None) -> Runbook:
    """The runbook of that name.

    Raises:
        UnknownNameError: If there is none; the message names the nearest.
        RunbookFileError: If its notebook cannot be read.
    """
    if name not in MODELS:
        raise UnknownNameError("runbook", name, MODELS, next_step="list them with: backcourt runbook list")
    path = (folder or notebooks_folder()) / f"{name}.ipynb"
    cells = read(path)["cells"]
    text = next((source(cell) for cell in cells if cell.get("cell_type") == "markdown"), "")
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]
    if not paragraphs or not paragraphs[0].startswith("# "):
        raise _bad(path, "its first text does not begin with a title")
    if not any("parameters" in cell.get("metadata", {}).get("tags", []) for cell in cells):
        raise _bad(path, "no cell has the tag parameters")
    purpose = paragraphs[1] if len(paragraphs) > 1 else ""
    return Runbook(name, paragraphs[0].removeprefix("# "), purpose, path, MODELS[name])


def read(path: Path) -> dict[str, Any]:
    """A notebook as it stands in the file.

    Raises:
        RunbookFileError: If there is none, or it is not a notebook of format 4.
    """
    try:
        content = json.loads(read_whole(path, _LARGEST))
    except FileNotFoundError as error:
        raise _bad(path, reason(error)) from None
    except InputFileError as error:
        raise _bad(path, error.message) from None
    except (ValueError, RecursionError):
        raise _bad(path, "it is not JSON") from None
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list) or content.get("nbformat") != _FORMAT:
        raise _bad(path, f"it is not a notebook of format {_FORMAT}")
    if not all(isinstance(cell, dict) and "source" in cell for cell in cells):
        raise _bad(path, "a cell has no source")
    return {**content}


def source(cell: dict[str, Any]) -> str:
    """The text of a cell, however the file keeps it."""
    text: str | Sequence[str] = cell["source"]
    return text if isinstance(text, str) else "".join(text)


def _bad(path: Path, why: str) -> RunbookFileError:
    return RunbookFileError(
        f"the notebook {path.name} cannot be used: {why}", next_step="restore it, or install backcourt again"
    )
