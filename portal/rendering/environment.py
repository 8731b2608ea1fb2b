"""The Jinja environment: one per language, so that a word costs a dictionary lookup and needs no context."""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache, partial
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from portal.core import clock
from portal.rendering import labels
from portal.rendering.assets import ROOT, asset
from portal.rendering.i18n import NAMES, SOURCE, catalogue, known, translator
from portal.rendering.moments import day_text, left_text, moment_text, phone_masked, time_tag, unbroken
from portal.rendering.viewer import Viewer

TEMPLATES = ROOT / "templates"


def render(template: str, language: str, **context: Any) -> str:
    """The template in this language. An unknown language is answered in the source language."""
    return environment(known(language)).get_template(template).render(**context)


@cache
def environment(language: str) -> Environment:
    """The environment of one language, made once per process; compiled templates stay in memory."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    words = catalogue(language)
    install = getattr(env, "install_gettext_callables")  # noqa: B009 - the extension adds it at run time
    install(words.gettext, words.ngettext, newstyle=True)
    env.globals.update(_globals(language))
    env.filters.update(_filters(language))
    return env


def _globals(language: str) -> dict[str, Any]:
    return {
        "_": translator(language),
        "asset": asset,
        "language": language,
        "languages": list(NAMES.items()),
        "LEVELS": labels.LEVELS,
        "anonymous": Viewer.stranger(language),
        "now": clock.now,
        "today": clock.today,
    }


def _filters(language: str) -> dict[str, Callable[..., Any]]:
    return {
        "when": partial(_when, language=language),
        "day": partial(_day, language=language),
        "left": partial(_left, language=language),
        "phone_masked": phone_masked,
    }


def _when(moment: datetime, *, full: bool = False, language: str = SOURCE) -> Markup:
    text = moment_text(moment, at=clock.now(), language=language, full=full)
    return time_tag(clock.local(moment).isoformat(timespec="minutes"), text)


def _day(day: date, *, full: bool = False, language: str = SOURCE) -> Markup:
    return time_tag(day.isoformat(), day_text(day, today=clock.today(), language=language, full=full))


def _left(seconds: float, *, language: str = SOURCE) -> Markup:
    return unbroken(left_text(seconds, language=language))
