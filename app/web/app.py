"""Put the web application together."""

import hashlib
from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware.sessions import SessionMiddleware

from app.curation import file_limits, nearness, probing, warming
from app.curation.nearness import Finder
from app.curation.probe_page import ModelFacts
from app.settings import Settings
from app.storage.database import Sessions
from app.web import api, oidc, pages, render
from app.web.deps import House
from app.web.description import describe_fully
from app.web.errors import add_error_answers
from app.web.rates import Allowances, Rates
from app.web.security import add_doors
from app.web.sizes import Limit


def create_app(settings: Settings, read: Sessions, write: Sessions) -> FastAPI:
    """Build the app over the given database sessions."""
    app = FastAPI(
        title="Dartboard",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    app.state.house = House(
        read=read,
        write=write,
        templates=render.make_templates(settings.templates),
        spool=settings.spool,
        exports=settings.exports,
        tokenizers=settings.tokenizers,
        demo=settings.static / "demo",
        finder=Finder(
            settings.vectors, nearness.encoder_beside(settings.encoder, cache=settings.models)
        ),
        upload_limit=Limit(settings.upload_bytes, settings.idle_seconds),
        body_limit=Limit(settings.body_bytes, settings.idle_seconds, 2 * settings.idle_seconds),
        rates=Rates(_allowances(settings)),
        setup_file=settings.setup_file,
        public_url=settings.public_url.rstrip("/"),
        provider=_provider(settings),
        model=ModelFacts(probing.place_of(settings.model_url), settings.model_name),
        encoder=settings.encoder,
    )
    file_limits.allow(settings.file_limits, memory=settings.file_memory_bytes)
    app.mount("/static", StaticFiles(directory=settings.static), name="static")
    for router in (*pages.ROUTERS, *api.ROUTERS):
        app.include_router(router)
    describe_fully(app)
    add_error_answers(app)
    if settings.oidc_issuer:
        _remember_on_the_way(app, settings)
    add_doors(app, settings.hosts)
    return app


def make_ready(app: FastAPI) -> None:
    """Do before the first request what would keep it waiting."""
    house: House = app.state.house
    render.compile_all(house.templates)
    warming.warm_up(house.read)


def _allowances(settings: Settings) -> Allowances:
    return Allowances(
        requests_per_minute=settings.requests_per_minute,
        strangers_per_minute=settings.strangers_per_minute,
        logins_per_minute=settings.logins_per_minute,
        logins_per_hour=settings.logins_per_hour,
        uploads_at_once=settings.uploads_at_once,
        jobs_per_person=settings.jobs_per_person,
        exports_per_person=settings.exports_per_person,
    )


def _provider(settings: Settings) -> oidc.Provider | None:
    if not settings.oidc_issuer:
        return None
    client = settings.oidc_client_id, settings.oidc_client_secret
    name = settings.oidc_name or urlsplit(settings.oidc_issuer).hostname or "the provider"
    return oidc.provider(name, settings.oidc_issuer, client, settings.oidc_email_domains)


def _remember_on_the_way(app: FastAPI, settings: Settings) -> None:
    """A signed cookie for /oidc alone, with a key that all web processes have."""
    known_to_us = f"{settings.oidc_issuer} {settings.oidc_client_secret}"
    key = hashlib.sha256(known_to_us.encode())
    app.add_middleware(
        SessionMiddleware,
        secret_key=key.hexdigest(),
        session_cookie=oidc.COOKIE,
        path=oidc.PATH,
        max_age=oidc.TEN_MINUTES,
        https_only=settings.public_url.startswith("https://"),
    )
