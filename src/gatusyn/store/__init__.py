"""Where facts and derived rows live: the ``Store`` protocol, the SQLite store, the exports."""

from gatusyn.store.export_styles import difference_qml
from gatusyn.store.export_tables import ColumnType, Style, Table
from gatusyn.store.protocol import Box, DriveSummary, PictureStage, PictureView, Store
from gatusyn.store.protocol_ledger import FrameKey, Hide, PictureLedger
from gatusyn.store.protocol_programmes import ProgrammeBook
from gatusyn.store.sqlite_open import create_store, open_store
from gatusyn.store.sqlite_store import SqliteStore
from gatusyn.store.write_export import ExportSummary, require_layers, write_export, write_layers
from gatusyn.store.write_export_programme import write_programme_gpkg
from gatusyn.store.write_figures import require_free, write_figures, write_whole

__all__ = [
    "Box",
    "ColumnType",
    "DriveSummary",
    "ExportSummary",
    "FrameKey",
    "Hide",
    "PictureLedger",
    "PictureStage",
    "PictureView",
    "ProgrammeBook",
    "SqliteStore",
    "Store",
    "Style",
    "Table",
    "create_store",
    "difference_qml",
    "open_store",
    "require_free",
    "require_layers",
    "write_export",
    "write_figures",
    "write_layers",
    "write_programme_gpkg",
    "write_whole",
]
