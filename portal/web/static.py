"""Style sheets, scripts and icons, under names that hold their digests."""

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from portal.rendering.assets import asset_response
from portal.web.guards import PUBLIC
from portal.web.state import AnyRequest


@get("/static/{path:path}", opt={"permission": PUBLIC}, sync_to_thread=False)
def static_file(request: AnyRequest, path: FromPath[str]) -> Response[bytes]:
    """One file, kept by browsers for ever; anything else is not found."""
    found = asset_response(path, request.headers.get("accept-encoding", ""))
    if found is None:
        raise NotFoundException()
    return Response(found.body, media_type=found.media_type, headers=dict(found.headers))
