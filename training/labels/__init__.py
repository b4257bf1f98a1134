"""Damage marked by eye, to test with; see README.md."""
