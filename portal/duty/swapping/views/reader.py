"""Who reads the pages of swaps, and how they name times, duties and what speaks against somebody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.core.clock import local
from portal.duty import labels as duty_labels
from portal.duty.queries import Plan
from portal.duty.rules import Conflict, Duty, Shift
from portal.duty.swapping import labels
from portal.duty.swapping.forms import FORMAT
from portal.duty.swapping.queries import Around
from portal.duty.swapping.rules import Mover
from portal.duty.views.words import Words, clock_text, hours_text
from portal.rendering.moments import day_text, moment_text


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the page, in which language, when."""

    words: Words
    at: datetime
    person_id: int | None = None
    is_office: bool = False

    @classmethod
    def of(cls, plan: Plan, language: str, at: datetime, person_id: int | None, *, is_office: bool) -> "Reader":
        """The reader of a page of a school with this plan."""
        return cls(Words(plan, language), at, person_id, is_office)

    @property
    def mover(self) -> Mover:
        """The reader as the rules of a swap ask it."""
        return Mover(self.person_id, self.is_office)

    def span(self, start: datetime, end: datetime) -> str:
        """11月25日 周三 18:00–22:00; an end on the next day says so."""
        day = day_text(local(start).date(), today=local(self.at).date(), language=self.words.language)
        last = local(end)
        if last.date() == local(start).date():
            return f"{day} {clock_text(start)}–{clock_text(end)}"
        if last.date() == local(start).date() + timedelta(days=1) and f"{last:%H:%M}" == "00:00":
            return f"{day} {clock_text(start)}–24:00"
        text = self.words.say(labels.NEXT_DAY, start=clock_text(start), end=clock_text(end))
        return f"{day} {text}"

    def duty(self, duty: Duty | Shift) -> str:
        """A time on duty in words: when, where, as what."""
        return f"{self.span(duty.starts_at, duty.ends_at)} {self.words.line(duty.line)}"

    def moment(self, moment: datetime) -> str:
        """A moment in words."""
        return moment_text(moment, at=self.at, language=self.words.language)

    def clash(self, one: Conflict, around: Around) -> str:
        """What speaks against somebody, in words."""
        other = around.shift(one.other_shift_id)
        return self.words.say(
            duty_labels.AGAINST[one.clash], when=self.span(one.starts_at, one.ends_at),
            lane=self.words.line(other.line) if other else "", hours=hours_text(one.ends_at - one.starts_at),
        )  # fmt: skip

    def why(self, code: str) -> str:
        """A refusal in words; nothing for nothing."""
        return self.words.say(labels.REFUSALS[code]) if code else ""

    def together(self, texts: Iterable[str]) -> str:
        """Clauses in one line, each once."""
        return self.words.say(labels.BETWEEN).join(dict.fromkeys(texts))


def field_moment(moment: datetime) -> str:
    """A moment as a field of time shows it."""
    return f"{local(moment):{FORMAT}}"
