"""Every word of the pages, in every language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po, write_po
from tests.serve.conftest import Client
from update_words import extract

from gatusyn.serve.pages import LANGUAGES
from gatusyn.serve.pages.formats import Formats
from gatusyn.serve.pages.load_words import load_catalog
from gatusyn.serve.pages.routes_language import own_address

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|</?\w+[^>]*>")
TRANSLATED = sorted(set(LANGUAGES) - {"en"})


def forms(text: str | tuple[str, ...] | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def faults_of(message: Message, known: Message | None) -> list[str]:
    if known is None:
        return ["missing"]
    if known.fuzzy:
        return ["fuzzy"]
    wanted = [set(PLACEHOLDER.findall(text)) for text in forms(message.id)]
    found = []
    for text in forms(known.string or ""):
        if not text.strip():
            found.append("empty")
        elif set(PLACEHOLDER.findall(text)) not in wanted:
            found.append(f"other placeholders: {text}")
    return found


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_word_is_translated(language: str) -> None:
    catalog = load_catalog(language)
    source = [message for message in extract() if message.id]
    assert len(source) > 10, "nothing was extracted"
    faults = {
        str(message.id): found
        for message in source
        if (found := faults_of(message, catalog.get(message.id)))
    }
    assert not faults
    unused = {str(m.id) for m in catalog if m.id} - {str(m.id) for m in source}
    assert not unused, "run: make words"


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ('msgid "%(count)s rows"\nmsgstr "%(antal)s rader"\n', "other placeholders"),
        ('msgid "%(count)s rows"\nmsgstr ""\n', "empty"),
        ('#, fuzzy\nmsgid "%(count)s rows"\nmsgstr "%(count)s rader"\n', "fuzzy"),
        ('msgid "rows"\nmsgstr "rader"\n', "missing"),
    ],
)
def test_the_check_finds_what_it_is_for(tmp_path: Path, written: str, fault: str) -> None:
    path = tmp_path / "words.po"
    path.write_text(written, "utf-8")
    with path.open("rb") as file:
        catalog = read_po(file)
    message = Message("%(count)s rows")
    assert faults_of(message, catalog.get(message.id))[0].startswith(fault)
    with path.open("wb") as file:
        write_po(file, catalog)


@pytest.mark.parametrize(
    ("headers", "language"),
    [
        ({}, "sv"),
        ({"accept_language": "de, pt;q=0.7, en;q=0.9"}, "en"),
        ({"accept_language": "pt-BR,pt;q=0.9"}, "pt"),
        ({"accept_language": "fr"}, "sv"),
        ({"accept_language": "en", "cookie": "gatusyn_language=pt"}, "pt"),
        ({"accept_language": "en", "cookie": "gatusyn_language=xx"}, "en"),
        ({"accept_language": ";q=,,en;q=x,"}, "sv"),
    ],
)
def test_language_of_a_visitor(client: Client, headers: dict[str, str], language: str) -> None:
    assert f'<html lang="{language}"' in client.get("/", **headers).text


def test_choosing_a_language_keeps_it_and_goes_back(client: Client) -> None:
    answer = client.post_form("/language", {"language": "pt", "back": "/x?y=1&z=%C3%A5"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/x?y=1&z=%C3%A5"
    assert "gatusyn_language=pt" in answer.headers["set-cookie"]
    assert "set-cookie" not in client.post_form("/language", {"language": "xx"}).headers


@pytest.mark.parametrize(
    "back", ["https://evil.example", "//evil.example", "/\\evil.example", "/a\r\nb", "evil", ""]
)
def test_nobody_is_sent_elsewhere(back: str) -> None:
    assert own_address(back) == "/"


def test_forms_pass_from_our_own_page_only(client: Client) -> None:
    sent = {"language": "pt"}
    assert client.post_form("/language", sent, origin="https://evil.example").status_code == 403
    assert client.post_form("/language", sent, sec_fetch_site="cross-site").status_code == 403
    assert client.post_form("/api/v1/picture/hide", sent).status_code == 415
    assert client.post_form("/language", sent, content_type="text/plain").status_code == 415


@pytest.mark.parametrize(
    ("locale", "number", "km", "percent", "sek"),
    [
        ("sv_SE", "1\u00a0234,5", "12,3", "45\u00a0%", "1\u00a0234\u00a0568\u00a0kr"),
        ("en_GB", "1,234.5", "12.3", "45\u00a0%", "1,234,568\u00a0SEK"),
        ("pt_PT", "1\u00a0234,5", "12,3", "45\u00a0%", "1\u00a0234\u00a0568\u00a0SEK"),
    ],
)
def test_values_are_written_as_the_language_does(
    locale: str, number: str, km: str, percent: str, sek: str
) -> None:
    own = Formats.of(locale)
    assert own.number(1234.5, 1) == number
    assert own.km(12.34) == km
    assert own.percent(0.449) == percent
    assert own.sek(1_234_567.6) == sek
    assert own.number(-0.2) == "0"
    assert own.number(None) == own.date(None) == own.moment(None) == "–"


def test_a_fault_is_a_page_to_who_looks_at_pages(client: Client) -> None:
    answer = client.get("/nothing<b>", accept="text/html,*/*", accept_language="en")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "This is not here" in answer.text
    assert "<b>" not in answer.text
    assert client.get("/nothing").headers["content-type"] == "application/problem+json"
    api = client.get("/api/v1/section?section_id=x", accept="text/html")
    assert api.headers["content-type"] == "application/problem+json"
