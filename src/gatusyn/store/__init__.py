"""Where facts and derived rows live: the ``Store`` protocol, the SQLite store, the exports."""

from gatusyn.store.export_tables import ColumnType, Table
from gatusyn.store.protocol import Box, DriveSummary, PictureStage, PictureView, Store
from gatusyn.store.protocol_ledger import FrameKey, Hide, PictureLedger
from gatusyn.store.protocol_lookup import GradeColumns, Lookup, StoreState
from gatusyn.store.sqlite_open import create_store, open_store
from gatusyn.store.sqlite_store import SqliteStore
from gatusyn.store.write_export import ExportSummary, require_layers, write_export, write_layers

__all__ = [
    "Box",
    "ColumnType",
    "DriveSummary",
    "ExportSummary",
    "FrameKey",
    "GradeColumns",
    "Hide",
    "Lookup",
    "PictureLedger",
    "PictureStage",
    "PictureView",
    "SqliteStore",
    "Store",
    "StoreState",
    "Table",
    "create_store",
    "open_store",
    "require_layers",
    "write_export",
    "write_layers",
]
