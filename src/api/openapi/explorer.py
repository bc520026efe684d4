"""The interactive documentation: a page that needs nothing from elsewhere, and the document that it shows."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

INTRODUCTION: Final = """
Jobledger records what happens to computational jobs. Report a job's statuses as they change; read them back as lists,
as one job with its history, or as the ledger of events itself.

Times are RFC 3339 in UTC. Errors are problem documents (RFC 9457): a field that is wrong is a member with its list of
messages. Addresses work with and without a slash at the end. Fields, and types of events, may be added: skip those that
you do not know.

There are no tokens: whoever reaches the service may read and write. What is too large for it is refused before it gets
to any operation: an address by 414, headers by 431, a body by 413.
"""
OPENAPI: Final = "/api/openapi.json"

PAGE: Final = f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Jobledger API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<div id="documentation" data-document="{OPENAPI}">
  <noscript>This page needs JavaScript; the document itself is at <a href="{OPENAPI}">{OPENAPI}</a>.</noscript>
</div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</html>
"""
# As strict as the dashboard's, but for the styles that the documentation's library writes itself.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@get("/api/docs", include_in_schema=False)
async def page(request: Request[Any, Any, Any]) -> Response[Any]:
    del request
    return Response(PAGE, headers={"Content-Security-Policy": POLICY}, media_type="text/html")


def routes(document: Callable[[], bytes]) -> Sequence[HTTPRouteHandler]:
    """The page, and the document that it shows, which is made when it is first asked for."""

    @get(OPENAPI, include_in_schema=False)
    async def openapi(request: Request[Any, Any, Any]) -> Response[Any]:
        del request
        return Response(document(), media_type="application/vnd.oai.openapi+json")

    return [page, openapi]
