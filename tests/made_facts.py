"""Made observations and coverage for tests, on the street of ``made_network``."""

from __future__ import annotations

from shapely import Point, box
from tests.made_network import EAST, NORTH

from gatusyn.model import Coverage, Direction, Observation, PixelClass, Side


def look(frame_id: str, north: float, *, time_s: float = 0.0, half_m: float = 5.0) -> Coverage:
    """Return coverage of the street's whole width, ``half_m`` to either side of a place."""
    return Coverage(
        frame_id=frame_id,
        link_id="a:0-1",
        footprint=box(EAST - 4, NORTH + north - half_m, EAST + 4, NORTH + north + half_m),
        time_s=time_s,
    )


def seen(
    frame_id: str,
    north: float,
    *,
    east: float = 1.0,
    pixel_class: PixelClass = PixelClass.POTHOLE,
    side_m: float = 0.8,
    sigma_m: float = 1.0,
    time_s: float = 0.0,
    confidence: float = 0.8,
) -> Observation:
    """Return a square observation, centred ``north`` and ``east`` of the street's start."""
    half = side_m / 2
    x, y = EAST + east, NORTH + north
    footprint = box(x - half, y - half, x + half, y + half)
    assert footprint.contains(Point(x, y))
    return Observation(
        observation_id=f"{frame_id}/{pixel_class.value}/{north:g}/{east:g}",
        frame_id=frame_id,
        pixel_class=pixel_class,
        footprint=footprint,
        outline_px=(0.0, 0.0, 10.0, 0.0, 10.0, 10.0),
        confidence=confidence,
        sigma_along_m=sigma_m,
        sigma_across_m=sigma_m,
        link_id="a:0-1",
        element_id="a",
        section_id=f"a:0-1#{int(north // 20)}",
        offset_m=north,
        measure=north / 100,
        side=Side.RIGHT if east >= 0 else Side.LEFT,
        direction=Direction.WITH,
        length_m=side_m,
        area_m2=side_m**2,
        time_s=time_s,
    )
