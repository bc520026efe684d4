"""The application: every route, and what surrounds them all."""

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from litestar import Litestar, Router
from litestar.exceptions import NotFoundException, ValidationException
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Contact, License
from litestar.serialization import encode_json
from litestar.types import ASGIApp
from msgspec import Struct

from api import static
from api.bodies import MAX_BODY
from api.events import list_events
from api.guard import Guard
from api.health import health, ready
from api.job_changes import CHANGES
from api.jobs import READS
from api.methods import Methods
from api.openapi import explorer, operations
from api.openapi.document import completed
from api.parameters import on_validation, refuse_unknown
from api.problems import EXCEPTION_HANDLERS, on_http

Lifespan: TypeAlias = Callable[[Litestar], AbstractAsyncContextManager[None]]


class Options(Struct, frozen=True):
    version: str
    web: Path | None = None
    """Where the front end's build is."""
    allowed_hosts: Collection[str] = ()
    extra_routes: tuple[HTTPRouteHandler, ...] = ()
    max_body: int = MAX_BODY
    """Bytes."""


def litestar(options: Options, lifespan: Lifespan, openapi: OpenAPIConfig | None = None) -> Litestar:
    """The routes alone; `lifespan` puts the `services` they need into the application's state."""
    jobs = Router("/", route_handlers=[*READS, *CHANGES], tags=[operations.JOBS])
    api = Router(
        "/api",
        route_handlers=[jobs, list_events],
        before_request=refuse_unknown,
    )
    assets = static.load(options.web)
    described = explorer.routes(cache(lambda: encode_json(document(options))))
    return Litestar(
        [api, health, ready, *described, *static.routes(assets), *options.extra_routes],
        lifespan=[lifespan],
        exception_handlers={
            **EXCEPTION_HANDLERS,
            ValidationException: on_validation,
            NotFoundException: static.missing(assets, on_http),
        },
        request_max_body_size=options.max_body,
        openapi_config=openapi,
        logging_config=None,
    )


def create(options: Options, lifespan: Lifespan) -> ASGIApp:
    """What the server runs. It describes itself by another instance: the framework's routes for that answer in HTML."""
    app: Any = litestar(options, lifespan)
    return Guard(Methods(app), options.allowed_hosts)


def document(options: Options) -> dict[str, Any]:
    """The OpenAPI document."""
    config = OpenAPIConfig(
        title="Jobledger",
        version=options.version,
        description=explorer.INTRODUCTION,
        contact=Contact(name="Whoever runs this service"),
        license=License(name="MIT", identifier="MIT"),
        tags=[*operations.TAGS],
        use_handler_docstrings=True,
    )
    return completed(litestar(options, _no_services, config).openapi_schema.to_schema())


@asynccontextmanager
async def _no_services(_: Litestar) -> AsyncIterator[None]:
    """For describing the routes, which takes none of what they work with."""
    yield
