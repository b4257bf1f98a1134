"""What goes over the wire of themes, filters, costs and plans."""

from __future__ import annotations

from gatusyn.serve.schemas import Schema
from gatusyn.serve.themes import Theme


class ThemeClass(Schema):
    """A class of what the map is coloured by: 1 the best, 5 the worst, 0 not known.

    Of a programme, 1 to 5 are its years, and 6 is what is not in it. Low and high are the mean 95 %
    interval of the class's sections: years of life, or SEK a square metre.
    """

    number: int
    colour: str
    km: float
    sections: int
    low: float | None
    high: float | None
    from_year: int | None
    to_year: int | None
    sek: float | None


class TreatmentName(Schema):
    """A treatment, and what it is called by language (``sv``, ``en``, ``pt``)."""

    name: str
    words: dict[str, str]


class TreatmentOut(TreatmentName):
    """A treatment, and how much of it there is in what is shown."""

    km: float


class ThemeOut(Schema):
    """How much of the town is in each class of a theme; the programme that is shown, and all."""

    theme: Theme
    stamp: str
    classes: list[ThemeClass]
    programme: str | None
    programmes: list[str]
    treatments: list[TreatmentOut]


class GroupOut(Schema):
    """Sections that the network says the same of; a text is empty where it says nothing."""

    network: str
    road_class: str
    keeper: str
    area: str
    district: str
    km: float


class FiltersOut(Schema):
    """What sections can be chosen by: a section's ``group`` in the tiles is its place here."""

    groups: list[GroupOut]


class DebtOut(Schema):
    """What it costs today to bring a section to its target, with the 95 % interval."""

    sek: float
    low_sek: float
    high_sek: float
    sek_m2: float
    treatment: TreatmentName | None


class LifeOut(Schema):
    """Years until a section is due, nothing done; of its family where nobody looked."""

    low_years: float
    median_years: float
    high_years: float
    is_estimated: bool


class PlannedOut(Schema):
    """A treatment of a section in a saved programme."""

    programme: str
    year: int
    treatment: TreatmentName
    sek: float | None


class SectionOutlookOut(Schema):
    """A section's debt, remaining life and planned treatments; null where it is not known.

    Who was given a part of the town is told no costs.
    """

    debt: DebtOut | None
    life: LifeOut | None
    programme: str | None
    planned: list[PlannedOut]
