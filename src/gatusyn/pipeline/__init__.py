"""Composes stages and stores: the only place that does."""

from gatusyn.pipeline.calibrate import CameraOutcome, calibrate_drives, camera_toml
from gatusyn.pipeline.city import City, create_city, open_city
from gatusyn.pipeline.coarsen import Coarsening
from gatusyn.pipeline.derive import bring_up_to_date, stamp_of
from gatusyn.pipeline.fetch_network import fetch_network
from gatusyn.pipeline.inspect import DriveOutcome, Inspection, inspect_drives
from gatusyn.pipeline.network_update import NetworkUpdate, update_network
from gatusyn.pipeline.photos import PhotoFinding, PhotoResult, inspect_photos
from gatusyn.pipeline.progress import Progress, SilentProgress
from gatusyn.pipeline.read_settings import read_settings
from gatusyn.pipeline.redact import RedactedPhoto, redact_photos
from gatusyn.pipeline.retention import Pruning, prune
from gatusyn.pipeline.retention_rules import Rule, RuleOutcome
from gatusyn.pipeline.review import Erased, Hidden, hide_missed, remove_picture
from gatusyn.pipeline.stages import Stages, load_stages
from gatusyn.pipeline.summary import summarise
from gatusyn.pipeline.timing import StageClock
from gatusyn.pipeline.write_photo_list import write_photo_list
from gatusyn.pipeline.write_redaction import write_boxes, write_redaction_list
from gatusyn.pipeline.write_regulations import write_regulations
from gatusyn.pipeline.write_settings import write_settings

__all__ = [
    "CameraOutcome",
    "City",
    "Coarsening",
    "DriveOutcome",
    "Erased",
    "Hidden",
    "Inspection",
    "NetworkUpdate",
    "PhotoFinding",
    "PhotoResult",
    "Progress",
    "Pruning",
    "RedactedPhoto",
    "Rule",
    "RuleOutcome",
    "SilentProgress",
    "StageClock",
    "Stages",
    "bring_up_to_date",
    "calibrate_drives",
    "camera_toml",
    "create_city",
    "fetch_network",
    "hide_missed",
    "inspect_drives",
    "inspect_photos",
    "load_stages",
    "open_city",
    "prune",
    "read_settings",
    "redact_photos",
    "remove_picture",
    "stamp_of",
    "summarise",
    "update_network",
    "write_boxes",
    "write_photo_list",
    "write_redaction_list",
    "write_regulations",
    "write_settings",
]
