"""Where facts and derived rows live: the ``Store`` protocol, the SQLite store, the exports."""

from gatusyn.store.check_store import StoreCheck, check_postgis, check_store
from gatusyn.store.export_styles import difference_qml
from gatusyn.store.export_tables import ColumnType, Style, Table, iso_day, iso_time
from gatusyn.store.opening import create_store, open_store
from gatusyn.store.protocol import Box, DriveSummary, PictureStage, PictureView, Store
from gatusyn.store.protocol_accounts import AccountBook
from gatusyn.store.protocol_ledger import FrameKey, Hide, PictureLedger
from gatusyn.store.protocol_lookup import (
    FindingFilter,
    FindingOrder,
    GradeColumns,
    Lookup,
    StoreState,
)
from gatusyn.store.protocol_news import NewsBook
from gatusyn.store.protocol_programmes import ProgrammeBook
from gatusyn.store.protocol_sent import NewFile, SentBook, SentLimits
from gatusyn.store.protocol_webhooks import WebhookBook
from gatusyn.store.protocol_work import (
    Boxes,
    DerivedChanges,
    DerivedFrom,
    DerivedWork,
    FindingLedger,
    RunKey,
    TileTracks,
)
from gatusyn.store.read_backup import check_backup, restore_backup
from gatusyn.store.sql_store import SqlStore
from gatusyn.store.write_backup import BackupSummary, write_backup
from gatusyn.store.write_export import ExportSummary, require_layers, write_export, write_layers
from gatusyn.store.write_export_programme import write_programme_gpkg
from gatusyn.store.write_figures import require_free, write_figures, write_whole

__all__ = [
    "AccountBook",
    "BackupSummary",
    "Box",
    "Boxes",
    "ColumnType",
    "DerivedChanges",
    "DerivedFrom",
    "DerivedWork",
    "DriveSummary",
    "ExportSummary",
    "FindingFilter",
    "FindingLedger",
    "FindingOrder",
    "FrameKey",
    "GradeColumns",
    "Hide",
    "Lookup",
    "NewFile",
    "NewsBook",
    "PictureLedger",
    "PictureStage",
    "PictureView",
    "ProgrammeBook",
    "RunKey",
    "SentBook",
    "SentLimits",
    "SqlStore",
    "Store",
    "StoreCheck",
    "StoreState",
    "Style",
    "Table",
    "TileTracks",
    "WebhookBook",
    "check_backup",
    "check_postgis",
    "check_store",
    "create_store",
    "difference_qml",
    "iso_day",
    "iso_time",
    "open_store",
    "require_free",
    "require_layers",
    "restore_backup",
    "write_backup",
    "write_export",
    "write_figures",
    "write_layers",
    "write_programme_gpkg",
    "write_whole",
]
