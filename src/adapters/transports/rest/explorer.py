"""The page on which people try the REST API: Swagger UI from an installed package, nothing from elsewhere.

It exists only where the document itself is open (`AION_DOCS_OPEN`), since a browser cannot show a key when it opens a
page. It holds no key either: who tries a call types one, and it is forgotten with the tab.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from importlib.resources.abc import Traversable

from swagger_ui_bundle import swagger_ui_path

from aion.adapters.transports.http.answers import Headers, Scope, Send

ADDRESS = "/docs"
POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    b"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Scripts and calls stay with this server. The page styles its parts in place: hence 'unsafe-inline' for styles."""

PAGE = b"""<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>AION API</title>
  <link rel="stylesheet" href="/docs/swagger-ui.css">
  <link rel="icon" href="data:,">
</head>
<body>
  <div id="explorer"></div>
  <script src="/docs/swagger-ui-bundle.js"></script>
  <script src="/docs/start.js"></script>
</body>
</html>
"""
START = b"""SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#explorer",
  deepLinking: true,
  displayRequestDuration: true,
  persistAuthorization: false,
  tryItOutEnabled: true,
  validatorUrl: null,
});
"""


class Explorer:
    """The page and its parts, as (content type, bytes) by path; read once."""

    def __init__(self, library: Traversable = swagger_ui_path) -> None:
        html, script, style = b"text/html; charset=utf-8", b"text/javascript; charset=utf-8", b"text/css; charset=utf-8"
        self._parts = {
            ADDRESS: (html, PAGE),
            f"{ADDRESS}/": (html, PAGE),
            f"{ADDRESS}/start.js": (script, START),
            f"{ADDRESS}/swagger-ui-bundle.js": (script, (library / "swagger-ui-bundle.js").read_bytes()),
            f"{ADDRESS}/swagger-ui.css": (style, (library / "swagger-ui.css").read_bytes()),
        }

    def pages(self) -> dict[str, Callable[[Scope, Send], Awaitable[None]]]:
        """A page function for each path."""
        return {path: partial(self._answer, path) for path in self._parts}

    async def _answer(self, path: str, scope: Scope, send: Send) -> None:
        content_type, body = self._parts[path]
        headers: Headers = [
            (b"content-type", content_type),
            (b"content-length", b"%d" % len(body)),
            (b"content-security-policy", POLICY),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
