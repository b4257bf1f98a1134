"""From pixels to places: camera model, smoothed track, poses, and footprints on the road."""

from gatusyn.locate.camera import Camera
from gatusyn.locate.footprints import FrameGround, Ground
from gatusyn.locate.poses import PoseFinder
from gatusyn.locate.smoothing import smooth_track

__all__ = ["Camera", "FrameGround", "Ground", "PoseFinder", "smooth_track"]
