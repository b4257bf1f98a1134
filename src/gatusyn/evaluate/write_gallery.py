"""Writes a page of the worst errors: pictures with faces and plates hidden, and their figures."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path

from PIL import Image as Pictures

from gatusyn.capture import RawFrame
from gatusyn.evaluate.evaluation import Evaluation
from gatusyn.evaluate.gallery import Error, outlined, worst_errors
from gatusyn.evaluate.read_frames import pixels_of
from gatusyn.evaluate.write_report import write_text
from gatusyn.model import GatusynError, Image, PrivacyParams
from gatusyn.privacy import Redactor, load_redactor

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Worst errors",
        "legend": "Blue: marked as damaged. Orange: called.",
        "missed": "missed",
        "false": "called where nothing is marked",
        "crack": "Cracks",
        "pothole": "Potholes",
        "patch": "Patches",
        "caption": "{name}: {hit} cells right, {lost} missed, {false} false",
        "none": "None.",
    },
    "sv": {
        "title": "Värsta felen",
        "legend": "Blått: utmärkt som skadat. Orange: anropat av modellen.",
        "missed": "missade",
        "false": "utpekade där inget är utmärkt",
        "crack": "Sprickor",
        "pothole": "Potthål",
        "patch": "Lagningar",
        "caption": "{name}: {hit} rutor rätt, {lost} missade, {false} falska",
        "none": "Inga.",
    },
}
_STYLE = (
    "body{font:16px/1.4 sans-serif;margin:1.5rem;max-width:80rem}"
    "section{display:grid;grid-template-columns:repeat(auto-fill,minmax(24rem,1fr));gap:1rem}"
    "figure{margin:0}img{width:100%;height:auto}"
)


def write_gallery(done: Evaluation, folder: Path, *, language: str, each: int = 6) -> Path:
    """Write ``index.html`` and its pictures; return the page's path.

    Raises
    ------
    GatusynError
        If the folder cannot be written to, or a photo is no longer there.
    """
    words = _WORDS[language]
    redactor = load_redactor(PrivacyParams(), horizon_share=0.0)
    blocks = []
    for damage, threshold in done.thresholds.items():
        errors = worst_errors(
            done.reading.accepted, damage, threshold, complete=done.question.complete, each=each
        )
        for sort, own in zip(("missed", "false"), errors, strict=True):
            figures = []
            for number, error in enumerate(own, start=1):
                name = f"{damage}-{sort}-{number}.jpg"
                _save(_picture(error, redactor), folder / name)
                figures.append(_figure(name, error, words))
            heading = f"{words[damage]}: {words[sort]}"
            inside = "\n".join(figures) or f"<p>{words['none']}</p>"
            blocks.append(f"<h2>{escape(heading)}</h2>\n<section>\n{inside}\n</section>")
    page = folder / "index.html"
    write_text(page, _page(language, words, done.what, blocks))
    return page


def _page(language: str, words: Mapping[str, str], what: str, blocks: list[str]) -> str:
    return (
        f'<!doctype html>\n<html lang="{language}">\n<meta charset="utf-8">\n'
        f"<title>{words['title']}</title>\n<style>{_STYLE}</style>\n"
        f"<h1>{words['title']}</h1>\n<p>{escape(what)}. {words['legend']}</p>\n"
        + "\n".join(blocks)
        + "\n</html>\n"
    )


def _figure(picture: str, error: Error, words: Mapping[str, str]) -> str:
    caption = words["caption"].format(
        name=error.frame.cells.name, hit=error.hit, lost=error.lost, false=error.false
    )
    return (
        f'<figure><a href="{picture}"><img src="{picture}" alt="{escape(caption, quote=True)}">'
        f"</a><figcaption>{escape(caption)}</figcaption></figure>"
    )


def _picture(error: Error, redactor: Redactor) -> Image:
    """Return the frame's picture with outlines; faces and plates are hidden first."""
    raw = RawFrame(frame_id=error.frame.cells.name, time_s=0.0, image=pixels_of(error.frame.photo))
    return outlined(redactor.redact(raw).image, error)


def _save(image: Image, path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        Pictures.fromarray(image).save(path, quality=88)
    except OSError as error:
        raise GatusynError(path, f"cannot be written ({error.strerror or error})") from error
