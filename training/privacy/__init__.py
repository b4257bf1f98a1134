"""Trains the finder of heads and number plates that the privacy stage ships."""
