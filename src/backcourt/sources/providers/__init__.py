"""Declarations of sources: one module per provider with its ``SOURCES``."""
