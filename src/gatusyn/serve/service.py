"""What the routes of one service share: the town's store, its readers and who looks after what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request

from gatusyn.model import CitySettings
from gatusyn.pipeline import City, Intake
from gatusyn.serve.audit import AuditLog
from gatusyn.serve.city_now import CityNow
from gatusyn.serve.outlook import Outlooks
from gatusyn.serve.pages.desk import Desk
from gatusyn.serve.pages.navigation import PLACES, PLACES_TO_LOOK_AT
from gatusyn.serve.passwords import Passwords
from gatusyn.serve.people import People
from gatusyn.serve.read_city import CityReader
from gatusyn.serve.routes_verdicts import Judge
from gatusyn.serve.saved import SavedProgrammes
from gatusyn.serve.telemetry import Telemetry
from gatusyn.store.protocol import Store


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Planning:
    """What there is besides where the town's folder is: its settings change, programmes are made.

    Parameters
    ----------
    town
        The town as its settings are now.
    saved
        The programmes that were saved.
    intake
        Takes the footage that is sent.
    """

    town: CityNow
    saved: SavedProgrammes
    intake: Intake


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Service:
    """The parts that routes are made with.

    Parameters
    ----------
    settings
        The city's as the service started; ``settings_now`` has those of today.
    base
        Gives the service's address, ending in ``/``, to a request.
    people
        Who may log in; None where nobody does.
    audit
        Where changes and looks at pictures are noted; None notes nothing.
    planning
        None where the town's folder is not: then nothing but pictures is changed.
    """

    store: Store
    settings: CitySettings
    base: Callable[[Request], str]
    reader: CityReader
    desk: Desk
    judge: Judge
    telemetry: Telemetry
    passwords: Passwords
    people: People | None
    audit: AuditLog | None
    planning: Planning | None

    @property
    def town(self) -> CityNow | None:
        """The town as its settings are now."""
        return None if self.planning is None else self.planning.town

    @property
    def intake(self) -> Intake | None:
        """What takes the footage that is sent."""
        return None if self.planning is None else self.planning.intake

    def settings_now(self) -> CitySettings:
        """Return the city's settings as they are today."""
        return self.settings if self.planning is None else self.planning.town.now().settings


def service_over(
    store: Store,
    settings: CitySettings,
    built: Path,
    *,
    public_address: str | None,
    people: People | None,
    audit: AuditLog | None,
    city_folder: Path | None,
) -> Service:
    """Return the parts of a service over a store; arguments are those of ``create_town_app``."""
    planning = None if city_folder is None else _planning(store, settings, city_folder)
    town = None if planning is None else planning.town
    outlooks = None if planning is None else Outlooks(planning.town, planning.saved)
    reader = CityReader(store, outlooks)
    return Service(
        store=store,
        settings=settings,
        base=base_of(public_address),
        reader=reader,
        desk=Desk(settings, built, places=PLACES if planning else PLACES_TO_LOOK_AT),
        judge=Judge(town),
        telemetry=Telemetry(reader),
        passwords=people.passwords if people else Passwords(),
        people=people,
        audit=audit,
        planning=planning,
    )


def _planning(store: Store, settings: CitySettings, folder: Path) -> Planning:
    city = City(folder=folder, settings=settings, store=store)
    town = CityNow(city)
    return Planning(town=town, saved=SavedProgrammes(town), intake=Intake(city))


def base_of(public_address: str | None) -> Callable[[Request], str]:
    """Return what gives the service's address, ending in ``/``, to a request."""
    if public_address is not None:
        fixed = public_address.rstrip("/") + "/"
        return lambda request: fixed
    return lambda request: str(request.base_url)
