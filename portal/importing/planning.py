"""From rows and the school as it stands to a plan. Pure.

The importer only adds. A holder who differs is pointed out and left: a change of person is an act of its own, with
a date and a handover. The same file twice therefore does nothing the second time.
"""

from collections import defaultdict
from collections.abc import Sequence

from portal.importing.oddities import in_order, oddities_of
from portal.importing.oddities.names import is_heading
from portal.importing.people_of import People
from portal.importing.plan import (
    ExistingHolder,
    ExistingPost,
    NewAppointment,
    NewGrid,
    NewPost,
    Plan,
    Snapshot,
)
from portal.importing.roles import ACCOUNTABLE, Meaning, meaning_of
from portal.importing.rows import GridRow, HolderRow, Oddity, Parsed, at
from portal.importing.tree import Node, build_tree
from portal.importing.words import key, words
from portal.permissions.rules import Role


def make_plan(parsed: Parsed, snapshot: Snapshot) -> Plan:
    """The plan for these rows and this school. Rows with errors are planned as far as they go, for the
    preview."""
    tree = build_tree(parsed.rows, snapshot.school_name, (grid.key for grid in snapshot.grids))
    planner = _Planner(snapshot, tree.nodes)
    for node in tree.nodes:
        planner.add(node)
    found = [*parsed.oddities, *tree.oddities, *oddities_of(tree), *planner.oddities]
    return Plan(
        tuple(planner.grids),
        tuple(planner.posts),
        tuple(planner.people.new.values()),
        tuple(planner.appointments),
        planner.people.known,
        planner.left_alone,
        len(parsed.rows),
        tuple(in_order(found)),
    )


class _Planner:
    """Walks the nodes once, parents first, and gathers what is missing in the school."""

    def __init__(self, snapshot: Snapshot, nodes: Sequence[Node]) -> None:
        self.grids: list[NewGrid] = []
        self.posts: list[NewPost] = []
        self.appointments: list[NewAppointment] = []
        self.oddities: list[Oddity] = []
        self.left_alone = 0
        self.people = People(
            [(person.id, person.name, person.kind, person.staff_no) for person in snapshot.persons],
            [holder for node in nodes for holder in node.row.persons],
        )
        self._importer = snapshot.importer
        self._have = {grid.key: grid for grid in snapshot.grids}
        self._by_path = {node.key: node.key for node in nodes} | {each: each for each in self._have}
        self._posts: dict[str, list[ExistingPost]] = defaultdict(list)
        for post in snapshot.posts:
            self._posts[post.grid_key].append(post)
        self._holders: dict[int, list[ExistingHolder]] = defaultdict(list)
        for holder in snapshot.holders:
            self._holders[holder.post_id].append(holder)

    def add(self, node: Node) -> None:
        """Plans the grid of this row, its posts and their holders."""
        have = self._have.get(node.key)
        if have is None and not node.is_school:
            self.grids.append(self._grid(node))
        else:
            self.left_alone += 1
            if have is not None and have.kind != node.row.kind:
                self._say(node.row, "kind_differs", node.row.kind, now=have.kind)
        for title, holders in posts_of(node.row).items():
            self._plan_post(node, title, holders)

    def _grid(self, node: Node) -> NewGrid:
        row = node.row
        place_key = self._place_key(row)
        if row.place and not place_key:
            self._say(row, "place_unknown", row.place)
        return NewGrid(
            node.key,
            node.parent_key,
            row.name,
            row.kind,
            is_heading(row.kind),
            row.level_label,
            row.area_m2,
            row.place,
            place_key,
        )

    def _place_key(self, row: GridRow) -> str:
        """The key of the grid whose whole path the place column gives, or ""."""
        return self._by_path.get("/".join(key(part) for part in row.place.split("/")), "") if row.place else ""

    def _plan_post(self, node: Node, title: str, holders: list[HolderRow]) -> None:
        meaning = _meaning(node.row, title, holders)
        there = next((post for post in self._posts[node.key] if key(post.title) == key(title)), None)
        refs = self._refs(node.row, holders)
        if there is None:
            scope = "" if meaning.reach == "school" else node.key
            self.posts.append(NewPost(node.key, title, meaning.role, scope, meaning.role in ACCOUNTABLE))
            self._appoint(node, title, meaning.role, refs)
        else:
            self.left_alone += 1
            self._compare(node, there, refs, holders)

    def _refs(self, row: GridRow, holders: list[HolderRow]) -> list[str]:
        refs = []
        for holder in holders:
            if holder.by_post:
                continue
            ref = self.people.ref(holder)
            if ref is None:
                self.oddities.append(at(row, "person_ambiguous", "error", "responsible", holder.name))
            elif ref not in refs:
                refs.append(ref)
        return refs

    def _appoint(self, node: Node, title: str, role: str, refs: list[str]) -> None:
        allowed = [ref for ref in refs if self._may_appoint(node.row, title, role, ref)]
        for number, ref in enumerate(allowed):
            self.appointments.append(NewAppointment(node.key, title, ref, is_primary=number == 0))

    def _may_appoint(self, row: GridRow, title: str, role: str, ref: str) -> bool:
        """Whether the importer could appoint this person by hand; if not, the row says who can instead."""
        by = self._importer
        if by.needs_bureau and role == Role.PRINCIPAL:
            self._say(row, "principal_by_bureau", title)
        elif by.person_id is not None and self.people.known.get(ref) == by.person_id and role in by.gains:
            self._say(row, "own_rights", title)
        else:
            return True
        return False

    def _compare(self, node: Node, post: ExistingPost, refs: list[str], holders: list[HolderRow]) -> None:
        """A vacant post is filled; other holders than those in the file stay, and the difference is shown."""
        now = self._holders[post.id]
        if not now:
            self._appoint(node, post.title, post.role, refs)
            return
        self.left_alone += len(now)
        if refs and {self.people.known.get(ref) for ref in refs} != {holder.person_id for holder in now}:
            wanted = " / ".join(holder.name for holder in holders if not holder.by_post)
            self._say(node.row, "holder_differs", wanted, now=" / ".join(holder.name for holder in now))

    def _say(self, row: GridRow, code: str, value: str, **params: str) -> None:
        column = {"kind_differs": "kind", "place_unknown": "place"}.get(code, "responsible")
        self.oddities.append(at(row, code, "note", column, value, **params))


def posts_of(row: GridRow) -> dict[str, list[HolderRow]]:
    """The posts of a grid by their title, each with its holders in the order of the file.

    A row without people has the post that its titles name, or the usual one, vacant; a heading has none.
    """
    posts: dict[str, list[HolderRow]] = {}
    for holder in row.holders:
        posts.setdefault(holder.title, []).append(holder)
    if not posts and not is_heading(row.kind):
        posts = {title or words().default_title: [] for title in row.titles or ("",)}
    return posts


def _meaning(row: GridRow, title: str, holders: list[HolderRow]) -> Meaning:
    if holders:
        return Meaning(holders[0].role, "school" if holders[0].reach == "school" else "grid")
    return meaning_of(title, row.kind)
