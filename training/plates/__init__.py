"""Trains the small plate finder that the privacy stage ships."""
