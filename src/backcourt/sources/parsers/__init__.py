"""Parsers: one module per provider; each turns the bytes of a payload into rows of its feed."""
