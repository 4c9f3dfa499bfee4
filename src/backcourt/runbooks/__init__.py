"""Runbooks: notebooks that show and explain, each step is one call into this package.

``parameters`` types what they are given; their cells call ``phase4``, ``season``, ``integrity``, ``recovery``,
``names`` and ``team_boxscore``, each step of which returns an answer; ``facts`` asks the warehouse. ``registry`` knows
which runbooks there are, ``execute`` runs one and ``report`` renders it.
"""

from __future__ import annotations
