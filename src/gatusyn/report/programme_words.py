"""The words of a programme's documents, in Swedish, English and Portuguese."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from gatusyn.model import (
    OWN_SOURCE,
    DebtPart,
    PlannedProject,
    PriceLine,
    ProjectReason,
    ReasonKind,
    Remark,
    Scenario,
    ScenarioKind,
    StreetPlace,
    default_treatments,
)
from gatusyn.report.programme_texts import TEXTS


class Language(StrEnum):
    """The languages that documents are written in."""

    SV = "sv"
    EN = "en"
    PT = "pt"


class Words:
    """The words of one language; numbers are written as it writes them."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._texts: Mapping[str, str] = MappingProxyType(TEXTS[language.value])

    def __call__(self, key: str, **values: str) -> str:
        """Return a text with its values put in."""
        return self._texts[key].format(**values)

    def number(self, value: float, decimals: int = 0) -> str:
        """Return a number as the language writes it, with spaces between thousands."""
        text = f"{value:,.{decimals}f}".replace(",", "\u00a0")
        if text.strip("-0.\u00a0") == "":
            text = text.lstrip("-")
        return text if self.language is Language.EN else text.replace(".", ",")

    def percent(self, share: float, decimals: int = 0) -> str:
        """Return a share as per cent."""
        return f"{self.number(100.0 * share, decimals)}\u00a0%"

    def kronor(self, sek: float) -> str:
        """Return whole kronor."""
        return f"{self.number(sek)}\u00a0kr"

    def money(self, sek: float) -> str:
        """Return kronor as people say them: whole, in thousands, or in millions."""
        if abs(sek) >= 999_500.0:
            decimals = 1 if abs(sek) >= 9_995_000.0 else 2
            return f"{self.number(sek / 1e6, decimals)}\u00a0{self('million')}"
        if abs(sek) >= 9_995.0:
            return f"{self.number(sek / 1e3)}\u00a0{self('thousand')}"
        return self.kronor(sek)

    def length(self, metres: float) -> str:
        """Return metres, or kilometres from one on."""
        if metres >= 1000.0:
            return f"{self.number(metres / 1000.0, 1)}\u00a0km"
        return f"{self.number(metres)}\u00a0m"

    def treatment(self, name: str, prices: Mapping[str, PriceLine]) -> str:
        """Return a treatment's name; one that the town added has its own in all languages."""
        return self.called(name, prices[name].swedish if name in prices else "")

    def called(self, name: str, swedish: str) -> str:
        """Return a treatment's name, given its key and what the town calls it in Swedish."""
        if self.language is Language.SV and swedish:
            return swedish
        return self._texts.get(f"treatment {name}", name.replace("_", " "))

    def source(self, price: PriceLine) -> str:
        """Return where a price is from."""
        return self.cost_source(price.treatment, price.source)

    def cost_source(self, treatment: str, written: str) -> str:
        """Return where a price is from: in the language where it is ours, else as it was written.

        ``default_treatments`` holds ours in English.
        """
        ours = default_treatments().get(treatment)
        if ours is not None and written == ours.cost_source:
            return self(f"source {treatment}")
        return self("source own") if written == OWN_SOURCE else written

    def index_name(self, name: str) -> str:
        """Return the name of an index; another's own name stays."""
        return self._texts.get(f"index {name}", name)

    def district(self, name: str) -> str:
        """Return a part of town; a name that the town gave stays."""
        return self._texts.get(f"district {name}", name)

    def road_class(self, name: str) -> str:
        """Return a class of road as the network has it, or what is said of paths."""
        return self._texts.get(f"class {name}", name)

    def remark(self, remark: Remark) -> str:
        """Return a remark."""
        return self(
            f"remark {remark.key}",
            **{
                name: value
                if isinstance(value, str)
                else self.number(value, 0 if isinstance(value, int) else 1)
                for name, value in remark.values.items()
            },
        )

    def debt_part(self, part: DebtPart) -> str:
        """Return the name of a part of the debt."""
        if part.group == "whole":
            return self("group whole")
        if part.group == "street":
            return self.street(part.name)
        if part.group == "damage":
            return self(f"damage {part.name}")
        if part.group == "class":
            return self.road_class(part.name) or self("no class")
        return self.district(part.name) or self("no district")

    def street(self, name: str) -> str:
        """Return a street's name, or what is said where it has none."""
        return name or self("no name")

    def place(self, place: StreetPlace) -> str:
        """Return a place on a street as people say it."""
        if place.street is None:
            return self("chainage", metres=self.number(place.away_m))
        if place.away_m == 0.0:
            return place.street
        return self("away", metres=self.number(place.away_m), street=place.street)

    def reason(self, reason: ProjectReason, project: PlannedProject, *, last_year: int) -> str:
        """Return in plain words why a project is in the programme."""
        if reason.kind is ReasonKind.LOCKED:
            return self("locked", words=reason.words or self("locked without words"))
        index = {
            "index": self.number(project.index_before),
            "trigger": self.number(reason.trigger),
            "after": self.number(project.index_after),
        }
        text = self(_REASONS[reason.kind], **index)
        if reason.avoided_sek is not None and reason.avoided_sek >= 500.0:
            money = self.money(reason.avoided_sek)
            text += " " + self("avoided", money=money, year=str(last_year))
        return text

    def scenario(self, scenario: Scenario) -> str:
        """Return the name of what a programme is compared with."""
        if scenario.kind is ScenarioKind.OURS and scenario.budget_share != 1.0:
            return self("other budget", share=self.percent(scenario.budget_share))
        return self(f"scenario {scenario.kind.value}")


_REASONS = {
    ReasonKind.DUE: "due",
    ReasonKind.IN_TIME: "in time",
    ReasonKind.SOON_DUE: "soon due",
}
