"""Where facts and derived rows live: the ``Store`` protocol, the SQLite store, the exports."""

from gatusyn.store.check_store import StoreCheck, check_store
from gatusyn.store.export_tables import ColumnType, Table
from gatusyn.store.protocol import Box, DriveSummary, PictureStage, PictureView, Store
from gatusyn.store.protocol_ledger import FrameKey, Hide, PictureLedger
from gatusyn.store.protocol_lookup import GradeColumns, Lookup, StoreState
from gatusyn.store.read_backup import check_backup, restore_backup
from gatusyn.store.sqlite_open import create_store, open_store
from gatusyn.store.sqlite_store import SqliteStore
from gatusyn.store.write_backup import BackupSummary, write_backup
from gatusyn.store.write_export import ExportSummary, require_layers, write_export, write_layers

__all__ = [
    "BackupSummary",
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
    "StoreCheck",
    "StoreState",
    "Table",
    "check_backup",
    "check_store",
    "create_store",
    "open_store",
    "require_layers",
    "restore_backup",
    "write_backup",
    "write_export",
    "write_layers",
]
