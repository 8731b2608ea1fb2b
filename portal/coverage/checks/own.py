"""This room's checks: pure questions about a school's rows at an instant."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from portal.coverage.checks.shapes import Act, Blind, Found
from portal.coverage.queries.reading import PostLine, School
from portal.coverage.rules import GridGap, Why, crowded, doubles, look_alikes, running_out
from portal.responsibilities.rules import Facts, Mark
from portal.responsibilities.rules.facts import rulings_at
from portal.responsibilities.rules.mapping import charge_of


def own_checks(
    school: School, facts: Facts, gaps: Iterable[GridGap], grids: list[int], *, at: datetime, is_whole: bool
) -> list[Found]:
    """Every check of this room. `grids` are those that the reader sees; questions about the whole school (people,
    names, lines of work) are asked only when that is all of it."""
    seen = set(grids)
    posts = [post for post in school.posts.values() if post.grid_id in {one.id for one in school.grids}]
    posts = [post for post in posts if is_whole or post.grid_id in seen]
    listed = list(gaps)
    checks = [
        grids_check(school, listed, len(grids)),
        posts_check(school, facts, posts, {gap.post_id for gap in listed}, at=at),
        duties_check(school, posts),
        doubles_check(school, facts, {post.id for post in posts}, at=at),
        crowded_check(school, facts, grids, at=at),
        ending_check(school, facts, {post.id for post in posts}, at=at),
    ]
    if is_whole:
        checks += [people_check(school, facts, at=at), looking_check(school), offices_check(school, facts, at=at)]
    return checks


def grids_check(school: School, gaps: list[GridGap], whole: int) -> Found:
    """Grids without somebody of their own."""
    return Found("grids", whole - len(gaps), whole, tuple(grid_blind(school, gap) for gap in gaps))


def grid_blind(school: School, gap: GridGap) -> Blind:
    """A grid that nobody answers for, with the way to close it: somebody for the post, or a post first."""
    place, href = school.place(gap.grid_id), f"/grids/{gap.grid_id}"
    post = school.posts.get(gap.post_id or 0)
    if gap.why is Why.NO_POST or post is None:
        return Blind(place, href, "no_post", Act.MAKE_POST, gap.grid_id)
    note = "vacant_since" if post.vacated_at else "vacant"
    return Blind(place, href, note, Act.APPOINT, post.id, title=post.title, until=post.vacated_at)


def posts_check(school: School, facts: Facts, posts: list[PostLine], listed: set[int | None], *, at: datetime) -> Found:
    """Posts without anybody; those that leave a grid uncovered are listed there already."""
    empty = [post for post in posts if facts.holder(post.id, at=at) is None]
    rest = [post for post in empty if post.id not in listed]
    blind = tuple(
        Blind(
            school.place(post.grid_id), f"/grids/{post.grid_id}",
            "vacant_since" if post.vacated_at else "vacant", Act.APPOINT, post.id, title=post.title,
            until=post.vacated_at,
        )
        for post in rest
    )  # fmt: skip
    return Found("posts", len(posts) - len(rest), len(posts), blind)


def duties_check(school: School, posts: list[PostLine]) -> Found:
    """Posts of which nobody has said what their work is and which duties they have (R47); one line for each kind."""
    alike: dict[tuple[str, str], list[PostLine]] = defaultdict(list)
    for post in posts:
        grid = school.grid[post.grid_id]
        charge = charge_of(
            school.mappings, title=post.title, kind=grid.kind, name=grid.name, own_line=post.line_of_work,
            copies=school.copies,
        )  # fmt: skip
        if not charge.is_whole:
            alike[post.title, "no_list" if charge.list_id is None else "no_line"].append(post)
    blind = tuple(
        Blind(
            title, f"/grids/{found[0].grid_id}", f"{why}_many" if len(found) > 1 else why, Act.CHARGE, found[0].id,
            code=title, count=len(found),
        )
        for (title, why), found in alike.items()
    )  # fmt: skip
    return Found("duties", len(posts) - sum(one.count for one in blind), len(posts), blind)


def people_check(school: School, facts: Facts, *, at: datetime) -> Found:
    """People of the staff who hold no post, now or as announced."""
    holding = {
        tenure.person_id
        for tenures in facts.tenures_of.values()
        for tenure in tenures
        if tenure.ends_at is None or tenure.ends_at > at
    }
    idle = sorted(person_id for person_id in school.people if person_id not in holding)
    blind = tuple(Blind(school.people[one], f"/people/{one}", "no_grid", Act.PLACE, one) for one in idle)
    return Found("people", len(school.people) - len(idle), len(school.people), blind)


def doubles_check(school: School, facts: Facts, seen: set[int], *, at: datetime) -> Found:
    """Posts that more than one person would answer for with equal right."""
    found = [(school.posts[one], number) for one, number in doubles(facts, at=at) if one in seen]
    blind = tuple(
        Blind(
            f"{school.place(post.grid_id)} {post.title}", f"/posts/{post.id}", "doubles", Act.PRIMARY, post.id,
            count=number,
        )
        for post, number in found
    )  # fmt: skip
    return Found("doubles", len(seen) - len(found), len(seen), blind)


def crowded_check(school: School, facts: Facts, grids: list[int], *, at: datetime) -> Found:
    """Grids on which several accountable posts have somebody, and the school has not said which is the one."""
    ruled = {
        grid_id
        for grid_id, rows in facts.rulings_on.items()
        if any(row.duty == "" and row.mark == "main" and row.is_in_force(at) for row in rows)
    }
    found = [(one, number) for one, number in crowded(facts, grids, at=at) if one not in ruled]
    blind = tuple(
        Blind(school.place(one), f"/grids/{one}", "crowded", Act.ONE_POST, one, count=number) for one, number in found
    )
    return Found("crowded", len(grids) - len(found), len(grids), blind)


def ending_check(school: School, facts: Facts, seen: set[int], *, at: datetime) -> Found:
    """Posts that have somebody now and, as far as is known, nobody soon."""
    found = sorted(
        ((end, school.posts[one]) for one, end in running_out(facts, at=at) if one in seen), key=lambda one: one[0]
    )
    blind = tuple(
        Blind(
            f"{school.place(post.grid_id)} {post.title}", f"/grids/{post.grid_id}", "ending", Act.FOLLOW, post.id,
            until=end,
        )
        for end, post in found
    )  # fmt: skip
    return Found("ending", 0, 0, blind)


def looking_check(school: School) -> Found:
    """Names that look alike and of which nobody has said yet that they are two people."""
    pairs = [pair for pair in look_alikes(school.people) if tuple(sorted(pair)) not in school.confirmed]
    blind = tuple(
        Blind(
            " / ".join((school.people[one], school.people[other])), f"/people/{one}",
            "same_name" if school.people[one] == school.people[other] else "look_alike", Act.CONFIRM, one, other,
        )
        for one, other in pairs
    )  # fmt: skip
    return Found("look_alikes", 0, 0, blind)


def offices_check(school: School, facts: Facts, *, at: datetime) -> Found:
    """Lines of work whose hazards belong to an office, of which no row says which office that is."""
    wanted: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for code, parent, domain in school.offices:
        wanted[domain].append((code, parent))
    missing = [
        domain for domain in _in_order(school, wanted) if not _has_office(school, facts, wanted[domain], domain, at)
    ]
    blind = tuple(
        Blind(
            "", f"/matrix?grid={school.org_id}", "offices", Act.MARK, school.org_id, code=domain,
            count=len(wanted[domain]),
        )
        for domain in missing
    )  # fmt: skip
    return Found("offices", len(wanted) - len(missing), len(wanted), blind)


def _in_order(school: School, wanted: Iterable[str]) -> Iterator[str]:
    order = list(school.domains)
    yield from sorted(wanted, key=lambda one: order.index(one) if one in order else len(order))


def _has_office(school: School, facts: Facts, codes: list[tuple[str, str]], domain: str, at: datetime) -> bool:
    """True when a row names the post that answers for each of these categories, and somebody holds it."""
    return all(_is_named(school, facts, [one for one in (code, parent, domain) if one], at) for code, parent in codes)


def _is_named(school: School, facts: Facts, codes: list[str], at: datetime) -> bool:
    return any(
        row.mark is Mark.MAIN and facts.holder(row.post_id, at=at) is not None
        for place in facts.line(school.org_id)
        for code in codes
        for row in rulings_at(facts, place.id, code, at=at)
    )
