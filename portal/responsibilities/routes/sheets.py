"""The list of duties of a post, a person or a grid's posts: to read, to print, as PDF."""

from typing import Any, Literal

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.refusals import NotFound
from portal.people.queries import person_row, post_row
from portal.permissions.rules import Permission
from portal.rendering.i18n import translator
from portal.rendering.pdf import pdf_of
from portal.responsibilities import labels
from portal.responsibilities.routes.reading import crumbs_of, ground_of
from portal.responsibilities.views.ground import Ground
from portal.responsibilities.views.sheet import SheetView, posts_of_person, sheet_view
from portal.web.again import AnyRequest
from portal.web.respond import language_of, page, paper

OPT = {"permission": Permission.MATRIX_VIEW}
About = Literal["post", "person", "grid"]


@get(["/posts/{post_id:int}/duty-sheet", "/posts/{post_id:int}/duty-sheet.pdf"], opt=OPT)
async def show_post_sheet(request: AnyRequest, actor: NamedDependency[Actor], post_id: FromPath[int]) -> Response[Any]:
    """The duties of one post."""
    found = await post_row(post_id)
    return await _answer(request, actor, "post", post_id, found.grid_id if found else None)


@get(["/people/{person_id:int}/duty-sheet", "/people/{person_id:int}/duty-sheet.pdf"], opt=OPT)
async def show_person_sheet(
    request: AnyRequest, actor: NamedDependency[Actor], person_id: FromPath[int]
) -> Response[Any]:
    """The duties of every post that somebody answers for now."""
    found = await person_row(person_id)
    staff = found is not None and found.kind == "staff"
    return await _answer(request, actor, "person", person_id, found.org_id if found and staff else None)


@get(["/grids/{grid_id:int}/duty-sheet", "/grids/{grid_id:int}/duty-sheet.pdf"], opt=OPT)
async def show_grid_sheet(request: AnyRequest, actor: NamedDependency[Actor], grid_id: FromPath[int]) -> Response[Any]:
    """The duties of the posts of one grid: a department's list."""
    return await _answer(request, actor, "grid", grid_id, grid_id)


async def _answer(request: AnyRequest, actor: Actor, about: About, subject: int, grid_id: int | None) -> Response[Any]:
    language, at = language_of(request), now()
    ground = await ground_of(grid_id, by=actor, at=at, language=language)
    view = _view(ground, actor, about, subject, request.url.path.removesuffix(".pdf"))
    if request.url.path.endswith(".pdf"):
        body = await pdf_of("pdf/duty_sheet.html", language, view=view)
        name = translator(language)(labels.SHEET_FILE, name=view.title)
        return paper(body, name, plain=f"duties-{about}-{subject}")
    return await page(request, "responsibilities/sheet.html", fragment="responsibilities/_sheet.html", view=view)


def _view(ground: Ground, actor: Actor, about: About, subject: int, here: str) -> SheetView:
    sheet = translator(ground.language)(labels.SHEET)
    if about == "post":
        posts = [post for post in [ground.posts.get(subject)] if post]
        title = f"{ground.grid.grid} {posts[0].title}" if posts else ""
    elif about == "person":
        posts, title = posts_of_person(ground, subject), ground.words.people.get(subject, "")
    else:
        posts, title = ground.standing_on(subject), ground.grid.grid
    if about == "post" and not posts:
        raise NotFound()
    return sheet_view(ground, posts, title=title, crumbs=crumbs_of(ground, actor, sheet), pdf=f"{here}.pdf")


SHEETS = [show_post_sheet, show_person_sheet, show_grid_sheet]
