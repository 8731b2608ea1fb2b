"""The shells of pages, for people who are known, strangers, and when things have gone wrong."""

import re
from dataclasses import replace

import pytest
from jinja2 import UndefinedError

from portal.rendering.environment import environment, render
from portal.rendering.i18n import LANGUAGES
from portal.rendering.viewer import Viewer
from tests.rendering.gallery import gallery

TEACHER = Viewer(
    signed_in=True,
    name="教师095",
    post_title="高一1班班主任",
    school="实验中学",
    csrf="the-token",
    unread=3,
    lead_name="教师004",
    lead_phone="0000-8800110",
)
CODES = (403, 404, 409, 422, 429, 500, 503)


def page(viewer=TEACHER, language="zh-Hans", path="/board?f=mine", flash=()):
    viewer = replace(viewer, language=language)
    template = environment(language).from_string(
        '{% extends "layouts/base.html" %}{% block nav %}board{% endblock %}{% block title %}T{% endblock %}'
    )
    return template.render(viewer=viewer, flash=flash, path=path)


def test_every_page_names_the_person_and_who_leads_now():
    html = page()
    assert "教师095 高一1班班主任" in html
    assert 'href="tel:0000-8800110"' in html
    assert "教师004" in html


def test_the_count_of_the_inbox_stands_on_every_page():
    assert re.search(r'href="/inbox".*?<b>3<', page())
    assert not re.search(
        r'href="/inbox".*?<b>', page(replace(TEACHER, unread=0)).split("</header>")[0].split("inbox-link")[1]
    )


def test_the_place_one_is_at_is_marked_once():
    assert re.findall(r'<a href="([^"]*)" aria-current="page"', page()) == ["/board"]


def test_nobody_leading_is_said_in_words():
    assert "现在没有人带班" in page(replace(TEACHER, lead_name=""))
    assert "带班" not in page(replace(TEACHER, lead_name=None)).split("</header>")[0]


def test_the_language_switch_comes_back_to_this_page():
    html = page(path='/board?f="><script>')
    assert 'name="next" value="/board?f=&#34;&gt;&lt;script&gt;"' in html
    assert 'name="language" value="en"' in html
    assert 'name="language" value="zh-Hans"' in page(language="en")


def test_every_form_of_the_shell_carries_the_token():
    for form in re.findall(r'<form[^>]*method="post".*?</form>', page(), re.DOTALL):
        assert 'name="_csrf_token" value="the-token"' in form


def test_flash_messages_are_escaped_and_bad_ones_alarm():
    html = page(flash=[("red", "<b>不能</b>"), ("ok", "已指派")])
    assert "&lt;b&gt;不能" in html
    assert html.count('role="alert" tabindex="-1"') == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_an_error_page_needs_nothing(code, language):
    html = render(f"errors/{code}.html", language)
    assert f'<html lang="{language}">' in html
    assert html.count("<h1>") == 1
    assert ("学校安全办公室" in html) == (language == "zh-Hans")


@pytest.mark.parametrize("code", CODES)
def test_an_error_page_keeps_the_way_back_for_those_who_are_known(code):
    html = render(f"errors/{code}.html", "zh-Hans", viewer=TEACHER, flash=[], path="/x", number="a1b2")
    assert 'aria-label="主导航"' in html
    assert "a1b2" in html
    assert "教师004" in html


def test_a_forgotten_value_is_an_error_and_no_empty_place():
    with pytest.raises(UndefinedError):
        environment("zh-Hans").from_string("{{ viewer.nmae }}").render(viewer=TEACHER)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_component_renders(language):
    html = gallery(language)
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids)), "an id stands twice"
    named = re.findall(r'(?:for|aria-labelledby)="([^"]+)"', html)
    described = [one for value in re.findall(r'aria-describedby="([^"]+)"', html) for one in value.split()]
    assert set(named) | set(described) <= set(ids)


def test_english_shows_no_chinese_of_ours():
    html = environment("en").get_template("errors/404.html").render()
    assert not re.search("[\u3400-\u9fff]", html)
