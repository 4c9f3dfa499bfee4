"""Phase 3: one SQL file and one declaration per table."""
