"""What a model file (TOML) says of a network: its picture, its answer, what its classes mean."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from gatusyn.detect.calibration import Calibration
from gatusyn.model import PixelClass

ROAD = "road"
NOTHING = "none"

Positive = Annotated[float, Field(gt=0.0)]
Pixels = Annotated[int, Field(ge=32, le=8192)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Triple = tuple[float, float, float]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class InputTable(_Table):
    """The picture that the network takes: (pixel / divide_by - mean) / std.

    Parameters
    ----------
    name
        The graph's input; not set where it has one only.
    layout
        Order of the axes: batch, channels, height, width, or channels last.
    width_px
        Frames are resized to this width.
    height_px
        And to this height, where the network's picture has one size; not set lets the height follow
        the frame.
    multiple_px
        Sides are padded to a multiple of it, where the height follows the frame.
    fit
        Into a fixed size: the frame's shape kept and the rest padded, or stretched.
    padding
        The border's value 0..255, or ``"edge"`` for the frame's own last pixels.
    """

    name: str | None = None
    layout: Literal["nchw", "nhwc"] = "nchw"
    colour: Literal["rgb", "bgr"] = "rgb"
    divide_by: Positive = 255.0
    mean: Triple = (0.0, 0.0, 0.0)
    std: tuple[Positive, Positive, Positive] = (1.0, 1.0, 1.0)
    width_px: Pixels
    height_px: Pixels | None = None
    multiple_px: Annotated[int, Field(ge=1, le=256)] = 32
    fit: Literal["letterbox", "stretch"] = "letterbox"
    padding: Literal["edge"] | Annotated[int, Field(ge=0, le=255)] = "edge"


class SegmentationTable(_Table):
    """A layer for each class, [1, classes, h, w], or the number of the class, [1, h, w].

    Parameters
    ----------
    values
        ``probability`` 0..1; ``logits`` of which each layer gets a sigmoid; ``softmax``: logits of
        which exactly one class holds; ``class_index``.
    """

    kind: Literal["segmentation"]
    name: str | None = None
    values: Literal["probability", "logits", "softmax", "class_index"] = "probability"


class BoxTable(_Table):
    """Boxes with a class each.

    Parameters
    ----------
    format
        ``yolo``: [1, 4 + classes, n] or its transpose: centre, size, and a score for each class.
        ``yolov5``: [1, n, 5 + classes], with an objectness that multiplies the scores.
        ``corners``: [1, n, 6], left, top, right, bottom, score, class: as after suppression.
        ``detr``: two outputs, [1, n, 4] centre and size and [1, n, classes] scores.
    name
        The graph's output; not set where it has one only. For ``detr`` that of the boxes.
    scores_name
        For ``detr`` the output of the scores.
    values
        The scores are ``probability`` 0..1, ``logits`` (sigmoid), or ``softmax`` logits whose last
        class, which is not listed, is "nothing".
    coordinates
        In ``pixels`` of the network's picture, or ``normalised``: shares of it. Not set takes the
        latter for ``detr``.
    iou
        Of two boxes of one class that share more than this, the fainter one goes.
    """

    kind: Literal["boxes"]
    format: Literal["yolo", "yolov5", "corners", "detr"]
    name: str | None = None
    scores_name: str | None = None
    values: Literal["probability", "logits", "softmax"] = "probability"
    coordinates: Literal["pixels", "normalised"] | None = None
    iou: Share = 0.5

    @property
    def in_pixels(self) -> bool:
        """Whether coordinates are pixels of the network's picture."""
        return (self.coordinates or ("normalised" if self.format == "detr" else "pixels")) == (
            "pixels"
        )

    @model_validator(mode="after")
    def _fits_its_format(self) -> Self:
        if (self.format == "detr") != (self.scores_name is not None):
            raise ValueError("scores_name is for format detr, which needs it beside name")
        if self.format == "detr" and self.name is None:
            raise ValueError("format detr needs name, the output that holds the boxes")
        if self.values == "softmax" and self.format != "detr":
            raise ValueError("values softmax is for format detr")
        return self


class RatesTable(_Table):
    """What was measured on roads that the network was not trained on: see ``Rates``."""

    precision: Share
    recall: Share


class Int8Table(_Table):
    """The same network in whole numbers of 8 bits, for processors that count so exactly."""

    weights: Annotated[str, Field(min_length=1)]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None


class ModelFile(_Table):
    """A network and how to read it.

    Parameters
    ----------
    card
        Where its model card is: a page or a file.
    weights
        The ONNX file, beside this one.
    sha256
        Of the weights; not set accepts any.
    classes
        The network's own names of its classes, in its order.
    mapping
        What each of them is here: ``crack``, ``pothole``, ``patch``, ``road`` or ``none``. One that
        is called so already need not be listed.
    thresholds
        Probability from which each of ours counts.
    spread_cells
        How far beyond the damage each of ours is marked, in cells of the network's answer: outlines
        are drawn in by as much. A network that answers in cells marks those around a thin crack.
    calibration
        What makes a probability of the network's output, for each of ours that it was measured for.
    rates
        Precision and recall of one look, for each of ours for which they were measured.
    int8
        The quicker variant, where there is one.
    """

    name: Annotated[str, Field(min_length=1)]
    version: Annotated[str, Field(min_length=1)]
    licence: Annotated[str, Field(min_length=1)]
    card: str = ""
    weights: Annotated[str, Field(min_length=1)]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None
    input: InputTable
    output: Annotated[SegmentationTable | BoxTable, Field(discriminator="kind")]
    classes: Annotated[list[str], Field(min_length=1)]
    mapping: dict[str, Literal["crack", "pothole", "patch", "road", "none"]] = {}
    thresholds: dict[Literal["crack", "pothole", "patch", "road"], Share]
    spread_cells: dict[PixelClass, Annotated[float, Field(ge=0.0, le=8.0)]] = {}
    calibration: dict[PixelClass, Calibration] = {}
    rates: dict[PixelClass, RatesTable] = {}
    int8: Int8Table | None = None

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        if len(set(self.classes)) != len(self.classes):
            raise ValueError("classes names one class twice")
        strange = [name for name in self.mapping if name not in self.classes]
        if strange:
            raise ValueError(f"mapping has {_listed(strange)}, which classes has not")
        known = {*PixelClass, ROAD}
        open_ = [name for name in self.classes if name not in self.mapping and name not in known]
        if open_:
            raise ValueError(
                f"mapping lacks {_listed(open_)}: say crack, pothole, patch, road or none"
            )
        if not self.finds:
            raise ValueError("no class is mapped to crack, pothole or patch")
        without = [name for name in self.finds if name not in self.thresholds]
        if without:
            raise ValueError(f"thresholds lacks {_listed(without)}")
        if self.output.kind == "boxes" and self.sees_road:
            raise ValueError("road cannot come as boxes: map that class to none")
        return self

    def at_size(self, *, width_px: int, height_px: int | None) -> Self:
        """Return the same network with a picture of another size.

        What was measured at its own width, calibration and rates, does not hold at another one.
        """
        table = self.input.model_copy(update={"width_px": width_px, "height_px": height_px})
        measured: dict[str, object] = {}
        if width_px != self.input.width_px:
            measured = {"calibration": {}, "rates": {}}
        return self.model_copy(update={"input": table, **measured})

    def as_int8(self) -> Self:
        """Return what the model file would say if its int8 variant were the only one.

        Raises
        ------
        ValueError
            If it has none.
        """
        if self.int8 is None:
            raise ValueError(f"{self.name} has no int8 variant")
        own = {"weights": self.int8.weights, "sha256": self.int8.sha256, "int8": None}
        return self.model_copy(update={**own, "version": f"{self.version}-int8"})

    @property
    def meanings(self) -> tuple[str, ...]:
        """What each class is here, in the network's order: ours, ``road`` or ``none``."""
        return tuple(self.mapping.get(name, name) for name in self.classes)

    @property
    def finds(self) -> tuple[PixelClass, ...]:
        """The classes of ours that it can find."""
        return tuple(one for one in PixelClass if one.value in self.meanings)

    @property
    def sees_road(self) -> bool:
        """Whether it tells the drivable road; else road is taken to be everywhere."""
        return ROAD in self.meanings


def _listed(names: list[str] | list[PixelClass]) -> str:
    return ", ".join(names)
