"""From pixels to places: camera model, smoothed track, poses, and footprints on the road."""

from gatusyn.locate.calibrate import CALIBRATION_VERSION, calibrate, kept
from gatusyn.locate.camera import Camera
from gatusyn.locate.footprints import FrameGround, Ground
from gatusyn.locate.look import LookMeasures, measure_look
from gatusyn.locate.mount import lens_remarks, mount_remarks, values_text
from gatusyn.locate.poses import PoseFinder
from gatusyn.locate.seen import road_in_picture
from gatusyn.locate.smoothing import smooth_track

__all__ = [
    "CALIBRATION_VERSION",
    "Camera",
    "FrameGround",
    "Ground",
    "LookMeasures",
    "PoseFinder",
    "calibrate",
    "kept",
    "lens_remarks",
    "measure_look",
    "mount_remarks",
    "road_in_picture",
    "smooth_track",
    "values_text",
]
