"""What the routes of letters share: the page of one letter, and the words that go into a file."""

from collections.abc import Callable
from typing import Any

from litestar import Response

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.refusals import Refused
from portal.letters import labels
from portal.letters.at_office.queries import class_of, paper_of, signers_of
from portal.letters.at_office.views import Paths, paths_of
from portal.letters.lasting.queries import upkeep_of
from portal.letters.lasting.views import LastingView, lasting_view
from portal.letters.queries.kept import Kept, kept_since
from portal.letters.queries.letters import LetterRow, Whole, file_now, letter_seen
from portal.letters.queries.pages import beside
from portal.letters.signing_online import Words, nothing_due
from portal.letters.views.letter import letter_view
from portal.permissions.rules import Permission, scope
from portal.rendering.i18n import SOURCE, translator
from portal.rendering.moments import moment_text
from portal.web.again import AnyRequest, Typed
from portal.web.errors import sentence
from portal.web.respond import language_of, page
from portal.web.state import settings_of


def words_now() -> Words:
    """What is written into a file that is signed now: in the letter's language, not the reader's."""
    say = translator(SOURCE)

    def instead(holder: str, name: str, post: str, standing: str) -> str:
        told = say(labels.STANDINGS[standing]) if standing in labels.STANDINGS else ""
        return say(labels.INSTEAD_CAPTION, holder=holder, name=name, post=post, standing=told)

    moment = moment_text(now(), at=now(), language=SOURCE, full=True)
    return Words(say(labels.SIGN_REASON), say(labels.SIGN_CAPTION, moment=moment), say(labels.SEAL_NAME), instead)


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
    lasting = await _lasting(request, found, actor) if found.row.sealed_at is not None else None
    return await page(
        request, "letters/letter.html", fragment="letters/_letter.html", status=status, headers=headers, view=view,
        office=await _office(found, actor, language), lasting=lasting, kept=await _kept(found),
        is_in_wechat="MicroMessenger" in request.headers.get("user-agent", ""),
    )  # fmt: skip


async def _office(found: Whole, actor: Actor, language: str) -> Paths | None:
    """Paper, the office's device, a class: for whoever looks after them. None, and no statement, for everybody else."""
    row, is_class = found.row, found.row.kind == "class"
    if not is_class and row.paper_since is None:
        if not scope(actor, Permission.LETTER_AT_OFFICE_VIEW).holds(row.path, row.org_id):
            return None
        if row.signed_at is not None or row.made_at is None:
            return None
    signers = await signers_of(row.id) if row.paper_since is None else []
    paper = await paper_of(row.id) if row.paper_since is not None else None
    room = await class_of(row.id) if is_class else None
    return paths_of(found, signers, paper, room, at=now(), by=actor, language=language)


async def _kept(found: Whole) -> Kept | None:
    """What its holder did while it was in force. One statement; none for a letter that never was."""
    row, at = found.row, now()
    ends = [one.ends_at for one in found.ends] + ([row.ends_at] if row.ends_at is not None else [])
    until = min(at, *ends) if ends else at
    if row.sealed_at is None or row.voided_at is not None or until <= row.starts_at:
        return None
    return await kept_since(row.person_id, row.org_id, row.starts_at, until)


async def _lasting(request: AnyRequest, found: Whole, actor: Actor) -> LastingView | None:
    """How long the file of a complete letter can be checked. One statement."""
    language = language_of(request)
    return lasting_view(
        await upkeep_of(found.row.id), nothing_due(settings_of(request)),
        may_make=scope(actor, Permission.LETTER_MAKE).holds(found.row.path, found.row.org_id), at=now(),
        language=language, why=lambda code, params: sentence(Refused(code, **params), language),
    )  # fmt: skip
