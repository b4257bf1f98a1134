"""Reads damage boxes in Pascal VOC XML, as RDD2022 has them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from gatusyn.evaluate.boxes import BOX_CLASSES, Box
from gatusyn.model import FootageError

_MAX_BYTES = 5_000_000
_MAX_DEPTH = 10
_SIDES = ("xmin", "ymin", "xmax", "ymax")


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxFile:
    """The boxes of one frame.

    Parameters
    ----------
    size_px
        Width and height that the file states; None if it states none.
    ignored
        Boxes of other classes (marks, joints, repairs): counted and not scored.
    """

    boxes: tuple[Box, ...]
    ignored: int
    size_px: tuple[int, int] | None


def read_boxes(path: Path) -> BoxFile:
    """Read the boxes of an XML file.

    Entities are refused, so that a small file cannot grow without end in memory, nor fetch
    another file.

    Raises
    ------
    FootageError
        If it cannot be read, is not well formed, defines entities or has a box without sides.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise FootageError(path, f"is larger than {_MAX_BYTES // 1_000_000} MB")
        content = path.read_bytes()
    except OSError as error:
        raise FootageError(path, f"cannot be read ({error.strerror})") from error
    reader = _Reader(path)
    reader.parse(content)
    if reader.root != "annotation":
        raise FootageError(path, f"is no Pascal VOC file: its root is <{reader.root}>")
    objects = [reader.box_of(one) for one in reader.objects]
    boxes = tuple(box for box in objects if box.name in BOX_CLASSES)
    return BoxFile(boxes=boxes, ignored=len(objects) - len(boxes), size_px=reader.size())


@dataclass(slots=True)
class _Reader:
    """Keeps the words of the elements that matter."""

    path: Path
    root: str = ""
    objects: list[dict[str, str]] = field(default_factory=list)
    stated: dict[str, str] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)
    _words: str = ""

    def parse(self, content: bytes) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.EntityDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        try:
            parser.Parse(content, True)  # noqa: FBT003 - expat's own way to say: this is all
        except expat.ExpatError as error:
            raise FootageError(self.path, f"is not well-formed XML ({error})") from error

    def size(self) -> tuple[int, int] | None:
        try:
            return int(self.stated["width"]), int(self.stated["height"])
        except (KeyError, ValueError):
            return None

    def box_of(self, words: dict[str, str]) -> Box:
        """Return an object's box."""
        try:
            x1, y1, x2, y2 = (float(words[side]) for side in _SIDES)
        except (KeyError, ValueError) as error:
            raise FootageError(
                self.path, f"has an object without all four sides ({error})"
            ) from error
        if not (0 <= x1 < x2 < 1e6 and 0 <= y1 < y2 < 1e6):
            raise FootageError(self.path, f"has a box of no size: {x1:g} {y1:g} {x2:g} {y2:g}")
        return Box(name=words.get("name", ""), x1=x1, y1=y1, x2=x2, y2=y2)

    def _refuse(self, name: str, *_: object) -> None:
        raise FootageError(self.path, f"defines the entity {name!r}: refused")

    def _start(self, name: str, _: dict[str, str]) -> None:
        self.root = self.root or name
        self._open.append(name)
        if len(self._open) > _MAX_DEPTH:
            raise FootageError(self.path, "is no Pascal VOC file: its elements nest too deeply")
        self._words = ""
        if self._open[1:] == ["object"]:
            self.objects.append({})

    def _text(self, words: str) -> None:
        if len(self._words) < 200:
            self._words += words

    def _end(self, name: str) -> None:
        within = self._open[1:-1]
        if within in (["object"], ["object", "bndbox"]) and name in {"name", *_SIDES}:
            self.objects[-1][name] = self._words.strip()
        if within == ["size"]:
            self.stated[name] = self._words.strip()
        self._open.pop()
        self._words = ""
