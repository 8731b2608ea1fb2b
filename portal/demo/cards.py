"""Playing a demonstration card through its story, each step at its own moment and by the person whose step it is."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from portal.core.actors import Actor
from portal.core.clock import local, set_clock
from portal.core.database import fetch, fetch_one, fetch_value
from portal.core.files import FileStore
from portal.hazards.photos import make_photo
from portal.hazards.rules import Level, Status
from portal.hazards.services import Move, NewPhoto, Report, list_hazard, move_hazard, note_hazard, report_hazard

PHOTOS = Path(__file__).parent / "data" / "photos"
ActorAt = Callable[[str, datetime], Awaitable[Actor]]


class _Grid(NamedTuple):
    id: int
    path: str
    name: str


class _Holder(NamedTuple):
    post_id: int
    name: str


async def play_card(
    card: dict[str, Any], *, school_id: int, actor: ActorAt, people: dict[str, int], real: datetime, store: FileStore
) -> int:
    """Plays one card; gives its id. `real` is the moment at which the demonstration is loaded."""
    story = _Story(card, await place_named(school_id, card["place"]), actor, people, real)
    story.store = store
    return await story.play()


async def place_named(school_id: int, place: str) -> _Grid:
    """A grid by the names below the school."""
    found = _Grid(school_id, "", "")
    for name in place.split("/"):
        below = await fetch(_Grid, "SELECT id, path, name FROM grid WHERE parent_id = {} AND name = {}", found.id, name)
        assert below, f"{place} is not in the register"
        found = below[0]
    return found


def by_day(moment: datetime, *, before: datetime) -> datetime:
    """The moment, moved into the hours of a school day (08:00 to 18:00 of its date) unless it is the last hour."""
    here = local(moment)
    if before - moment < timedelta(hours=8):
        return moment
    hour = 8 + here.hour * 10 // 24
    return here.replace(hour=hour).astimezone(UTC)


class _Story:
    """One card on its way; each step moves the clock on by a part of the card's age."""

    store: FileStore

    def __init__(
        self, card: dict[str, Any], grid: _Grid, actor: ActorAt, people: dict[str, int], real: datetime
    ) -> None:
        self.card, self.grid, self.actor, self.people, self.real = card, grid, actor, people, real
        self.age = timedelta(days=card["days"])
        self.at = real - timedelta(days=20)
        self.hazard_id = 0

    async def play(self) -> int:
        self._clock(0)
        await self._report()
        if "triage" in self.card:
            self._clock(0.08)
            await self._assign()
        if "listed" in self.card:
            await self._list()
        if "escalate" in self.card:
            self._clock(0.3)
            await self._escalate()
        for step, share in (("start", 0.3), ("finish", 0.6), ("close", 0.8)):
            if self.card.get(step):
                self._clock(share)
                await getattr(self, f"_{step}")()
        if "note" in self.card:
            self._clock(0.7)
            await note_hazard(self.hazard_id, self.card["note"], by=await self._holder())
        return self.hazard_id

    def _clock(self, share: float) -> None:
        moment = self.at = max(self.at, by_day(self.real - self.age * (1 - share), before=self.real))
        set_clock(lambda: moment)

    async def _by(self, name: str) -> Actor:
        return await self.actor(name, self.at)

    async def _version(self) -> int:
        return int(await fetch_value("SELECT version FROM hazard WHERE id = {}", self.hazard_id))

    async def _holder_row(self) -> _Holder:
        found = await fetch_one(
            _Holder,
            "SELECT p.id, s.name FROM post p JOIN appointment a ON a.post_id = p.id AND a.is_primary "
            "JOIN person s ON s.id = a.person_id WHERE p.grid_id = {} AND p.is_accountable "
            "ORDER BY p.sort, p.id LIMIT 1",
            self.grid.id,
        )
        assert found is not None, f"{self.grid.name} has nobody"
        return found

    async def _holder(self) -> Actor:
        return await self._by((await self._holder_row()).name)

    async def _move(self, to: Status, by: Actor, **fields: Any) -> None:
        await move_hazard(self.hazard_id, Move(to=to, version=await self._version(), **fields), by=by)

    async def _photos(self, field: str) -> tuple[NewPhoto, ...]:
        """The photo that the card names, through the same pipeline as one from a phone."""
        if field not in self.card:
            return ()
        photo = await make_photo((PHOTOS / self.card[field]).read_bytes(), owner=0)
        full = await self.store.put(photo.full, media_type="image/jpeg")
        thumb = await self.store.put(photo.thumb, media_type="image/jpeg")
        return (NewPhoto(full.digest, thumb.digest, photo.width, photo.height),)

    async def _report(self) -> None:
        level = Level(self.card["level"]) if "level" in self.card else None
        photos = await self._photos("photo")
        report = Report(grid_id=self.grid.id, title=self.card["title"], level=level, photos=photos)
        self.hazard_id = await report_hazard(report, by=await self._by(self.card["by"]))

    async def _assign(self) -> None:
        holder = await self._holder_row()
        await self._move(
            Status.ASSIGNED, await self._by(self.card["triage"]), category=self.card["category"],
            level=Level(self.card["level"]), responsible_post_id=holder.post_id, interim=self.card.get("interim"),
        )  # fmt: skip

    async def _list(self) -> None:
        said = self.card["listed"]
        await list_hazard(
            self.hazard_id, version=await self._version(), supervisor_id=self.people[said["supervisor"]],
            condition=said["condition"], by=await self._by(said["by"]),
        )  # fmt: skip

    async def _start(self) -> None:
        await self._move(Status.RECTIFYING, await self._holder())

    async def _finish(self) -> None:
        photos = await self._photos("after")
        await self._move(Status.RECHECK, await self._holder(), measure=self.card["finish"], photos=photos)

    async def _close(self) -> None:
        await self._move(Status.CLOSED, await self._by(self.card["triage"]), conclusion=self.card["close"])

    async def _escalate(self) -> None:
        said = self.card["escalate"]
        bureau = await fetch_value(
            "SELECT o.bureau_id FROM organisation o JOIN hazard h ON h.org_id = o.grid_id WHERE h.id = {}",
            self.hazard_id,
        )
        await self._move(
            Status.ESCALATED, await self._holder(), reason=said["reason"], watcher_id=self.people[said["watcher"]],
            receivers=(int(bureau),),
        )  # fmt: skip
