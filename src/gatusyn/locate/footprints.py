"""From regions of a picture to footprints on the street, with link, measure and section."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely import MultiPolygon, Point, Polygon, STRtree, box, make_valid, transform
from shapely.geometry.base import BaseGeometry

from gatusyn.geo import bearing_at, longest_extent_m, polygons_of, side_of_line, unit_vector
from gatusyn.locate.camera import Camera
from gatusyn.locate.look import UNMEASURED, LookMeasures
from gatusyn.locate.own_side import own_side
from gatusyn.locate.uncertainty import place_covariance, sigmas_towards
from gatusyn.model import (
    Coverage,
    Detection,
    Link,
    LocateParams,
    Network,
    Observation,
    Pose,
    Side,
)

Floats = NDArray[np.float64]

_SMALLEST_M2 = 0.005
_NEARBY_M = 15.0
_OWN_LINK_BONUS_M = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameGround:
    """The part of the road that one camera looks at, in the picture and on the ground.

    Parameters
    ----------
    camera
        The camera model at the frames' size.
    window_px
        The looked-at part, x and y in pixels, within the picture.
    """

    camera: Camera
    window_px: Polygon

    @classmethod
    def of(cls, camera: Camera, params: LocateParams) -> FrameGround:
        """Work out the looked-at part that lies within the picture; it may be empty."""
        corners = np.array(
            [
                (params.near_m, -params.lateral_m),
                (params.far_m, -params.lateral_m),
                (params.far_m, params.lateral_m),
                (params.near_m, params.lateral_m),
            ]
        )
        pixels = camera.to_pixels(corners)
        if not np.isfinite(pixels).all():
            return cls(camera=camera, window_px=Polygon())
        frame = box(-0.5, -0.5, camera.width_px - 0.5, camera.height_px - 0.5)
        seen = Polygon(pixels).intersection(frame)
        return cls(camera=camera, window_px=seen if isinstance(seen, Polygon) else Polygon())

    def to_map(self, outline_px: Polygon, pose: Pose) -> BaseGeometry:
        """Return a polygon of the picture as easting, northing on the road, metres."""
        east, north = unit_vector(pose.bearing_deg)
        forward = self.camera.params.forward_of_antenna_m

        def place(pixels: Floats) -> Floats:
            ground = self.camera.to_ground(pixels)
            ahead, aside = ground[:, 0] + forward, ground[:, 1]
            return np.column_stack(
                (
                    pose.easting_m + ahead * east + aside * north,
                    pose.northing_m + ahead * north - aside * east,
                )
            )

        return transform(outline_px, place)

    def to_road(self, outline_px: Polygon) -> BaseGeometry:
        """Return a polygon of the picture on the road: metres right of the lens (x), ahead (y)."""
        return transform(outline_px, lambda pixels: self.camera.to_ground(pixels)[:, ::-1])

    def to_picture(self, shape: BaseGeometry) -> BaseGeometry:
        """Return what ``to_road`` has placed in pixels of the picture."""
        return transform(shape, lambda road: self.camera.to_pixels(road[:, ::-1]))

    def part_of(self, road_px: MultiPolygon) -> Polygon:
        """Return the largest connected part of the looked-at part that shows road; may be empty."""
        parts = polygons_of(self.window_px.intersection(road_px))
        return max(parts, key=lambda part: part.area, default=Polygon())

    def share_of(
        self, layer: NDArray[np.float32], *, step_px: tuple[float, float] = (1.0, 1.0)
    ) -> float:
        """Return the mean of a layer over the looked-at part's own rows, 0..1.

        The mean is taken over a grid of pixels: a hundred are enough to tell a road from a yard.

        Parameters
        ----------
        layer
            [rows, columns], as a ``DamageMap`` has it.
        step_px
            Width and height of its cells in pixels of the frame.
        """
        left, top, right, bottom = self.window_px.bounds
        width_px, height_px = step_px
        columns, rows = np.meshgrid(
            (np.linspace(left, right, 16) / width_px).astype(int).clip(0, layer.shape[1] - 1),
            (np.linspace(top, bottom, 12) / height_px).astype(int).clip(0, layer.shape[0] - 1),
        )
        return float(layer[rows, columns].mean())


class Ground:
    """Places footprints on a network.

    Parameters
    ----------
    params
        Says how far outside the carriageway damage is still the street's.
    """

    def __init__(self, network: Network, params: LocateParams) -> None:
        self._network = network
        self._params = params
        self._links = network.links
        self._tree = STRtree([link.line for link in network.links])

    def coverage(
        self,
        frame_id: str,
        view: FrameGround,
        pose: Pose,
        *,
        seen_px: Polygon | None = None,
        measures: LookMeasures = UNMEASURED,
    ) -> Coverage | None:
        """Return the road that a frame looked at: of two lanes the vehicle's own side only.

        None if the picture shows no road on that side.

        Parameters
        ----------
        seen_px
            The part of the window that shows road, not empty; None takes the whole window.
        measures
            Of that part, from ``measure_look``.
        """
        part = view.window_px if seen_px is None else seen_px
        shown = view.to_map(part, pose)
        assert isinstance(shown, Polygon)
        footprint = self._on_own_side(shown, pose)
        if footprint is None:
            return None
        east, north = unit_vector(pose.bearing_deg)
        forward = view.camera.params.forward_of_antenna_m
        lens = Point(pose.easting_m + forward * east, pose.northing_m + forward * north)
        return Coverage(
            frame_id=frame_id,
            link_id=pose.link_id,
            footprint=footprint,
            time_s=pose.time_s,
            shown=None if footprint is shown else shown,
            sharpness=measures.sharpness,
            light=measures.light,
            distance_m=float(lens.distance(footprint.centroid)),
        )

    def _on_own_side(self, shown: Polygon, pose: Pose) -> Polygon | None:
        """Return the largest connected part of the ground shown on the vehicle's own side."""
        link = self._network.link_by_id[pose.link_id]
        width_m = self._network.section_at(pose.link_id, pose.offset_m).width_m
        own = own_side(link, width_m, pose, self._params)
        if own is None or own.covers(shown):
            return shown
        parts = polygons_of(shown.intersection(own))
        return max(parts, key=lambda part: part.area, default=None)

    def observations(
        self,
        frame_id: str,
        detections: tuple[Detection, ...],
        view: FrameGround,
        pose: Pose,
        *,
        number: int,
    ) -> list[Observation]:
        """Return an observation for each part of a detection in the looked-at part of the road.

        What lies outside the carriageway, on the pavement or in a yard, is not the street's damage
        and is left out, where the network knows the carriageway's width. What lies beyond the
        vehicle's own side is told: a damage is there, though one that is not told says nothing.

        Within the window the picture maps to the plane by one projectivity, under which straight
        lines stay straight: so clipping in the picture and placing the corners is exact.

        Parameters
        ----------
        number
            The frame's among those of its run. Observations are named by it: a frame's own name
            tells when it was taken, and findings keep the names of their observations.
        """
        result: list[Observation] = []
        for detection in detections:
            for piece in polygons_of(make_valid(Polygon(detection.outline_px))):
                for part in polygons_of(piece.intersection(view.window_px)):
                    footprint = view.to_map(part, pose)
                    if isinstance(footprint, Polygon) and footprint.area >= _SMALLEST_M2:
                        name = f"{number:06d}/{len(result)}"
                        seen = self._observation(
                            name, frame_id, detection, part, footprint, view.camera, pose
                        )
                        result += [seen] if seen is not None else []
        return result

    def _observation(
        self,
        observation_id: str,
        frame_id: str,
        detection: Detection,
        outline_px: Polygon,
        footprint: Polygon,
        camera: Camera,
        pose: Pose,
    ) -> Observation | None:
        centre = footprint.representative_point()
        link = self._link_at(centre, pose)
        offset = float(link.line.project(centre))
        section = self._network.section_at(link.link_id, offset)
        outside = link.line.distance(centre) - section.width_m / 2.0
        if outside > self._params.beside_m and not section.width_is_assumed:
            return None
        sigma_along, sigma_across = self._sigmas(centre, link, offset, camera, pose)
        return Observation(
            observation_id=observation_id,
            frame_id=frame_id,
            pixel_class=detection.pixel_class,
            footprint=footprint,
            outline_px=tuple(
                round(float(value), 1) for xy in outline_px.exterior.coords[:-1] for value in xy
            ),
            confidence=detection.confidence,
            sigma_along_m=sigma_along,
            sigma_across_m=sigma_across,
            link_id=link.link_id,
            element_id=link.element_id,
            section_id=section.section_id,
            offset_m=offset,
            measure=link.measure_at(offset),
            side=Side.RIGHT if side_of_line(link.line, centre) >= 0 else Side.LEFT,
            direction=pose.direction,
            length_m=longest_extent_m(footprint),
            area_m2=footprint.area,
            time_s=pose.time_s,
        )

    def _sigmas(
        self, place: Point, link: Link, offset_m: float, camera: Camera, pose: Pose
    ) -> tuple[float, float]:
        """Return the standard deviations of a place along its link and across it, metres."""
        east, north = unit_vector(pose.bearing_deg)
        off_east, off_north = place.x - pose.easting_m, place.y - pose.northing_m
        covariance = place_covariance(
            off_east * east + off_north * north - camera.params.forward_of_antenna_m,
            off_east * north - off_north * east,
            camera,
            pose,
            self._params,
        )
        return sigmas_towards(covariance, bearing_at(link.line, offset_m) - pose.bearing_deg)

    def _link_at(self, centre: Point, pose: Pose) -> Link:
        """Return the link whose carriageway is nearest, of the vehicle's kind; its own if near."""
        own = self._network.link_by_id[pose.link_id]
        best, least = own, self._outside(own, centre) - _OWN_LINK_BONUS_M
        for index in self._tree.query(centre.buffer(_NEARBY_M)):
            link = self._links[index]
            if link.network_type is own.network_type and self._outside(link, centre) < least:
                best, least = link, self._outside(link, centre)
        return best

    def _outside(self, link: Link, place: Point) -> float:
        """Return metres from a link's carriageway; within it negative, least in its middle."""
        width_m = self._network.sections_by_link[link.link_id][0].width_m
        return float(link.line.distance(place)) - width_m / 2.0
