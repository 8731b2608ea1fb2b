"""The cast: one bureau, two schools, and people with invented names. Tests speak of them by their part in the story."""

from dataclasses import dataclass
from datetime import timedelta

from portal.core.actors import SYSTEM, Actor
from portal.core.clock import now
from portal.grids.services import make_grid, make_organisation
from portal.people.services import appoint, make_person, make_post
from portal.permissions.queries import actor_for


@dataclass
class Cast:
    """Ids of everybody and everything. `other_*` belong to the second school, which must never see the first."""

    bureau: int = 0
    school: int = 0
    other_school: int = 0
    building: int = 0  # 博学楼
    floor: int = 0  # 一楼
    room: int = 0  # 化学实验室(东)
    second_room: int = 0
    sibling_building: int = 0  # 文德楼
    sibling_room: int = 0
    school_class: int = 0  # 高一1班
    office: int = 0
    other_building: int = 0
    other_room: int = 0
    bureau_officer: int = 0
    principal: int = 0
    vice_head: int = 0
    safety: int = 0
    leader: int = 0
    chief: int = 0
    floor_chief: int = 0
    keeper: int = 0
    teacher: int = 0
    sibling_keeper: int = 0
    monitor: int = 0
    nobody: int = 0  # has an account, holds no post
    other_safety: int = 0
    other_principal: int = 0
    keeper_post: int = 0
    floor_post: int = 0
    chief_post: int = 0

    async def actor(self, person_id: int) -> Actor:
        """A person of the cast as an actor at this instant."""
        found = await actor_for(person_id, at=now())
        assert found is not None
        return found


async def make_cast() -> Cast:
    """Builds the cast through the services that the product uses."""
    c = Cast()
    c.bureau = await make_organisation("青云县教育局", kind="bureau", by=SYSTEM)
    c.school = await make_organisation(
        "明德中学", kind="school", bureau_id=c.bureau, duty_phone="0000-8800110", by=SYSTEM
    )
    c.other_school = await make_organisation("启智小学", kind="school", bureau_id=c.bureau, by=SYSTEM)
    c.building = await make_grid("博学楼", kind="building", parent_id=c.school, by=SYSTEM)
    c.floor = await make_grid("一楼", kind="floor", parent_id=c.building, by=SYSTEM)
    c.room = await make_grid("化学实验室(东)", kind="room", parent_id=c.floor, by=SYSTEM)
    c.second_room = await make_grid("配电室", kind="room", parent_id=c.floor, by=SYSTEM)
    c.sibling_building = await make_grid("文德楼", kind="building", parent_id=c.school, by=SYSTEM)
    c.sibling_room = await make_grid("图书室", kind="room", parent_id=c.sibling_building, by=SYSTEM)
    c.school_class = await make_grid("高一1班", kind="class", parent_id=c.school, by=SYSTEM)
    c.office = await make_grid("政治处", kind="office", parent_id=c.school, by=SYSTEM)
    c.other_building = await make_grid("启智楼", kind="building", parent_id=c.other_school, by=SYSTEM)
    c.other_room = await make_grid("音乐教室", kind="room", parent_id=c.other_building, by=SYSTEM)

    async def person(name: str, org: int, *posts: tuple[str, str, int, int | None], kind: str = "staff") -> int:
        person_id = await make_person(
            name, org_id=org, by=SYSTEM, kind=kind, phone="13800000000" if kind == "staff" else None
        )
        for title, role, grid, scope in posts:
            post = await make_post(title, role=role, grid_id=grid, scope_grid_id=scope, by=SYSTEM)
            await appoint(person_id, post_id=post, by=SYSTEM, starts_at=now() - timedelta(days=30))
        return person_id

    c.bureau_officer = await person("甄局安", c.bureau, ("安全科科长", "bureau_officer", c.bureau, None))
    c.principal = await person("甄校长", c.school, ("校长", "principal", c.school, None))
    c.vice_head = await person("甄副校", c.school, ("副校长", "vice_head", c.office, c.school))
    c.safety = await person("甄安全", c.school, ("政治处主任", "safety_officer", c.office, c.school))
    c.leader = await person("甄带班", c.school, ("校委会成员", "member", c.office, None))
    c.chief = await person("甄楼长", c.school, ("楼总负责", "chief", c.building, None))
    c.floor_chief = await person("甄层长", c.school, ("楼层负责", "chief", c.floor, None))
    c.keeper = await person(
        "甄实验", c.school, ("负责人", "keeper", c.room, None), ("负责人", "keeper", c.second_room, None)
    )
    c.teacher = await person("甄班主", c.school, ("班主任", "class_teacher", c.school_class, None))
    c.sibling_keeper = await person("甄图书", c.school, ("负责人", "keeper", c.sibling_room, None))
    c.monitor = await person("甄小班", c.school, ("班长", "pupil", c.school_class, None), kind="pupil")
    c.nobody = await person("甄无岗", c.school)
    c.other_safety = await person("贾安全", c.other_school, ("安全主任", "safety_officer", c.other_school, None))
    c.other_principal = await person("贾校长", c.other_school, ("校长", "principal", c.other_school, None))
    from portal.core.database import fetch_value

    c.keeper_post = await fetch_value("SELECT id FROM post WHERE grid_id = {} ORDER BY id", c.room)
    c.floor_post = await fetch_value("SELECT id FROM post WHERE grid_id = {} ORDER BY id", c.floor)
    c.chief_post = await fetch_value("SELECT id FROM post WHERE grid_id = {} ORDER BY id", c.building)
    return c
