"""What is wrong with a form is told in the reader's language, nothing by the framework."""

from __future__ import annotations

import html
import pickle
import re
from collections.abc import Iterator

import pytest
from tests.serve.gated import PASSWORD, Browser, Gated, make_gate
from tests.serve.test_serve_causes import reader_of

from gatusyn.model import AccountError, FormCause, FormFault, ProgrammeError
from gatusyn.serve.errors import QueryError
from gatusyn.serve.pages.form_words import FORM_FAULTS, told_error, told_form
from gatusyn.serve.pages.languages import LOCALES

HOSTILE = "<script>x</script>'; DROP TABLE account; -- Å🚧"
LONG = "å" * 1_500
FRAMEWORK = re.compile(
    r"Field required|[Ii]nput should|[Ss]tring should|[Vv]alue error|validation|unable to parse"
)
FIGURES: dict[str, int | float | str] = {
    "limit": 64,
    "name": "anna",
    "least": 12,
    "most": 200,
    "minutes": 15,
    "street": "Ågatan",
    "year": "2027",
    "cost_sek": 1_234_567.0,
    "budget_sek": 400_000.0,
}


@pytest.fixture(scope="module")
def gated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gated]:
    made = make_gate(tmp_path_factory.mktemp("gated"), has_folders=True)
    yield made
    made.close()


@pytest.fixture(scope="module")
def boss(gated: Gated) -> Browser:
    return gated.browser("administrator")


def sent(
    browser: Browser, path: str, fields: dict[str, str], language: str = "sv"
) -> tuple[int, str]:
    answer = browser.form(
        path,
        {"csrf_token": browser.csrf("/account" if browser.session else "/login")} | fields,
        accept="text/html",
        accept_language=language,
    )
    return answer.status_code, html.unescape(answer.text)


@pytest.mark.parametrize("language", sorted(LOCALES))
@pytest.mark.parametrize("fault", FormFault)
def test_every_fault_is_told_with_its_figures(fault: FormFault, language: str) -> None:
    text = told_form(FormCause(fault=fault, figures=FIGURES), reader_of(language))
    assert "%" not in text
    for name in re.findall(r"%\((\w+)\)s", FORM_FAULTS[fault]):
        value = FIGURES[name]
        shown = reader_of(language).formats.sek(float(value)) if name.endswith("_sek") else value
        assert str(shown) in text


def test_a_field_s_fault_names_the_field() -> None:
    error = QueryError("cost", "is no sum", form=FormFault.NO_SUM)
    assert told_error(error, reader_of("sv")).startswith("Kostnad: är inget belopp")
    plain = ProgrammeError("locks.csv", "is odd", "Mend it.")
    assert told_error(plain, reader_of("sv")) == "locks.csv is odd. Mend it."


def test_a_fault_keeps_its_form_from_one_process_to_another() -> None:
    error = AccountError("a", "b", form=FormFault.ACCOUNT_TAKEN, figures={"name": "x"})
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), copy.form) == (str(error), error.form)


@pytest.mark.parametrize(
    ("path", "fields", "status", "words"),
    [
        ("/account/password", {"old": "fel", "new": PASSWORD + "2"}, 422, "nuvarande lösenordet"),
        ("/account/password", {"old": PASSWORD, "new": "kort"}, 422, "12 till 200 tecken"),
        ("/account/password", {"old": PASSWORD, "new": "a" * 20}, 422, "ett mönster"),
        ("/account/password", {"old": "x" * 1001}, 422, "är längre än 1\u00a0000 tecken"),
        ("/tokens", {"label": "", "days": "30"}, 422, "Skriv vad nyckeln är till"),
        ("/tokens", {"label": HOSTILE, "days": "många", "scopes": "see-town"}, 422, "heltal"),
        ("/tokens", {"label": "x", "days": "-1"}, 422, "Gäller i: måste vara minst 0."),
        ("/tokens", {"label": "x", "days": "30", "scopes": HOSTILE}, 422, "finns inte"),
        ("/tokens", {"label": LONG, "days": "30"}, 422, "What for"),
        ("/tokens/revoke", {"number": "999"}, 404, "finns inte längre"),
        ("/users/new", {"name": HOSTILE, "role": "viewer"}, 422, "Användarnamnet kan inte"),
        ("/users/new", {"name": "", "role": "viewer"}, 422, "Namn: saknas."),
        ("/users/new", {"name": "ny", "role": "kung"}, 422, "Roll: finns inte."),
        ("/users/new", {"name": "viewer", "role": "viewer"}, 409, "redan ett konto viewer"),
        ("/users/new", {"name": "ny", "role": "contractor"}, 422, "En entreprenör ser"),
        ("/users/new", {"name": LONG, "role": "viewer"}, 422, "är längre än 64 tecken"),
        ("/programme/save", {"budget": "mycket", "years": "3", "name": "a"}, 422, "inget tal"),
        ("/programme/save", {"budget": "1", "years": "99", "name": "a"}, 422, "får vara högst 20"),
        ("/programme/save", {"budget": "1", "years": "3", "name": "  "}, 400, "saknar namn"),
        ("/settings", {"cost:overlay": HOSTILE}, 400, "Formuläret är för gammalt"),
    ],
)
def test_bad_input_is_told_in_swedish(
    boss: Browser, path: str, fields: dict[str, str], status: int, words: str
) -> None:
    words = "Vad den ska användas till: är längre än 200 tecken" if words == "What for" else words
    code, text = sent(boss, path, fields)
    assert code == status
    assert words in text
    assert FRAMEWORK.search(text) is None
    assert "på engelska" not in text
    assert HOSTILE not in text or "&lt;script" not in text


@pytest.mark.parametrize(
    "address", ["/drives?page=0", "/findings?size=x", "/sections?grade=9", "/audit?since=igår"]
)
@pytest.mark.parametrize("language", ["sv", "pt"])
def test_a_strange_address_is_told_in_the_reader_s_language(
    boss: Browser, address: str, language: str
) -> None:
    answer = boss.get(address, accept="text/html", accept_language=language)
    assert answer.status_code in (400, 422)
    assert FRAMEWORK.search(answer.text) is None
    assert 'lang="en"' not in answer.text.replace('lang="en" title', "")


def test_a_form_that_is_not_taken_is_a_page_too(gated: Gated, boss: Browser) -> None:
    code, text = sent(boss, "/tokens", {"label": "å" * 20_000, "days": "30"})
    assert (code, "Det är mer text än 16\u00a0384 byte." in text) == (413, True)
    code, text = sent(boss, "/tokens", {"label": "x", "days": "30", "csrf_token": "old"}, "pt")
    assert (code, "a sua sessão terminou entretanto" in text) == (403, True)
    code, text = sent(Browser(gated.app), "/login", {"csrf_token": "old"}, "sv")
    assert (code, "Formuläret är för gammalt" in text) == (403, True)


def test_what_is_typed_is_never_html_again(boss: Browser) -> None:
    answer = boss.form(
        "/tokens", {"csrf_token": boss.csrf("/account"), "label": HOSTILE, "days": "30"}
    )
    assert html.escape(HOSTILE, quote=False)[:20] in answer.text
    assert "<script>x" not in answer.text
