"""Which post takes which list, as its pages read it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from portal.rendering.i18n import translator
from portal.responsibilities import labels
from portal.responsibilities.queries.lists import ChargedPost, DomainRow, ListRow, MappingRow
from portal.responsibilities.rules.mapping import Mapping as Row
from portal.responsibilities.rules.mapping import charge_of, mapping_for
from portal.responsibilities.views.lists import Choices
from portal.web.again import Typed


@dataclass(frozen=True, slots=True)
class MappingLine:
    """Posts that one row decides for (or none does), with what they take."""

    title: str
    kind: str
    name: str
    posts: int
    example: str
    list_id: int | None
    list_name: str
    line_of_work: str
    is_own: bool
    post_id: int
    lacks: str


@dataclass(frozen=True, slots=True)
class MappingsView:
    """The page: every kind of post of the school, those with a gap first."""

    org_id: int
    school: str
    lines: tuple[MappingLine, ...]
    lacking: int
    may_edit: bool


def mappings_view(
    org: tuple[int, str], posts: Iterable[ChargedPost], rows: Sequence[MappingRow], lists: Iterable[ListRow],
    copies: dict[int, int], kinds: Mapping[str, str], language: str, *, may_edit: bool,
) -> MappingsView:  # fmt: skip
    """Groups the posts by the row that decides for them."""
    rules, names = [row.rule for row in rows], {row.id: row.text(language) for row in lists}
    groups: dict[tuple[str, str, str], list[ChargedPost]] = {}
    for post in posts:
        found = mapping_for(rules, title=post.title, kind=post.kind, name=post.grid)
        groups.setdefault((post.title, post.kind, found.grid_name if found else ""), []).append(post)
    lines = [
        _line(key, some, rules, names, copies, kinds.get(key[1], key[1]), language) for key, some in groups.items()
    ]
    lines.sort(key=lambda line: not line.lacks)
    return MappingsView(*org, tuple(lines), sum(line.posts for line in lines if line.lacks), may_edit)


def _line(
    key: tuple[str, str, str], posts: Sequence[ChargedPost], rules: Sequence[Row], names: Mapping[int, str],
    copies: dict[int, int], kind: str, language: str,
) -> MappingLine:  # fmt: skip
    first, say = posts[0], translator(language)
    row = mapping_for(rules, title=first.title, kind=first.kind, name=first.grid)
    charge = charge_of(
        rules, title=first.title, kind=first.kind, name=first.grid, own_line=first.line_of_work, copies=copies
    )
    lacks = ""
    if not charge.is_whole:
        lacks = labels.NO_DUTIES if charge.line_of_work else labels.NO_LINE if charge.list_id else labels.NEITHER
    return MappingLine(
        title=key[0], kind=kind, name=key[2], posts=len(posts), example=first.grid, list_id=charge.list_id,
        list_name=names.get(charge.list_id or 0, ""), line_of_work=say(charge.line_of_work),
        is_own=bool(row and row.is_own), post_id=first.id, lacks=say(lacks) if lacks else "",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class MappingForm:
    """The form for posts of one title, kind and part of a name."""

    org_id: int
    post_id: int
    title: str
    kind: str
    kind_code: str
    name: str
    own_id: int | None
    version: int
    lists: Choices
    domains: Choices
    back: str
    typed: Typed


def mapping_form(
    org_id: int, post: ChargedPost, row: Row | None, own: MappingRow | None, lists: Iterable[ListRow],
    domains: Iterable[DomainRow], kind: str, language: str, *, typed: Typed | None,
) -> MappingForm:  # fmt: skip
    """The form with what decides for this post now."""
    texts = {
        "title": post.title, "kind": post.kind, "grid_name": row.grid_name if row else "",
        "list": str(row.list_id or "") if row else "", "line_of_work": row.line_of_work if row else post.line_of_work,
        "domain": row.domain if row else "",
    }  # fmt: skip
    return MappingForm(
        org_id=org_id, post_id=post.id, title=post.title, kind=kind, kind_code=post.kind,
        name=row.grid_name if row else "",
        own_id=own.id if own else None, version=own.version if own else 0,
        lists=tuple((str(one.copy_of or one.id), one.text(language)) for one in lists),
        domains=tuple((one.code, one.text(language)) for one in domains), back=f"/duty-mappings?org={org_id}",
        typed=typed or Typed(texts),
    )  # fmt: skip
