"""Composes stages and stores: the only place that does."""

from gatusyn.pipeline.calibrate import CameraOutcome, calibrate_drives, camera_toml
from gatusyn.pipeline.city import (
    SETTINGS_FILE,
    City,
    check_city,
    create_city,
    open_city,
    require_embedded,
)
from gatusyn.pipeline.coarsen import Coarsening
from gatusyn.pipeline.debt import DebtReport, StockGroup, report_debt, town_debt
from gatusyn.pipeline.derive import bring_up_to_date, stamp_of
from gatusyn.pipeline.fetch_network import fetch_network
from gatusyn.pipeline.follow_up import FollowedProject, FollowUp, follow_up
from gatusyn.pipeline.inspect import DriveOutcome, Inspection, inspect_drives
from gatusyn.pipeline.life import LifeReport, LifeSum, report_life
from gatusyn.pipeline.network_update import NetworkUpdate, update_network
from gatusyn.pipeline.note_done import note_done
from gatusyn.pipeline.photos import PhotoFinding, PhotoResult, inspect_photos
from gatusyn.pipeline.programme import ProgrammeFiles, make_programme
from gatusyn.pipeline.programme_document import document_of, read_document, saved_programme
from gatusyn.pipeline.programme_rows import ProjectRow, gap_words, project_rows
from gatusyn.pipeline.progress import Progress, SilentProgress
from gatusyn.pipeline.read_environment import read_secret
from gatusyn.pipeline.read_settings import read_settings
from gatusyn.pipeline.redact import RedactedPhoto, redact_photos
from gatusyn.pipeline.retention import Pruning, prune
from gatusyn.pipeline.retention_rules import Rule, RuleOutcome
from gatusyn.pipeline.review import Erased, Hidden, hide_missed, remove_picture
from gatusyn.pipeline.stages import Stages, load_stages
from gatusyn.pipeline.summary import summarise
from gatusyn.pipeline.timing import StageClock
from gatusyn.pipeline.town_stock import TownStock, read_stock
from gatusyn.pipeline.verdicts import finding_named, say_of_finding
from gatusyn.pipeline.webhooks import FOUND, WebhookSender, named_webhook, new_webhook, tell
from gatusyn.pipeline.write_costs import (
    CostField,
    SettingsFile,
    read_settings_file,
    settings_stamp,
    write_costs,
)
from gatusyn.pipeline.write_key import write_key
from gatusyn.pipeline.write_locks import StreetLock, write_locks
from gatusyn.pipeline.write_looks import write_looks
from gatusyn.pipeline.write_photo_list import write_photo_list
from gatusyn.pipeline.write_programme import ProgrammePaths, write_programme
from gatusyn.pipeline.write_redaction import write_boxes, write_redaction_list
from gatusyn.pipeline.write_regulations import write_regulations
from gatusyn.pipeline.write_settings import write_settings
from gatusyn.report import Language

__all__ = [
    "FOUND",
    "SETTINGS_FILE",
    "CameraOutcome",
    "City",
    "Coarsening",
    "CostField",
    "DebtReport",
    "DriveOutcome",
    "Erased",
    "FollowUp",
    "FollowedProject",
    "Hidden",
    "Inspection",
    "Language",
    "LifeReport",
    "LifeSum",
    "NetworkUpdate",
    "PhotoFinding",
    "PhotoResult",
    "ProgrammeFiles",
    "ProgrammePaths",
    "Progress",
    "ProjectRow",
    "Pruning",
    "RedactedPhoto",
    "Rule",
    "RuleOutcome",
    "SettingsFile",
    "SilentProgress",
    "StageClock",
    "Stages",
    "StockGroup",
    "StreetLock",
    "TownStock",
    "WebhookSender",
    "bring_up_to_date",
    "calibrate_drives",
    "camera_toml",
    "check_city",
    "create_city",
    "document_of",
    "fetch_network",
    "finding_named",
    "follow_up",
    "gap_words",
    "hide_missed",
    "inspect_drives",
    "inspect_photos",
    "load_stages",
    "make_programme",
    "named_webhook",
    "new_webhook",
    "note_done",
    "open_city",
    "project_rows",
    "prune",
    "read_document",
    "read_secret",
    "read_settings",
    "read_settings_file",
    "read_stock",
    "redact_photos",
    "remove_picture",
    "report_debt",
    "report_life",
    "require_embedded",
    "saved_programme",
    "say_of_finding",
    "settings_stamp",
    "stamp_of",
    "summarise",
    "tell",
    "town_debt",
    "update_network",
    "write_boxes",
    "write_costs",
    "write_key",
    "write_locks",
    "write_looks",
    "write_photo_list",
    "write_programme",
    "write_redaction_list",
    "write_regulations",
    "write_settings",
]
