"""Composes stages and stores: the only place that does."""

from gatusyn.pipeline.calibrate import CameraOutcome, calibrate_drives, camera_toml
from gatusyn.pipeline.city import (
    SETTINGS_FILE,
    City,
    check_city,
    create_city,
    open_city,
    opened_city,
    require_embedded,
)
from gatusyn.pipeline.coarsen import Coarsening
from gatusyn.pipeline.debt import DebtReport, StockGroup, report_debt, town_debt
from gatusyn.pipeline.derive import bring_up_to_date, is_up_to_date, stamp_of
from gatusyn.pipeline.fetch_network import fetch_network
from gatusyn.pipeline.follow_up import FollowedProject, FollowUp, done_of, follow_up
from gatusyn.pipeline.footage import FootagePruning, prune_footage
from gatusyn.pipeline.inspect import DriveOutcome, Inspection, inspect_drives
from gatusyn.pipeline.intake import (
    Intake,
    Receiving,
    make_keys,
    private_key_path,
    public_key_path,
    sealed_path,
)
from gatusyn.pipeline.life import LifeReport, LifeSum, report_life
from gatusyn.pipeline.network_update import NetworkUpdate, update_network
from gatusyn.pipeline.note_done import note_done, note_project_done
from gatusyn.pipeline.outlook import SectionOutlook, section_outlook, treatment_words
from gatusyn.pipeline.photos import PhotoFinding, PhotoResult, inspect_photos
from gatusyn.pipeline.programme import ProgrammeFiles, make_programme
from gatusyn.pipeline.programme_document import document_of, read_document, saved_programme
from gatusyn.pipeline.programme_rows import (
    ProjectRow,
    cost_source_words,
    gap_words,
    project_rows,
    treatment_name,
)
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
from gatusyn.pipeline.town_stock import TownStock, places_stamp, read_stock, town_places
from gatusyn.pipeline.verdicts import finding_named, say_of_finding
from gatusyn.pipeline.webhooks import FOUND, WebhookSender, named_webhook, new_webhook, tell
from gatusyn.pipeline.work import Worked, Worker
from gatusyn.pipeline.write_costs import CostField, write_costs
from gatusyn.pipeline.write_key import write_key
from gatusyn.pipeline.write_locks import StreetLock, write_locks
from gatusyn.pipeline.write_looks import write_looks
from gatusyn.pipeline.write_photo_list import write_photo_list
from gatusyn.pipeline.write_programme import ProgrammePaths, write_programme
from gatusyn.pipeline.write_redaction import write_boxes, write_redaction_list
from gatusyn.pipeline.write_regulations import write_regulations
from gatusyn.pipeline.write_settings import meaning_of, write_settings
from gatusyn.pipeline.write_settings_file import (
    SettingsFile,
    read_settings_file,
    settings_stamp,
)
from gatusyn.pipeline.write_values import Value, write_values
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
    "FootagePruning",
    "Hidden",
    "Inspection",
    "Intake",
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
    "Receiving",
    "RedactedPhoto",
    "Rule",
    "RuleOutcome",
    "SectionOutlook",
    "SettingsFile",
    "SilentProgress",
    "StageClock",
    "Stages",
    "StockGroup",
    "StreetLock",
    "TownStock",
    "Value",
    "WebhookSender",
    "Worked",
    "Worker",
    "bring_up_to_date",
    "calibrate_drives",
    "camera_toml",
    "check_city",
    "cost_source_words",
    "create_city",
    "document_of",
    "done_of",
    "fetch_network",
    "finding_named",
    "follow_up",
    "gap_words",
    "hide_missed",
    "inspect_drives",
    "inspect_photos",
    "is_up_to_date",
    "load_stages",
    "make_keys",
    "make_programme",
    "meaning_of",
    "named_webhook",
    "new_webhook",
    "note_done",
    "note_project_done",
    "open_city",
    "opened_city",
    "places_stamp",
    "private_key_path",
    "project_rows",
    "prune",
    "prune_footage",
    "public_key_path",
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
    "sealed_path",
    "section_outlook",
    "settings_stamp",
    "stamp_of",
    "summarise",
    "tell",
    "town_debt",
    "town_places",
    "treatment_name",
    "treatment_words",
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
    "write_values",
]
