"""Composes stages and stores: the only place that does."""

from gatusyn.pipeline.city import City, create_city, open_city
from gatusyn.pipeline.derive import bring_up_to_date
from gatusyn.pipeline.inspect import DriveOutcome, Inspection, inspect_drives
from gatusyn.pipeline.photos import PhotoFinding, PhotoResult, inspect_photos
from gatusyn.pipeline.progress import Progress, SilentProgress
from gatusyn.pipeline.read_settings import read_settings
from gatusyn.pipeline.stages import Stages, load_stages
from gatusyn.pipeline.summary import summarise
from gatusyn.pipeline.timing import StageClock
from gatusyn.pipeline.write_photo_list import write_photo_list
from gatusyn.pipeline.write_settings import write_settings

__all__ = [
    "City",
    "DriveOutcome",
    "Inspection",
    "PhotoFinding",
    "PhotoResult",
    "Progress",
    "SilentProgress",
    "StageClock",
    "Stages",
    "bring_up_to_date",
    "create_city",
    "inspect_drives",
    "inspect_photos",
    "load_stages",
    "open_city",
    "read_settings",
    "summarise",
    "write_photo_list",
    "write_settings",
]
