"""The dashboard's files as the front end's build left them: compressed beforehand, hashed names cached for ever."""

import re
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from mimetypes import MimeTypes
from pathlib import Path
from typing import Any, Final, TypeAlias

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from api.conditions import fingerprint, is_known

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
ENCODINGS: Final = (("br", ".br"), ("gzip", ".gz"))
TYPES: Final = MimeTypes()
"""Python's own list and what it lacks, without the machine's: the same answers on every machine."""
TYPES.add_type("font/woff2", ".woff2")
TYPES.add_type("text/javascript", ".js")
FOR_EVER: Final = "public, max-age=31536000, immutable"
NOT_BUILT: Final = (
    "The dashboard has not been built: run `make web`, then start the service again. The API is at /api/jobs/.\n"
)


# As the dashboard knows its own addresses (web/src/app.tsx).
_JOB_ID: Final = re.compile(r"[0-9A-Fa-f-]{36}")

Answer: TypeAlias = Callable[[Request[Any, Any, Any], Any], Response[Any]]


class Asset(Struct, frozen=True):
    content: dict[str, bytes]
    """By encoding; "" is the file itself."""
    media_type: str
    tag: str
    cached: str

    def answer(self, request: Request[Any, Any, Any], status: HTTPStatus = HTTPStatus.OK) -> Response[Any]:
        headers = {
            "ETag": self.tag,
            "Cache-Control": self.cached,
            "Content-Security-Policy": POLICY,
            "Referrer-Policy": "no-referrer",
        }
        if len(self.content) > 1:
            headers["Vary"] = "Accept-Encoding"
        if status is not HTTPStatus.OK:
            del headers["ETag"]  # a 304 would not say that there is nothing here
        elif is_known(request, self.tag):
            return Response(None, status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        accepted = request.headers.get("accept-encoding", "")
        encoding = next((name for name, _ in ENCODINGS if name in accepted and name in self.content), "")
        if encoding:
            headers["Content-Encoding"] = encoding
        return Response(self.content[encoding], headers=headers, media_type=self.media_type, status_code=int(status))


def load(folder: Path | None) -> dict[str, Asset]:
    """The files of a build by their address without the leading slash; empty when there is no build."""
    if folder is None or not (folder / "index.html").is_file():
        return {}
    suffixes = tuple(suffix for _, suffix in ENCODINGS)
    return {
        path.relative_to(folder).as_posix(): _asset(path, folder)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix not in suffixes
    }


def _asset(path: Path, folder: Path) -> Asset:
    plain = path.read_bytes()
    compressed = {name: path.with_name(path.name + suffix) for name, suffix in ENCODINGS}
    media_type = TYPES.guess_type(path.name)[0] or "application/octet-stream"
    hashed = path.relative_to(folder).parts[0] == "assets"
    return Asset(
        {"": plain, **{name: file.read_bytes() for name, file in compressed.items() if file.is_file()}},
        media_type,
        fingerprint(plain),
        FOR_EVER if hashed else "no-cache",
    )


def routes(assets: Mapping[str, Asset]) -> Sequence[HTTPRouteHandler]:
    """The page at each of its addresses, and every file of the build at its own."""

    def index(request: Request[Any, Any, Any]) -> Response[Any]:
        found = assets.get("index.html")
        if found is None:
            return Response(NOT_BUILT, status_code=503, media_type="text/plain")
        return found.answer(request)

    @get("/", include_in_schema=False)
    async def board(request: Request[Any, Any, Any]) -> Response[Any]:
        return index(request)

    @get("/jobs/{job_id:str}", include_in_schema=False)
    async def job(request: Request[Any, Any, Any], job_id: FromPath[str]) -> Response[Any]:
        if _JOB_ID.fullmatch(job_id) is None:
            raise NotFoundException
        return index(request)

    @get("/assets/{name:path}", include_in_schema=False)
    async def asset(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[Any]:
        found = assets.get(f"assets/{name.lstrip('/')}")
        if found is None:
            raise NotFoundException
        return found.answer(request)

    return [board, job, asset, *(_file(name, found) for name, found in assets.items() if _stands_alone(name))]


def missing(assets: Mapping[str, Asset], otherwise: Answer) -> Answer:
    """For addresses where there is nothing: the dashboard says so to people; programs get what they otherwise get."""
    index = assets.get("index.html")

    def answer(request: Request[Any, Any, Any], error: NotFoundException) -> Response[Any]:
        if index is None or not _is_of_a_person(request):
            return otherwise(request, error)
        return index.answer(request, HTTPStatus.NOT_FOUND)

    return answer


def _is_of_a_person(request: Request[Any, Any, Any]) -> bool:
    """Whether somebody typed or followed this address: their browser would rather have HTML than anything else."""
    path = request.scope["path"]
    return (
        request.method == "GET"
        and not path.startswith(("/api/", "/health"))
        and request.accept.best_match(["application/json", "text/html"]) == "text/html"
    )


def _stands_alone(name: str) -> bool:
    """Files of the build's root, like the icon, and folders other than the hashed ones."""
    return name != "index.html" and not name.startswith("assets/")


def _file(name: str, found: Asset) -> HTTPRouteHandler:
    @get(f"/{name}", include_in_schema=False)
    async def file(request: Request[Any, Any, Any]) -> Response[Any]:
        return found.answer(request)

    return file
