"""How the pages of duty name lanes, roles and times, in the reader's language."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from portal.core.clock import local
from portal.duty import labels
from portal.duty.queries import Plan
from portal.duty.rules import LEADING, DayKind, Line
from portal.rendering.i18n import translator
from portal.rendering.labels import WEEKDAYS
from portal.rendering.moments import day_text

MINUTE_FORMAT = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True, slots=True)
class Words:
    """The names of a school's plan in one language."""

    plan: Plan
    language: str

    @property
    def say(self) -> Callable[..., str]:
        """Translates a message."""
        return translator(self.language)

    def chosen(self, name: str, english: str) -> str:
        """A name as it was entered, in the reader's language where it has one."""
        return english if self.language == "en" and english else name

    def area(self, area_id: int | None) -> str:
        """The name of an area; the whole school has one of ours."""
        found = self.plan.areas.get(area_id or 0)
        return self.chosen(found.name, found.name_en) if found else self.say(labels.WHOLE_SCHOOL)

    def role(self, code: str) -> str:
        """The name of a role; a code that nobody knows any more stays itself."""
        found = self.plan.roles.get(code)
        return self.chosen(found.name, found.name_en) if found else code

    def line(self, line: Line) -> str:
        """A lane in words: where and as what. The leader's lane needs no place."""
        if line == LEADING:
            return self.say(labels.LEADING)
        return self.say(labels.LANE, area=self.area(line.area_id), role=self.role(line.role))

    def kind_of(self, day: date) -> str:
        """What kind of day a date is; a holiday by its name."""
        code, calendar = self.plan.days.kind(day), self.plan.days.calendar
        name = calendar.name(day)
        if name and code == DayKind.HOLIDAY:
            return self.say(labels.HOLIDAYS.get(name, name))
        found = self.plan.kinds.get(code)
        return self.chosen(found.name, found.name_en) if found else self.say(labels.DAY_KINDS[calendar.kind(day)])

    def on(self, day: date) -> str:
        """11月23日 周一, also where it is today."""
        return day_text(day, today=day - timedelta(days=1), language=self.language)

    def weekday(self, day: date) -> str:
        """Mon, 周一."""
        return self.say(WEEKDAYS[day.weekday()])


def clock_text(moment: datetime) -> str:
    """08:00, in Shanghai."""
    return f"{local(moment):%H:%M}"


def span_text(start: datetime, end: datetime) -> str:
    """08:00–12:00; the end of the day is 24:00."""
    last = local(end)
    ends = "24:00" if last.date() > local(end - timedelta(microseconds=1)).date() else f"{last:%H:%M}"
    return f"{clock_text(start)}–{ends}"


def hours_text(length: timedelta) -> str:
    """4, or 4.5: hours with at most one decimal, never rounded down to none."""
    hours = length / timedelta(hours=1)
    return f"{max(round(hours, 1), 0.1):g}" if hours else "0"


def slot_href(org: str, line: Line, start: datetime, end: datetime) -> str:
    """The form that puts somebody into a lane over this time. `org` is "" for one's own school, else "&org=7"."""
    asked = {
        "area": line.area_id or "", "role": line.role,
        "starts": f"{local(start):{MINUTE_FORMAT}}", "ends": f"{local(end):{MINUTE_FORMAT}}",
    }  # fmt: skip
    return f"/duty/shifts/new?{urlencode(asked)}{org}"
