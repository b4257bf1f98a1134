"""A programme's documents open again, add up, and say what they must in three languages."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path
from string import Formatter

import openpyxl
import pyogrio
import pypdfium2
import pytest
from tests.made_paving import made_network
from tests.made_programme import made_programme

from gatusyn.model import (
    OWN_SOURCE,
    DebtGroup,
    DebtPart,
    EconomyParams,
    Remark,
    ScenarioKind,
    StreetPlace,
    TownProgramme,
    default_treatments,
)
from gatusyn.pipeline.town_stock import price_lines
from gatusyn.report import (
    Language,
    Words,
    basis_lines,
    programme_pdf,
    programme_xlsx,
    summary_lines,
)
from gatusyn.report.load_fonts import printable
from gatusyn.report.programme_map import year_classes
from gatusyn.report.programme_texts import TEXTS
from gatusyn.store import write_programme_gpkg

ALL = frozenset(one.section_id for one in made_network().sections)


@pytest.fixture
def programme() -> TownProgramme:
    return made_programme()


def pdf_text(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    try:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


def test_every_language_has_the_same_texts_with_the_same_values() -> None:
    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    for language in ("en", "pt"):
        assert TEXTS[language].keys() == TEXTS["sv"].keys()
        for key, text in TEXTS[language].items():
            assert fields(text) == fields(TEXTS["sv"][key]), (language, key)


@pytest.mark.parametrize("language", list(Language))
def test_the_sheets_add_up_to_the_ore(programme: TownProgramme, language: Language) -> None:
    words = Words(language)
    book = openpyxl.load_workbook(io.BytesIO(programme_xlsx(programme, words)))
    for title, head in (("by street", "cost"), ("by section", "cost"), ("by year", "spent")):
        sheet = book[words(title)]
        rows = list(sheet.values)
        column = rows[0].index(words(head))
        values = [round(float(str(row[column])) * 100) for row in rows[1:]]
        assert sum(values[:-1]) == values[-1] == programme.ore, title
        assert sheet.freeze_panes == "A2"
        assert sheet.cell(2, column + 1).number_format == "#,##0.00"


def test_no_cell_is_a_formula(programme: TownProgramme) -> None:
    book = openpyxl.load_workbook(io.BytesIO(programme_xlsx(programme, Words(Language.SV))))
    cells = [cell for sheet in book for row in sheet for cell in row if cell.value is not None]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert "=SUM(A1:A9)" in {cell.value for cell in cells}, "the name itself stays"


def test_a_map_link_is_in_every_row_or_in_none(programme: TownProgramme) -> None:
    words = Words(Language.SV)
    plain = openpyxl.load_workbook(io.BytesIO(programme_xlsx(programme, words)))
    linked = openpyxl.load_workbook(
        io.BytesIO(programme_xlsx(programme, words, map_link="https://x/?s={section}"))
    )
    for title in (words("by street"), words("by section")):
        assert words("map link") not in next(plain[title].values)
        column = next(linked[title].values).index(words("map link"))
        links = [row[column] for row in list(linked[title].values)[1:-1]]
        assert links
        assert all(
            str(link).startswith("https://x/?s=") and "/0" not in str(link) for link in links
        )


def test_the_pdf_says_what_a_council_must_know(programme: TownProgramme) -> None:
    content = programme_pdf(programme, made_network(), ALL, Words(Language.SV))
    text = re.sub(r"\s+", " ", pdf_text(content))
    for words in (
        "Beläggningsprogram 2027–2029",
        "Sammanfattning",
        "Ingen åtgärd",
        "Sämst först",
        "Åsgatan",
        "fräsning och toppning",
        "Vad siffrorna bygger på",
        "test index",
        "inte bedömd",
    ):
        assert words in text
    whole = f"{programme.ore / 100:,.2f}".replace(",", " ").replace(".", ",")
    assert "Summa" in text
    assert whole in text.replace("\u00a0", " "), "the table's sum is the programme's, to the öre"


def test_the_pdf_is_the_same_for_the_same_programme(programme: TownProgramme) -> None:
    network, words = made_network(), Words(Language.PT)
    first = programme_pdf(programme, network, ALL, words)
    assert first == programme_pdf(programme, network, ALL, words)


def test_odd_names_do_not_break_the_pdf(programme: TownProgramme) -> None:
    odd = replace(
        programme,
        town="<b>東 & sons</b>\x07",
        projects=tuple(replace(one, street="<i>ђ & €</i>") for one in programme.projects),
    )
    text = pdf_text(programme_pdf(odd, made_network(), ALL, Words(Language.SV)))
    assert "<b>? & sons</b>?" in text


def test_a_programme_of_nothing_has_its_documents(programme: TownProgramme) -> None:
    empty = replace(
        programme,
        projects=(),
        scenarios=(replace(programme.ours, cost_ore=(0, 0, 0)),),
        out=(),
        bound=None,
        gap=None,
        next_krona=(),
    )
    words = Words(Language.SV)
    assert "Antal åtgärder: 0" in pdf_text(
        programme_pdf(empty, made_network(), frozenset(), words)
    ).replace("\u00a0", " ")
    assert programme_xlsx(empty, words)


def test_the_geopackage_has_a_layer_a_year_with_its_style(
    programme: TownProgramme, tmp_path: Path
) -> None:
    path = tmp_path / "p.gpkg"
    words = {"treatment_name": "t", "from_place": "f", "to_place": "t", "reason": "r"}
    layers = write_programme_gpkg(path, programme, made_network(), lambda _: words)
    years = sorted({one.year for one in programme.projects})
    assert list(layers) == [str(year) for year in years]
    ore = 0
    for year in years:
        frame = pyogrio.read_dataframe(path, layer=str(year))
        assert frame.crs.to_epsg() == 3006
        assert set(frame.geom_type) == {"LineString"}
        assert "map_link" not in frame
        ore += sum(round(sek * 100) for sek in frame["cost_sek"])
    assert ore == programme.ore
    styles = pyogrio.read_dataframe(path, layer="layer_styles", read_geometry=False)
    assert sorted(styles["f_table_name"]) == sorted(layers)


def test_words_of_places_and_money() -> None:
    swedish, english = Words(Language.SV), Words(Language.EN)
    assert swedish.place(StreetPlace(street="Åsgatan")) == "Åsgatan"
    assert swedish.place(StreetPlace(street="Åsgatan", away_m=41.6)) == "42 m från Åsgatan"
    assert swedish.place(StreetPlace(street=None, away_m=120.0)) == "120 m från gatans början"
    told = [english.money(sek).replace("\u00a0", " ") for sek in (0, 999, 12_345, 1.5e6, 25e6)]
    assert told == ["0 kr", "999 kr", "12 kSEK", "1.50 MSEK", "25.0 MSEK"]
    assert swedish.number(1234567.891, 2).replace("\u00a0", " ") == "1 234 567,89"
    assert swedish.number(-0.001, 1) == "0,0"


def test_what_sealing_saves_is_said(programme: TownProgramme) -> None:
    without = replace(
        programme.ours,
        kind=ScenarioKind.NO_SEALING,
        debt_sek=(*programme.ours.debt_sek[:-1], programme.ours.debt_sek[-1] + 2e6),
    )
    others = tuple(one for one in programme.scenarios if one.kind is not ScenarioKind.NO_SEALING)
    told = " ".join(
        summary_lines(replace(programme, scenarios=(*others, without)), Words(Language.SV))
    )
    assert "Att försegla i tid sparar 2,00\u00a0mkr" in told


def test_the_gap_is_told_by_what_is_aimed_at(programme: TownProgramme) -> None:
    for aim, told in (
        ("least-debt", "Inget program inom budgeten kan komma under 98\u00a0tkr"),
        ("least-cost", "Inget program som når målet kan kosta mindre än 98\u00a0tkr"),
        ("best-condition", "Det här programmet är högst 2,00\u00a0% från"),
    ):
        lines = summary_lines(replace(programme, aim=aim), Words(Language.SV))
        assert told in " ".join(lines)


def test_years_are_drawn_in_five_colours_at_most() -> None:
    for count in range(1, 21):
        years = tuple(range(2027, 2027 + count))
        classes = year_classes(years)
        assert len({one.colour for one in classes}) == len(classes) == min(count, 5)
        covered = [year for one in classes for year in range(one.first, one.last + 1)]
        assert covered == list(years)


def words_in(text: str) -> set[str]:
    return {word.casefold() for word in re.findall(r"[^\W\d_]{3,}", text)}


@pytest.mark.parametrize("language", [Language.SV, Language.PT])
def test_no_word_of_english_is_in_a_document_of_another_language(
    programme: TownProgramme, language: Language
) -> None:
    names = words_in("Provstad Source Gatusyn economy unpaved records linear width treatments")
    english = words_in(" ".join(TEXTS["en"].values())) - words_in(
        " ".join(TEXTS[language.value].values())
    )
    english |= {"and", "are", "the", "not", "with", "sections"}
    remarks = tuple(
        Remark(key=key, values={"sections": 2, "km": 0.1, "year": "2027", "sek": 5, "words": "x"})
        for key in ("unpaved", "estimated", "ungraded", "untriggered", "over budget", "said")
    )
    told = replace(
        programme,
        gap=0.5,
        prices=price_lines(EconomyParams()),
        scenarios=(replace(programme.ours, lacks=remarks), *programme.scenarios[1:]),
        basis=replace(programme.basis, remarks=remarks, index_name="Gatusyn deduct curves 1"),
        projects=tuple(replace(one, district="built-up") for one in programme.projects),
    )
    words = Words(language)
    pdf = pdf_text(programme_pdf(told, made_network(), ALL, words))
    book = openpyxl.load_workbook(io.BytesIO(programme_xlsx(told, words)))
    cells = " ".join(str(one.value) for sheet in book for row in sheet for one in row if one.value)
    titles = " ".join(book.sheetnames)
    for text in (pdf, cells, titles):
        assert (words_in(text) & english) - names == set()


def test_our_sources_are_in_the_lists_of_texts_as_the_settings_have_them() -> None:
    for name, one in default_treatments().items():
        assert TEXTS["en"][f"source {name}"] == one.cost_source
        assert TEXTS["sv"][f"treatment {name}"] == one.swedish
    assert TEXTS["en"]["source own"] == OWN_SOURCE


def test_a_source_that_the_town_wrote_stays_as_it_wrote_it(programme: TownProgramme) -> None:
    own = replace(programme.prices[0], source="ramavtal 2026, del 2")
    assert Words(Language.PT).source(own) == "ramavtal 2026, del 2"


@pytest.mark.parametrize(
    "name", ["Čohkkiras", "Łódź", "Geaŋŋel", "Ŧŋđž", "Αθήνα", "Ærøskøbing", "Þingvellir"]
)
def test_letters_of_all_of_europe_are_printed(programme: TownProgramme, name: str) -> None:
    named = replace(
        programme,
        town=name,
        projects=tuple(replace(one, street=name) for one in programme.projects),
    )
    text = pdf_text(programme_pdf(named, made_network(), ALL, Words(Language.SV)))
    assert text.count(name) >= 4, "in the head, at the foot and in the table"


def test_a_letter_without_a_picture_loses_its_marks_or_is_a_question_mark() -> None:
    assert printable("Suõʹnnjel ǩ") == "Suõʹnnjel k"
    assert printable("東\x07") == "??"
    assert printable("C\u030cohkkiras") == "Čohkkiras", "however its letters are put together"


def test_a_gap_is_put_in_words_and_a_wide_one_explained(programme: TownProgramme) -> None:
    words = Words(Language.SV)
    wide = " ".join(summary_lines(replace(programme, gap=0.53), words))
    assert "53\u00a0%" in wide
    assert "läggs i ett stycke" in wide
    narrow = " ".join(summary_lines(programme, words))
    assert "läggs i ett stycke" not in narrow
    assert words("gap what") in list(basis_lines(programme, words))


def test_the_debt_is_in_the_document_by_class_area_damage_and_street(
    programme: TownProgramme,
) -> None:
    parts = tuple(
        DebtPart(
            group=group,
            name=name,
            length_km=1.0,
            ore=100_000_00 + place,
            low_sek=50_000.0,
            high_sek=200_000.0,
            estimated_ore=None if group == "damage" else 0,
            whole_low_sek=50_000.0,
            whole_high_sek=200_000.0,
            per_km_sek=123_456.0,
            per_inhabitant_sek=78.0,
        )
        for place, (group, name) in enumerate(PARTS)
    )
    told = replace(programme, debt=parts)
    words = Words(Language.SV)
    text = pdf_text(programme_pdf(told, made_network(), ALL, words)).replace("\u00a0", " ")
    for said in ("hela kommunen", "(utan klass)", "krackelering", "Åsgatan", "123 456", "78"):
        assert said in text
    sheet = openpyxl.load_workbook(io.BytesIO(programme_xlsx(told, words)))[words("debt sheet")]
    rows = list(sheet.values)
    assert [row[1] for row in rows[1:]] == [words.debt_part(one) for one in parts]
    assert [row[3] for row in rows[1:]] == [one.ore / 100 for one in parts]


PARTS: tuple[tuple[DebtGroup, str], ...] = (
    ("whole", ""),
    ("class", ""),
    ("area", "built-up"),
    ("damage", "crazing"),
    ("street", "Åsgatan"),
)
