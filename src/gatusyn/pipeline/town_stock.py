"""The town's paved sections as columns, from its store, its settings and its table of places."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gatusyn.economy import stock_of
from gatusyn.model import (
    EconomyParams,
    FormFault,
    Network,
    PriceLine,
    ProgrammeError,
    Section,
    Stock,
)
from gatusyn.pipeline.city import City
from gatusyn.pipeline.derive import bring_up_to_date
from gatusyn.pipeline.programme_lists import PlaceWords, read_places

_BUILT_UP = {True: "built-up", False: "outside built-up areas", None: ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class TownStock:
    """What debt, remaining life and programmes are reckoned from.

    Parameters
    ----------
    period, index_name
        Of the grades: which survey, and which index drives triggers and debt.
    places
        What the town's table of places says.
    """

    network: Network
    stock: Stock
    places: PlaceWords
    period: str
    index_name: str
    derived_stamp: str


def read_stock(city: City, *, period: str | None = None) -> TownStock:
    """Bring a city up to date and return its paved sections as columns.

    Parameters
    ----------
    period
        Of the grades; the newest if None.

    Raises
    ------
    ProgrammeError
        If nothing has been graded, or names the row of the table of places that is wrong.
    """
    bring_up_to_date(city)
    store = city.store
    network, conditions = store.read_network(), store.conditions(period=period)
    if not any(one.index is not None for one in conditions):
        raise ProgrammeError(
            city.folder,
            "has no graded section yet",
            "Inspect a drive with `gatusyn inspect`.",
            form=FormFault.UNGRADED,
        )
    places = town_places(city, network)

    def district(section: Section) -> str:
        if places.district:
            return places.district.get(section.section_id, "")
        return _BUILT_UP[network.link_by_id[section.link_id].is_built_up]

    stock = stock_of(network, conditions, city.settings.economy, district_of=district)
    return TownStock(
        network=network,
        stock=stock,
        places=places,
        period=conditions[0].period,
        index_name=conditions[0].index_name,
        derived_stamp=store.derived_stamp() or "",
    )


def town_places(city: City, network: Network) -> PlaceWords:
    """Return what the town's table or layer of places says; nothing where it has none.

    Raises
    ------
    ProgrammeError
        Names the row that is wrong.
    """
    path = _places_path(city)
    return PlaceWords() if path is None else read_places(path, network)


def places_stamp(city: City) -> str:
    """Return a text that is another one when the town's table or layer of places is."""
    path = _places_path(city)
    if path is None:
        return ""
    try:
        state = path.stat()
    except OSError:
        return f"{path} is not there"
    return f"{path}|{state.st_mtime_ns}|{state.st_size}"


def _places_path(city: City) -> Path | None:
    named = city.settings.programme.places_file
    return None if named is None else city.folder / named


def price_lines(params: EconomyParams) -> tuple[PriceLine, ...]:
    """Return the prices of the treatments in use, with year, source and trust."""
    lines = []
    for one in params.treatments_in_use:
        factor = params.price_factor(one.cost_year)
        lines.append(
            PriceLine(
                treatment=one.name,
                swedish=one.swedish,
                sek_m2=one.cost_sek_m2 * factor,
                mobilisation_sek=one.mobilisation_sek * factor,
                price_year=params.price_year or one.cost_year,
                source=one.cost_source,
                trust=one.cost_trust.value,
                life_years=one.life_years,
                minimum_length_m=one.minimum_length_m,
            )
        )
    return tuple(lines)
