"""A made-up town, its drives and its truth."""

from .making import make_town
from .params import SimulationParams
from .paving_town import PAVING_TREATMENTS, made_paving_town
from .town import Town
from .training import training_frames
from .wide_town import WideTown, wide_town
from .write_drives import write_drives
from .write_network import write_network
from .write_town import TownFiles, write_town
from .write_track import write_track
from .write_truth import write_truth

__all__ = [
    "PAVING_TREATMENTS",
    "SimulationParams",
    "Town",
    "TownFiles",
    "WideTown",
    "made_paving_town",
    "make_town",
    "training_frames",
    "wide_town",
    "write_drives",
    "write_network",
    "write_town",
    "write_track",
    "write_truth",
]
