"""The schema's history: numbered SQL files, applied in order, each in one transaction."""
