"""Posts: made, changed, and ended with every appointment to them."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from portal.audit.catalogue import PostChanged, PostEnded, PostMade
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import compare_and_set, fetch, fetch_value, insert, unit_of_work
from portal.core.refusals import Refused
from portal.grids.services import grid_to_change, was_and_now
from portal.people.queries import PostPlace
from portal.people.rules import check_holder, check_own, check_role, may_answer
from portal.people.services.ending import appointments_open, write_end
from portal.people.services.guarding import check_principal, check_reach, post_to_change
from portal.people.tables import Post

Blocker = Callable[[int], Awaitable[int]]
_post_blockers: dict[str, Blocker] = {}


def register_post_blocker(code: str, count: Blocker) -> None:
    """Lets a room to the right keep a post from being ended: `count(post_id)` things wait for it; `code` says so."""
    _post_blockers[code] = count


async def make_post(
    title: str, *, role: str, grid_id: int, by: Actor, scope_grid_id: int | None = None,
    is_accountable: bool = True, sort: int = 0, line_of_work: str = "",
) -> int:  # fmt: skip
    """A post on a grid, vacant until somebody is appointed; gives its id.

    Grid and reach must lie in the part of the tree that the actor edits, so that nobody gives rights beyond their own.
    """
    async with unit_of_work():
        grid = await grid_to_change(grid_id, by=by)
        check_role(role, org_kind=await _org_kind(grid.org_id))
        is_accountable = is_accountable and may_answer(role)
        reach = await check_reach(scope_grid_id or grid_id, grid.org_id, role=role, by=by)
        row = {
            "org_id": grid.org_id, "grid_id": grid_id, "scope_grid_id": reach.id, "title": title,
            "role": role, "is_accountable": is_accountable, "sort": sort, "created_at": now(),
            "line_of_work": line_of_work or None,
        }  # fmt: skip
        [post_id] = await insert(Post, row)
        await record_event(
            PostMade(grid_id=grid_id, role=role), org_id=grid.org_id, subject_id=post_id, by=by, texts={"title": title}
        )
    return post_id


async def _org_kind(org_id: int) -> str:
    return str(await fetch_value("SELECT kind FROM organisation WHERE grid_id = {}", org_id))


async def change_post(
    post_id: int, *, version: int, by: Actor, title: str, role: str, scope_grid_id: int, is_accountable: bool,
    line_of_work: str | None = None,
) -> tuple[str, ...]:  # fmt: skip
    """Renames a post, or changes what it is and how far it reaches; whoever holds it has the new rights at once.

    `line_of_work` None leaves the post's work besides safety as it is; "" takes it away.
    """
    async with unit_of_work():
        post = await post_to_change(post_id, by=by)
        check_role(role, org_kind=post.org_kind)
        is_accountable = is_accountable and may_answer(role)
        reach = await check_reach(scope_grid_id, post.org_id, role=role, by=by)
        await _check_holders(post, role, by=by)
        line = post.line_of_work if line_of_work is None else line_of_work
        was = {"title": post.title, "role": post.role, "reach": post.reach, "is_accountable": post.is_accountable}
        wants = {"title": title, "role": role, "reach": reach.name, "is_accountable": is_accountable}
        was, wants = was | {"line_of_work": post.line_of_work}, wants | {"line_of_work": line}
        changed = [name for name in wants if was[name] != wants[name]]
        if reach.id != post.scope_grid_id and "reach" not in changed:
            changed.append("reach")  # another place of the same name
        if changed:
            await compare_and_set(
                Post,
                post_id,
                version=version,
                title=title,
                role=role,
                scope_grid_id=reach.id,
                is_accountable=is_accountable,
                line_of_work=line or None,
            )
            texts = was_and_now({name: was[name] for name in changed}, {name: wants[name] for name in changed})
            await record_event(
                PostChanged(fields=tuple(changed)), org_id=post.org_id, subject_id=post_id, by=by, texts=texts
            )
    return tuple(changed)


class _Holder(NamedTuple):
    person_id: int
    kind: str


async def _check_holders(post: PostPlace, role: str, *, by: Actor) -> None:
    """A new role must suit everybody who holds the post, and give its changer no more than before."""
    if role == post.role:
        return
    rows = await fetch(
        _Holder,
        "SELECT s.id, s.kind FROM appointment a JOIN person s ON s.id = a.person_id "
        "WHERE a.post_id = {} AND (a.ends_at IS NULL OR a.ends_at > {})",
        post.id, now(),
    )  # fmt: skip
    for holder in rows:
        check_holder(role, person_kind=holder.kind)
        check_own(by, holder.person_id, role)
    if rows:
        for changed in (role, post.role):
            await check_principal(post.org_id, changed, by=by)


async def end_post(post_id: int, *, version: int, by: Actor) -> None:
    """Ends a post now, and every appointment to it; refused while open cards wait for it."""
    async with unit_of_work():
        post = await post_to_change(post_id, by=by)
        for code, count in await post_blockers_of(post_id):
            if count:
                raise Refused(code, count=count)
        at = now()
        for appointment in await appointments_open("post_id", post_id, at=at):
            await write_end(appointment, ends_at=at, by=by)
        await compare_and_set(Post, post_id, version=version, ended_at=at)
        await record_event(PostEnded(), org_id=post.org_id, subject_id=post_id, by=by)


async def post_blockers_of(post_id: int) -> list[tuple[str, int]]:
    """What keeps a post from being ended: (code of the sentence, how many)."""
    return [(code, await count(post_id)) for code, count in _post_blockers.items()]
