"""The privacy papers say the same in both languages, and name only what is there."""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import typer
from tests.test_docs import DOCS, names_in

from gatusyn.capture.ffmpeg_command import MOTION_HEIGHT_PX, MOTION_WIDTH_PX
from gatusyn.cli import build_app
from gatusyn.model import CitySettings
from gatusyn.pipeline.write_settings import settings_table
from gatusyn.store.media import MAX_WIDTH_PX
from gatusyn.store.sql_store import SqlStore

PAPERS = DOCS / "privacy"
README = PAPERS / "README.md"
LANGUAGES = ("sv", "en")
NAMES = sorted(path.name for path in (PAPERS / "sv").glob("*.md"))
ANNEX = "0-software.md"
PAGES = [README, DOCS / "privacy.md", *sorted(PAPERS.glob("*/*.md"))]

FIELD = re.compile(r"\[\[([^\]\n]*)\]\]")
CODE = re.compile(r"`([^`]+)`")
LINK = re.compile(r"(?<!\[)\[[^\[\]]+\]\(([^)]+)\)")
RISK = re.compile(r"(\d) x (\d) = (\d+)")
LABEL = re.compile(r"\bF\d\b")

OTHER_NAMES = {
    "gatusyn.toml",
    "media/",
    "uploads/",
    "sv/",
    "en/",
    "ffmpeg",
    "RawFrame",
    "PublicFrame",
}
OWN_PATH = re.compile(r"(media|pictures)/[A-ZÖ/]+(\.jpg)?")


def text_of(path: Path) -> str:
    """Return a page's text."""
    return path.read_text("utf-8")


def page_id(path: Path) -> str:
    return path.relative_to(DOCS).as_posix()


@cache
def commands() -> dict[str, set[str]]:
    """Return every command as it is typed, with its options."""

    def walk(command: object, before: str) -> Iterator[tuple[str, set[str]]]:
        inner = getattr(command, "commands", None)
        if inner is not None:
            for name, one in inner.items():
                yield from walk(one, f"{before} {name}")
        else:
            params = getattr(command, "params", [])
            yield before, {option for param in params for option in param.opts}

    return dict(walk(typer.main.get_command(build_app()), "gatusyn"))


@cache
def defaults() -> dict[str, str]:
    """Return every setting with its default as the page of settings writes it."""
    rows = re.findall(r"^\| `([^`]+)` \| ([^|]*) \|", settings_table(CitySettings()), re.MULTILINE)
    return {name: value.strip() for name, value in rows}


@cache
def tables() -> set[str]:
    """Return the store's tables."""
    folder = Path(inspect.getfile(SqlStore)).parent / "migrations"
    sql = "".join(path.read_text("utf-8") for path in folder.glob("*.sql"))
    return set(re.findall(r"CREATE TABLE (\w+)", sql))


def unknown_name(code: str) -> str | None:
    """Return what is not there in a piece of code, None if all of it is."""
    if FIELD.fullmatch(code) or code in OTHER_NAMES | tables() or OWN_PATH.fullmatch(code):
        return None
    if code.startswith("gatusyn "):
        known = commands()
        name = max((one for one in known if f"{code} ".startswith(f"{one} ")), key=len, default="")
        options = {word for word in code.split() if word.startswith("--")}
        return None if name and options <= known[name] else code
    if code.startswith("--"):
        return None if any(code in options for options in commands().values()) else code
    return None if code.partition(" = ")[0] in defaults() else code


def anchors(path: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^(?:> )?#+ (.+)$", text_of(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_both_languages_have_the_same_papers() -> None:
    assert len(NAMES) == 8
    assert sorted(path.name for path in (PAPERS / "en").iterdir()) == NAMES
    assert sorted(path.name for path in (PAPERS / "sv").iterdir()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_have_the_same_fields(name: str) -> None:
    swedish, english = (Counter(FIELD.findall(text_of(PAPERS / one / name))) for one in LANGUAGES)
    assert swedish == english


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_have_the_same_shape(name: str) -> None:
    def shape(language: str) -> list[str]:
        kinds = re.findall(
            r"^(?:> )?(#+ |\| |- \[ \] |\d+\. )", text_of(PAPERS / language / name), re.MULTILINE
        )
        return [re.sub(r"\d+", "1", kind) for kind in kinds]

    assert shape("sv") == shape("en")


@pytest.mark.parametrize("path", PAGES, ids=page_id)
def test_fields_are_marked_in_one_way(path: Path) -> None:
    text = text_of(path)
    assert all(re.fullmatch(r"[a-zåäö]+(_[a-zåäö]+)*", field) for field in FIELD.findall(text))
    rest = FIELD.sub("", text)
    assert "[[" not in rest
    assert "]]" not in rest


def test_every_field_is_explained() -> None:
    explained = re.findall(r"^\| `\[\[([^\]]+)\]\]` \|", text_of(README), re.MULTILINE)
    used = {
        field
        for language in LANGUAGES
        for name in NAMES
        for field in FIELD.findall(text_of(PAPERS / language / name))
    }
    assert len(explained) == len(set(explained))
    assert set(explained) == used


@pytest.mark.parametrize("path", PAGES, ids=page_id)
def test_links_work(path: Path) -> None:
    for link in LINK.findall(text_of(path)):
        if link.startswith("https://"):
            continue
        target, _, anchor = link.partition("#")
        aim = (path.parent / target).resolve() if target else path
        assert aim.exists(), link
        assert not anchor or anchor in anchors(aim), link


@pytest.mark.parametrize("path", PAGES, ids=page_id)
def test_settings_and_commands_exist(path: Path) -> None:
    found = {code for code in map(unknown_name, CODE.findall(text_of(path))) if code}
    assert not found, "the papers name only what is there"


@pytest.mark.parametrize("path", PAGES, ids=page_id)
def test_no_paper_waits_for_a_feature(path: Path) -> None:
    assert not LABEL.findall(text_of(path)), (
        "what is not there is named in the annex, without label"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_setting_of_retention_is_in_the_annex_and_the_plan(language: str) -> None:
    settings = {name for name in defaults() if name.startswith("retention.")}
    assert len(settings) == 4
    for name in (ANNEX, "7-retention.md"):
        assert settings <= set(CODE.findall(text_of(PAPERS / language / name))), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_annex_has_the_defaults(language: str) -> None:
    text = text_of(PAPERS / language / ANNEX)
    rows = re.findall(r"^\| `([a-z_.]+)` \| ([^|]+) \|", text, re.MULTILINE)
    assert len(rows) == 8
    for name, told in rows:
        value = told.strip().removesuffix(" m").replace(",", ".")
        value = {"på": "True", "on": "True"}.get(value, value)
        default = defaults()[name]
        assert value == default if value == "True" else float(value) == float(default), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_annex_has_the_figures_of_the_code(language: str) -> None:
    text = " ".join(text_of(PAPERS / language / ANNEX).split())
    assert f" {MAX_WIDTH_PX} " in text
    assert f"{MOTION_WIDTH_PX} x {MOTION_HEIGHT_PX} " in text
    shown = inspect.signature(SqlStore.pictures).parameters["limit"].default
    assert f" {shown} " in text_of(PAPERS / language / "6-requests-and-incidents.md")


def test_risks_are_products_and_the_same_in_both_languages() -> None:
    swedish, english = (
        RISK.findall(text_of(PAPERS / one / "2-impact-assessment.md")) for one in LANGUAGES
    )
    assert len(swedish) == 28
    assert swedish == english
    assert all(int(left) * int(right) == int(product) for left, right, product in swedish)


@pytest.mark.parametrize(
    ("language", "words"),
    [("sv", "ataskyddsombudet"), ("en", "ata protection officer")],
)
@pytest.mark.parametrize("name", NAMES)
def test_every_paper_asks_for_review(name: str, language: str, words: str) -> None:
    head = " ".join(text_of(PAPERS / language / name).split("\n## ")[0].split())
    assert words in head
    assert re.search("granska" if language == "sv" else "review", head)


@pytest.mark.parametrize("path", PAGES, ids=page_id)
def test_lines_are_not_too_long(path: Path) -> None:
    long = [line for line in text_of(path).splitlines() if len(line) > 120 and line[0] != "|"]
    assert not long


def test_the_commands_are_the_documented_ones() -> None:
    assert {f"gatusyn {name}" for name in names_in(build_app())} == set(commands())
