"""What the routes of letters share: the page of one letter, and where a request comes from, in short."""

from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import Any

from litestar import Response

from portal.accounts.rules import device_of
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.refusals import Refused
from portal.letters.queries.letters import LetterRow, file_now, letter_seen
from portal.letters.queries.pages import beside
from portal.letters.views.letter import letter_view
from portal.web.again import AnyRequest, Typed
from portal.web.errors import sentence
from portal.web.respond import language_of, page

PREFIX = {4: 24, 6: 48}


def origin_of(request: AnyRequest) -> tuple[str, str]:
    """The first part of the network's address, and what kind of device: enough for evidence, too little to follow."""
    try:
        found = ip_address((request.client.host if request.client else "").partition("%")[0])
        network = str(ip_network((found, PREFIX[found.version]), strict=False))
    except ValueError:
        network = "local"
    return network, " ".join(one for one in device_of(request.headers.get("user-agent", "")) if one)


def why_in(language: str) -> Callable[[LetterRow], str]:
    """Words the reason of a letter's failure in a language."""

    def why(row: LetterRow) -> str:
        code, params = row.failure or ("", {})
        return sentence(Refused(code, **params), language) if code else ""

    return why


async def letter_page(
    request: AnyRequest, actor: Actor, letter_id: int, typed: Typed | None = None, *, status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response[Any]:  # fmt: skip
    """The page of a letter as it stands now, with what was typed."""
    found, language = await letter_seen(letter_id, by=actor), language_of(request)
    view = letter_view(
        found, await beside(letter_id, actor.person_id or 0), await file_now(letter_id), by=actor, at=now(),
        language=language, typed=typed or Typed(), why=why_in(language),
    )  # fmt: skip
    return await page(
        request, "letters/letter.html", fragment="letters/_letter.html", status=status, headers=headers, view=view
    )
