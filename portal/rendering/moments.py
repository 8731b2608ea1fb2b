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

    From one day on in whole days, below that in hours and minutes; always rounded towards zero.
    """
    amount = int(abs(seconds))
    grain = DAY if amount >= DAY else MINUTE
    return _left(amount // grain * grain, seconds < 0, language)


@lru_cache(4096)
def _left(amount: int, over: bool, language: str) -> str:
    translate = translator(language)
    days, hours, minutes = amount // DAY, amount // HOUR, amount % HOUR // MINUTE
    if days == 1:
        return translate(labels.ONE_DAY_OVER if over else labels.ONE_DAY_LEFT)
    if days:
        return translate(labels.DAYS_OVER if over else labels.DAYS_LEFT, days=days)
    if hours and minutes:
        return translate(labels.HOURS_OVER if over else labels.HOURS_LEFT, hours=hours, minutes=minutes)
    if hours:
        return translate(labels.FULL_HOURS_OVER if over else labels.FULL_HOURS_LEFT, hours=hours)
    if minutes:
        return translate(labels.MINUTES_OVER if over else labels.MINUTES_LEFT, minutes=minutes)
    return translate(labels.JUST_OVER if over else labels.NOW_DUE)


@lru_cache(4096)
def time_tag(machine: str, text: str) -> Markup:
    """The text as `<time datetime>`, which never breaks across lines."""
    return Markup('<time datetime="{}">{}</time>').format(machine, text)


def phone_masked(phone: str) -> str:
    """138****1234 for an 11-digit mobile; a landline is no secret and stays."""
    digits = "".join(character for character in phone if character.isdigit())
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) == 11 and digits.startswith("1") else phone
