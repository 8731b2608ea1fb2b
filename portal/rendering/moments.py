"""Dates, times and durations in words. Pure: the moment "now" comes in, nothing is asked of a clock.

A board says the same dates and rests many times, so the sentences are remembered.
"""

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache

from markupsafe import Markup

from portal.core.clock import local
from portal.rendering import labels
from portal.rendering.i18n import translator

MINUTE, HOUR, DAY = 60, 3600, 86400
FEW_DAYS = 3 * DAY

Words = Callable[..., str]


def moment_text(moment: datetime, *, at: datetime, language: str, full: bool = False) -> str:
    """今天 14:05, 11月22日 周日 14:05, or with the year when it is another one (or `full`)."""
    return _moment(local(moment).replace(second=0, microsecond=0), local(at).date(), language, full)


@lru_cache(4096)
def _moment(here: datetime, today: date, language: str, full: bool) -> str:
    translate, time = translator(language), f"{here:%H:%M}"
    if here.date() == today and not full:
        return translate(labels.TODAY_AT, time=time)
    form = labels.FULL_DAY_AT if full or here.year != today.year else labels.DAY_AT
    return translate(form, time=time, **_parts(here.date(), translate))


@lru_cache(1024)
def day_text(day: date, *, today: date, language: str, full: bool = False) -> str:
    """今天, 11月22日 周日, or 2027年8月31日 周二 when it is another year (or `full`)."""
    translate = translator(language)
    if day == today and not full:
        return translate(labels.TODAY)
    form = labels.FULL_DAY if full or day.year != today.year else labels.DAY
    return translate(form, **_parts(day, translate))


def _parts(day: date, translate: Words) -> dict[str, str]:
    return {
        "year": str(day.year),
        "month": translate(labels.MONTHS[day.month - 1]),
        "day": str(day.day),
        "weekday": translate(labels.WEEKDAYS[day.weekday()]),
    }


def left_text(seconds: float, *, language: str) -> str:
    """What is left of a time limit, or by how much it is over (`seconds` below 0).

    From one day on in whole days, below that in hours and minutes, always rounded towards zero; of the last three days
    that are left the hours are said as well. `portal.duty.rules.next_left_instant` says when these words change.
    """
    amount = int(abs(seconds))
    grain = MINUTE if amount < DAY else HOUR if 0 < seconds < FEW_DAYS else DAY
    return _left(amount // grain * grain, seconds < 0, language)


@lru_cache(4096)
def _left(amount: int, over: bool, language: str) -> str:
    days, hours, minutes = amount // DAY, amount % DAY // HOUR, amount % HOUR // MINUTE
    forms = FORMS[min(days, 2), hours > 0, minutes > 0]
    return translator(language)(forms[over], days=days, hours=hours, minutes=minutes)


FORMS = {
    (0, False, False): (labels.NOW_DUE, labels.JUST_OVER),
    (0, False, True): (labels.MINUTES_LEFT, labels.MINUTES_OVER),
    (0, True, False): (labels.FULL_HOURS_LEFT, labels.FULL_HOURS_OVER),
    (0, True, True): (labels.HOURS_LEFT, labels.HOURS_OVER),
    (1, False, False): (labels.ONE_DAY_LEFT, labels.ONE_DAY_OVER),
    (1, True, False): (labels.DAYS_HOURS_LEFT, labels.ONE_DAY_OVER),
    (2, True, False): (labels.DAYS_HOURS_LEFT, labels.DAYS_OVER),
    (2, False, False): (labels.DAYS_LEFT, labels.DAYS_OVER),
}
"""What is left and what is over, by (days: 0, 1 or more, are there hours, are there minutes): only what there is."""


@lru_cache(4096)
def unbroken(text: str) -> Markup:
    """A text that stays on one line, also inside a sentence: a number is never torn from its unit."""
    return Markup('<span class="nowrap">{}</span>').format(text)


@lru_cache(4096)
def time_tag(machine: str, text: str) -> Markup:
    """The text as `<time datetime>`, which never breaks across lines."""
    return Markup('<time datetime="{}">{}</time>').format(machine, text)


def phone_masked(phone: str) -> str:
    """138****1234 for an 11-digit mobile; a landline is no secret and stays."""
    digits = "".join(character for character in phone if character.isdigit())
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) == 11 and digits.startswith("1") else phone
