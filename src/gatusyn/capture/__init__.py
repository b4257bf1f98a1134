"""Readers of footage and tracks, one clock for both, sampling by distance, and the quality gate."""

from gatusyn.capture.drives import DegreeBox, OpenDrive, open_drive
from gatusyn.capture.frames import Motion, RawFrame
from gatusyn.capture.quality import judge
from gatusyn.capture.read_photos import read_photo
from gatusyn.capture.read_sources import find_drives
from gatusyn.capture.read_track import read_track
from gatusyn.capture.sampling import sample_times
from gatusyn.capture.sources import DriveKind, DriveSource

__all__ = [
    "DegreeBox",
    "DriveKind",
    "DriveSource",
    "Motion",
    "OpenDrive",
    "RawFrame",
    "find_drives",
    "judge",
    "open_drive",
    "read_photo",
    "read_track",
    "sample_times",
]
