"""A folder of photos without places: what an engineer would record of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from shapely import MultiPolygon, Polygon, make_valid

from gatusyn.capture import read_photo
from gatusyn.detect import OnnxDetector, write_mask
from gatusyn.findings import records_of, with_neighbours
from gatusyn.geo import polygons_of
from gatusyn.locate import Camera, FrameGround
from gatusyn.model import (
    CitySettings,
    DamageMap,
    DamageRecord,
    FootageError,
    Rejected,
    RejectReason,
)
from gatusyn.pipeline.progress import Progress, SilentProgress

_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp"})
_MAX_SIDE_PX = 20_000
"""Masks are to have their photo's size, so that none is made smaller; huge ones are refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoFinding:
    """A damage in one photo.

    Parameters
    ----------
    record
        Its footprint in metres right of the lens (x) and ahead (y).
    confidence
        The model's, 0..1.
    ahead_m, aside_m
        Its middle: ahead of the lens, and to the right of it (left negative).
    outlines_px
        Where it is in the photo: for each part x0, y0, x1, y1, ...
    """

    record: DamageRecord
    confidence: float
    ahead_m: float
    aside_m: float
    outlines_px: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoResult:
    """What one photo shows, or why it says nothing of a road."""

    name: str
    findings: tuple[PhotoFinding, ...] = ()
    rejected: Rejected | None = None


def inspect_photos(
    folder: Path,
    *,
    detector: OnnxDetector,
    settings: CitySettings,
    masks: Path | None = None,
    progress: Progress | None = None,
) -> Iterator[PhotoResult]:
    """Yield what each photo of a folder shows, in the order of their names.

    Parameters
    ----------
    settings
        Camera, the part of the road that is looked at, and the rules of the records.
    masks
        A folder that gets ``STEM.png`` for every photo that can be read.

    Raises
    ------
    FootageError
        If the folder has no photo.
    """
    photos = _photos_in(folder)
    if masks is not None:
        masks.mkdir(parents=True, exist_ok=True)
    steps = progress or SilentProgress()
    for number, photo in enumerate(photos, start=1):
        image = read_photo(photo, max_side_px=_MAX_SIDE_PX)
        if isinstance(image, Rejected):
            yield PhotoResult(name=photo.name, rejected=image)
        else:
            damage = detector.detect(image)
            height, width = image.shape[:2]
            if masks is not None:
                write_mask(
                    masks / f"{photo.stem}.png",
                    damage,
                    detector.thresholds,
                    width_px=width,
                    height_px=height,
                )
            camera = Camera(params=settings.camera, width_px=width, height_px=height)
            yield _shown(photo.name, damage, FrameGround.of(camera, settings.locate), settings)
        steps.step("photos", number, len(photos))


def _photos_in(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise FootageError(folder, "is not a folder", "Name the folder that holds the photos.")
    photos = sorted(path for path in folder.iterdir() if path.suffix.lower() in _SUFFIXES)
    if not photos:
        raise FootageError(folder, "holds no photos", "Name the folder that holds the photos.")
    return photos


def _shown(name: str, damage: DamageMap, view: FrameGround, settings: CitySettings) -> PhotoResult:
    """Return what a photo shows in the looked-at part of the road."""
    refused = partial(Rejected, frame_id=name, reason=RejectReason.OFF_ROAD)
    if view.window_px.is_empty:
        detail = "this camera would not see the road ahead"
        return PhotoResult(name=name, rejected=refused(detail=detail))
    road = view.share_of(damage.road, step_px=damage.step_px)
    if road < settings.locate.min_road_share:
        return PhotoResult(name=name, rejected=refused(detail=f"{100 * road:.0f} % road ahead"))
    found: list[tuple[DamageRecord, float]] = []
    for detection in damage.detections:
        seen = make_valid(Polygon(detection.outline_px)).intersection(view.window_px)
        shape = MultiPolygon(
            [part for piece in polygons_of(seen) for part in polygons_of(view.to_road(piece))]
        )
        found += [
            (record, detection.confidence)
            for record in records_of(
                detection.pixel_class,
                shape,
                along_deg=0.0,
                confidence=detection.confidence,
                params=settings.records,
            )
            if record.length_m >= settings.findings.min_size_m
        ]
    severe = with_neighbours([record for record, _ in found], settings.records)
    listed = [
        _finding(record, confidence, view)
        for record, (_, confidence) in zip(severe, found, strict=True)
    ]
    return PhotoResult(
        name=name, findings=tuple(sorted(listed, key=lambda one: (one.ahead_m, one.aside_m)))
    )


def _finding(record: DamageRecord, confidence: float, view: FrameGround) -> PhotoFinding:
    centre = record.footprint.centroid
    return PhotoFinding(
        record=record,
        confidence=confidence,
        ahead_m=centre.y,
        aside_m=centre.x,
        outlines_px=tuple(
            tuple(round(value, 1) for xy in part.exterior.coords[:-1] for value in xy)
            for part in polygons_of(view.to_picture(record.footprint))
        ),
    )
