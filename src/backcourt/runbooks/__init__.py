"""Runbooks: notebooks that show and explain, each step one call into this room.

``parameters`` types what they are given, ``steps`` is what their cells call, ``facts`` asks the warehouse and ``plots``
draws what it says; ``registry`` knows which runbooks there are, ``execute`` runs one and ``report`` renders it.
"""

from __future__ import annotations
