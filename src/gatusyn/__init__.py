"""Gatusyn shows a town how its streets are: from phone footage to graded sections on a map."""

__version__ = "0.1.0"
