"""The app factory: one service over one city's store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.middleware.gzip import GZipMiddleware

from gatusyn.model import CitySettings, Visitor
from gatusyn.pipeline import City, Intake
from gatusyn.serve.assets import Assets
from gatusyn.serve.audit import Audited, AuditLog
from gatusyn.serve.city_now import CityNow
from gatusyn.serve.errors import add_error_handlers
from gatusyn.serve.etags import JsonTags
from gatusyn.serve.laying_out import LayingOut
from gatusyn.serve.live import live_routes
from gatusyn.serve.openapi import describe_faults
from gatusyn.serve.outlook import Outlooks
from gatusyn.serve.pages.accounts import Accounts
from gatusyn.serve.pages.desk import Desk
from gatusyn.serve.pages.faults import fault_pages
from gatusyn.serve.pages.navigation import PLACES, PLACES_TO_LOOK_AT
from gatusyn.serve.pages.routes_audit import audit_pages
from gatusyn.serve.pages.routes_changes import change_pages
from gatusyn.serve.pages.routes_drives import drive_pages
from gatusyn.serve.pages.routes_findings import finding_pages
from gatusyn.serve.pages.routes_language import language_routes
from gatusyn.serve.pages.routes_overview import overview_pages
from gatusyn.serve.pages.routes_programme import programme_pages
from gatusyn.serve.pages.routes_review import review_pages
from gatusyn.serve.pages.routes_send import send_pages
from gatusyn.serve.pages.routes_settings import settings_pages
from gatusyn.serve.pages.routes_street import street_page
from gatusyn.serve.pages.routes_streets import street_pages
from gatusyn.serve.pages.routes_tokens import token_pages
from gatusyn.serve.pages.routes_users import user_pages
from gatusyn.serve.pages.routes_values import value_pages
from gatusyn.serve.pages.routes_work import work_pages
from gatusyn.serve.passwords import Passwords
from gatusyn.serve.people import People
from gatusyn.serve.planner import Planner
from gatusyn.serve.read_city import CityReader
from gatusyn.serve.regrading import Regrading
from gatusyn.serve.routes_accounts import account_routes
from gatusyn.serve.routes_city import city_routes, tile_routes
from gatusyn.serve.routes_costs import cost_routes
from gatusyn.serve.routes_debt import debt_routes
from gatusyn.serve.routes_findings import finding_list_routes
from gatusyn.serve.routes_ogc import ogc_routes
from gatusyn.serve.routes_operating import operating_routes
from gatusyn.serve.routes_own_account import own_account_routes
from gatusyn.serve.routes_page import page_routes
from gatusyn.serve.routes_plans import plan_routes
from gatusyn.serve.routes_programmes import programme_routes
from gatusyn.serve.routes_public import public_routes
from gatusyn.serve.routes_review import review_routes
from gatusyn.serve.routes_sections import pair_routes, picture_routes, section_routes
from gatusyn.serve.routes_sent import sent_routes
from gatusyn.serve.routes_uploads import upload_routes
from gatusyn.serve.routes_verdicts import Judge, verdict_routes
from gatusyn.serve.routes_webhooks import webhook_routes
from gatusyn.serve.saved import SavedProgrammes
from gatusyn.serve.security import LOCAL_HOSTS, KnownNames, OwnPageWrites, SecurityHeaders
from gatusyn.serve.telemetry import Measured, Telemetry
from gatusyn.serve.visitor import SameVisitor, at_this_machine
from gatusyn.store.protocol import Store

BUILT = Path(__file__).resolve().parent / "static"
"""The built scripts and styles inside the package."""


def create_app(
    store: Store,
    settings: CitySettings,
    *,
    static: Path | None = None,
    hosts: Sequence[str] = LOCAL_HOSTS,
    reviewer: str | None = None,
    public_address: str | None = None,
    visitor: Visitor | None = None,
    city_folder: Path | None = None,
) -> FastAPI:
    """Return the map and its API over a store, where everybody may do the same.

    Parameters
    ----------
    store
        The city's store; the caller closes it after the service has stopped.
    settings
        The city's; its name is shown.
    static
        The built page; the one inside the package if None.
    hosts
        Names under which the service may be addressed (``hosts_for``); others are refused.
    reviewer
        The name under which changes of pictures are noted; None makes a map for looking only.
    public_address
        Where visitors reach the service, such as ``https://streets.town.example``, if a proxy
        stands before it: links carry it. By default they carry what the visitor asked for.
    visitor
        Whom everybody is taken for; by default whoever sits at this machine.
    city_folder
        As in ``create_town_app``.
    """
    app = create_town_app(
        store, settings, static=static, public_address=public_address, city_folder=city_folder
    )
    everybody = visitor or at_this_machine(reviewer)
    app.add_middleware(SameVisitor, visitor=everybody)
    app.add_middleware(KnownNames, hosts=hosts)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Measured, telemetry=app.state.telemetry)
    return app


def create_town_app(
    store: Store,
    settings: CitySettings,
    *,
    static: Path | None = None,
    public_address: str | None = None,
    people: People | None = None,
    audit: AuditLog | None = None,
    city_folder: Path | None = None,
) -> FastAPI:
    """Return the map and its API over a store; something before it says who each visitor is.

    Parameters
    ----------
    people
        Who may log in; None where nobody does.
    audit
        Where changes and looks at pictures are noted; None notes nothing.
    city_folder
        The city's: what people say of findings, programmes and settings need it. Without it the
        service shows what is there and changes nothing but pictures.
    """
    folder = static or BUILT
    city = town = saved = None
    if city_folder is not None:
        city = City(folder=city_folder, settings=settings, store=store)
        town = CityNow(city)
        saved = SavedProgrammes(town)
    outlooks = None if town is None or saved is None else Outlooks(town, saved)
    reader = CityReader(store, outlooks)

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        laying_out = LayingOut(reader)
        laying_out.start()
        yield
        laying_out.stop()
        if audit is not None:
            audit.flush()

    app = FastAPI(
        lifespan=running,
        title="Gatusyn",
        summary="The town's streets: graded sections, findings and blurred pictures.",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    telemetry = Telemetry(reader)
    app.state.telemetry, app.state.reader = telemetry, reader
    desk = Desk(settings, folder, places=PLACES if city else PLACES_TO_LOOK_AT)
    judge = Judge(town)
    intake = None if city is None else Intake(city)
    add_error_handlers(app)
    app.state.fault_page = fault_pages(desk)
    describe_faults(app)
    app.include_router(city_routes(reader, settings), tags=["town"])
    app.include_router(tile_routes(reader), tags=["tiles"])
    app.include_router(live_routes(store), tags=["live"])
    app.include_router(section_routes(reader), tags=["sections"])
    app.include_router(picture_routes(reader), tags=["pictures"])
    app.include_router(pair_routes(reader), tags=["pictures"])
    app.include_router(review_routes(store), tags=["pictures"])
    app.include_router(ogc_routes(reader, settings, base_of(public_address)), tags=["ogc"])
    app.include_router(webhook_routes(store), tags=["webhooks"])
    passwords = people.passwords if people else Passwords()
    app.include_router(account_routes(store, settings, audit, passwords), tags=["accounts"])
    app.include_router(upload_routes(intake), tags=["sending"])
    app.include_router(sent_routes(store, intake), tags=["sending"])
    app.include_router(
        public_routes(desk, reader, settings, town.now if town else None), tags=["public"]
    )
    app.include_router(operating_routes(reader, telemetry), tags=["operating"])
    app.include_router(page_routes(desk, reader, settings))
    app.include_router(language_routes())
    base = base_of(public_address)
    for pages in (street_pages, change_pages, street_page, finding_pages):
        app.include_router(pages(desk, reader, base))
    app.include_router(drive_pages(desk, reader, store, base))
    app.include_router(send_pages(desk, store, takes=intake is not None))
    app.include_router(overview_pages(desk, reader, town))
    app.include_router(review_pages(desk, reader, judge))

    def settings_now() -> CitySettings:
        return settings if town is None else town.now().settings

    accounts = Accounts(desk, store, reader, settings_now, passwords)
    app.include_router(user_pages(accounts, base))
    app.include_router(audit_pages(desk, store, audit, base))
    if town is not None and saved is not None:
        planner = Planner(town, saved)
        app.include_router(programme_pages(desk, planner, base))
        app.include_router(settings_pages(desk, town))
        app.include_router(plan_routes(planner, base), tags=["programmes"])
        app.include_router(cost_routes(town), tags=["settings"])
        app.include_router(value_pages(desk, town, Regrading(town)))
        app.include_router(debt_routes(town), tags=["town"])
        app.include_router(programme_routes(saved), tags=["programmes"])
        app.include_router(work_pages(desk, town, saved, base))
    app.include_router(finding_list_routes(reader), tags=["sections"])
    app.include_router(verdict_routes(reader, judge), tags=["sections"])
    if people is not None:
        app.include_router(own_account_routes(desk, people, settings))
        app.include_router(token_pages(desk, store, base))
    if (folder / "assets").is_dir():
        app.mount("/assets", Assets(directory=folder / "assets"))
    app.add_middleware(JsonTags)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    if audit is not None:
        app.add_middleware(Audited, log=audit)
    app.add_middleware(OwnPageWrites, public_address=public_address)
    return app


def base_of(public_address: str | None) -> Callable[[Request], str]:
    """Return what gives the service's address, ending in ``/``, to a request."""
    if public_address is not None:
        fixed = public_address.rstrip("/") + "/"
        return lambda request: fixed
    return lambda request: str(request.base_url)
