"""The app factory: one service over one city's store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.middleware.gzip import GZipMiddleware

from gatusyn.model import CitySettings, Visitor
from gatusyn.serve.assets import Assets
from gatusyn.serve.audit import Audited, AuditLog
from gatusyn.serve.errors import add_error_handlers
from gatusyn.serve.etags import JsonTags
from gatusyn.serve.laying_out import LayingOut
from gatusyn.serve.live import live_routes
from gatusyn.serve.openapi import describe_faults
from gatusyn.serve.pages.accounts import Accounts
from gatusyn.serve.pages.faults import fault_pages
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
from gatusyn.serve.people import People
from gatusyn.serve.planner import Planner
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
from gatusyn.serve.routes_verdicts import verdict_routes
from gatusyn.serve.routes_webhooks import webhook_routes
from gatusyn.serve.security import LOCAL_HOSTS, KnownNames, OwnPageWrites, SecurityHeaders
from gatusyn.serve.service import Planning, Service, service_over
from gatusyn.serve.telemetry import Measured
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
    built = static or BUILT
    service = service_over(
        store,
        settings,
        built,
        public_address=public_address,
        people=people,
        audit=audit,
        city_folder=city_folder,
    )
    app = FastAPI(
        lifespan=_running(service),
        title="Gatusyn",
        summary="The town's streets: graded sections, findings and blurred pictures.",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.telemetry, app.state.reader = service.telemetry, service.reader
    add_error_handlers(app)
    app.state.fault_page = fault_pages(service.desk)
    describe_faults(app)
    _add_api(app, service)
    _add_pages(app, service)
    if service.planning is not None:
        _add_planning(app, service, service.planning)
    app.include_router(finding_list_routes(service.reader), tags=["sections"])
    app.include_router(verdict_routes(service.reader, service.judge), tags=["sections"])
    if people is not None:
        app.include_router(own_account_routes(service.desk, people, settings))
        app.include_router(token_pages(service.desk, store, service.base))
    if (built / "assets").is_dir():
        app.mount("/assets", Assets(directory=built / "assets"))
    app.add_middleware(JsonTags)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    if audit is not None:
        app.add_middleware(Audited, log=audit)
    app.add_middleware(OwnPageWrites, public_address=public_address)
    return app


def _running(service: Service) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Return what lays the map out while the service runs, and writes the log when it stops."""

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        laying_out = LayingOut(service.reader)
        laying_out.start()
        yield
        laying_out.stop()
        if service.audit is not None:
            service.audit.flush()

    return running


def _add_api(app: FastAPI, service: Service) -> None:
    """Add what programs ask of every service."""
    store, settings, reader = service.store, service.settings, service.reader
    town, intake = service.town, service.intake
    app.include_router(city_routes(reader, settings), tags=["town"])
    app.include_router(tile_routes(reader), tags=["tiles"])
    app.include_router(live_routes(store), tags=["live"])
    app.include_router(section_routes(reader), tags=["sections"])
    app.include_router(picture_routes(reader), tags=["pictures"])
    app.include_router(pair_routes(reader), tags=["pictures"])
    app.include_router(review_routes(store), tags=["pictures"])
    app.include_router(ogc_routes(reader, settings, service.base), tags=["ogc"])
    app.include_router(webhook_routes(store), tags=["webhooks"])
    app.include_router(
        account_routes(store, settings, service.audit, service.passwords), tags=["accounts"]
    )
    app.include_router(upload_routes(intake), tags=["sending"])
    app.include_router(sent_routes(store, intake), tags=["sending"])
    app.include_router(
        public_routes(service.desk, reader, settings, town.now if town else None), tags=["public"]
    )
    app.include_router(operating_routes(reader, service.telemetry), tags=["operating"])


def _add_pages(app: FastAPI, service: Service) -> None:
    """Add the pages that every service shows."""
    desk, reader, store, base = service.desk, service.reader, service.store, service.base
    app.include_router(page_routes(desk, reader, service.settings))
    app.include_router(language_routes())
    for pages in (street_pages, change_pages, street_page, finding_pages):
        app.include_router(pages(desk, reader, base))
    app.include_router(drive_pages(desk, reader, store, base))
    app.include_router(send_pages(desk, store, takes=service.intake is not None))
    app.include_router(overview_pages(desk, reader, service.town))
    app.include_router(review_pages(desk, reader, service.judge))
    accounts = Accounts(desk, store, reader, service.settings_now, service.passwords)
    app.include_router(user_pages(accounts, base))
    app.include_router(audit_pages(desk, store, service.audit, base))


def _add_planning(app: FastAPI, service: Service, planning: Planning) -> None:
    """Add programmes, settings and debt: pages and what programs ask."""
    desk, base, town, saved = service.desk, service.base, planning.town, planning.saved
    planner = Planner(town, saved)
    app.include_router(programme_pages(desk, planner, base))
    app.include_router(settings_pages(desk, town))
    app.include_router(plan_routes(planner, base), tags=["programmes"])
    app.include_router(cost_routes(town), tags=["settings"])
    app.include_router(value_pages(desk, town, Regrading(town)))
    app.include_router(debt_routes(town), tags=["town"])
    app.include_router(programme_routes(saved), tags=["programmes"])
    app.include_router(work_pages(desk, town, saved, base))
