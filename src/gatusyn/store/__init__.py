"""Where facts and derived rows live: the ``Store`` protocol, the SQLite store, the exports."""

from gatusyn.store.protocol import Box, DriveSummary, PictureStage, PictureView, Store
from gatusyn.store.sqlite_open import create_store, open_store
from gatusyn.store.sqlite_store import SqliteStore
from gatusyn.store.write_export import ExportSummary, write_export

__all__ = [
    "Box",
    "DriveSummary",
    "ExportSummary",
    "PictureStage",
    "PictureView",
    "SqliteStore",
    "Store",
    "create_store",
    "open_store",
    "write_export",
]
