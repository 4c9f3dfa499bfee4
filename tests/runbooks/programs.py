"""The programs that the runbooks' tests start, and the date that they ask for."""

import sys
from pathlib import Path

DAY = "2021-12-01"
COMMAND = str(Path(sys.executable).parent / "backcourt")
PAPERMILL = str(Path(sys.executable).parent / "papermill")
