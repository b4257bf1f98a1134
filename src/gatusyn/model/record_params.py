"""The settings of the rules that name and measure damage."""

from __future__ import annotations

from dataclasses import dataclass

from gatusyn.model.checks import require_between
from gatusyn.model.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordParams:
    """How damage is named, measured and given a severity (docs/guides/damage-records.md).

    Parameters
    ----------
    cell_m
        Side of the cells in which shapes are measured.
    transverse_from_deg
        A crack at this angle to the street or more is transverse.
    shortest_line_m
        A line of a crack that is shorter is a branch of another, and no crack of its own.
    crazing_width_m, crazing_length_m
        Cracked ground that holds an ellipse so wide across and so long along the street is crazing.
    linear_width_m
        Width of the surface that a single crack is taken to spoil.
    surface_loss_from_m2
        A hole at least this large is lost surface.
    line_gap_m
        Parts of a crack along one direction that are nearer than this are one crack.
    gap_m
        Parts of a hole, patch or crazed area that are nearer than this are one.
    branched_width_m, heavily_branched_width_m
        A crack in a band of this mean width has branches, severity 2, or many, severity 3.
    clear_net_confidence
        Crazing that the model is less sure of is faint, severity 1.
    medium_hole_m, large_hole_m
        Diameters from which a pothole is severity 2, and 3.
    wide_loss_m2
        Lost surface from this area is severity 3.
    cracked_patch_share
        A patch with cracks on this share of it is severity 2.
    """

    cell_m: float = 0.05
    transverse_from_deg: float = 45.0
    shortest_line_m: float = 1.0
    crazing_width_m: float = 0.65
    crazing_length_m: float = 0.8
    linear_width_m: float = 0.3
    surface_loss_from_m2: float = 1.0
    line_gap_m: float = 0.8
    gap_m: float = 0.3
    branched_width_m: float = 0.42
    heavily_branched_width_m: float = 0.55
    clear_net_confidence: float = 0.8
    medium_hole_m: float = 0.2
    large_hole_m: float = 0.45
    wide_loss_m2: float = 4.0
    cracked_patch_share: float = 0.1

    def __post_init__(self) -> None:
        limits = {
            "cell_m": (0.02, 0.5),
            "transverse_from_deg": (10.0, 80.0),
            "shortest_line_m": (0.1, 10.0),
            "crazing_width_m": (0.1, 5.0),
            "crazing_length_m": (0.1, 10.0),
            "linear_width_m": (0.01, 2.0),
            "surface_loss_from_m2": (0.05, 100.0),
            "line_gap_m": (0.0, 5.0),
            "gap_m": (0.0, 5.0),
            "branched_width_m": (0.0, 10.0),
            "heavily_branched_width_m": (0.0, 10.0),
            "clear_net_confidence": (0.0, 1.0),
            "medium_hole_m": (0.01, 5.0),
            "large_hole_m": (0.01, 5.0),
            "wide_loss_m2": (0.1, 1000.0),
            "cracked_patch_share": (0.0, 1.0),
        }
        for name, (low, high) in limits.items():
            require_between(f"records.{name}", getattr(self, name), low, high)
        for low_name, high_name in (
            ("branched_width_m", "heavily_branched_width_m"),
            ("medium_hole_m", "large_hole_m"),
            ("surface_loss_from_m2", "wide_loss_m2"),
        ):
            if getattr(self, low_name) > getattr(self, high_name):
                raise SettingsError(
                    f"records.{low_name}", f"is above records.{high_name}", "Lower it."
                )
