"""Phase 4: one SQL file and one declaration per table."""
