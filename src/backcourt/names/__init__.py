"""Names of players: one normal form for all sources."""
