"""pyarrow for the other modules of this folder, without its types: the published stubs reject calls that work."""

from __future__ import annotations

import importlib
from typing import Any

pa: Any = importlib.import_module("pyarrow")
pc: Any = importlib.import_module("pyarrow.compute")
pq: Any = importlib.import_module("pyarrow.parquet")

Table = Any
Array = Any
Schema = Any
