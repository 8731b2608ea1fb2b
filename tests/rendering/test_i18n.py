import pytest
from markupsafe import Markup

from portal.rendering.i18n import fill, known, preferred, translator


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("en-GB", "en"),
        ("EN", "en"),
        ("zh", "zh-Hans"),
        ("zh-TW", "zh-Hans"),
        ("fr", "zh-Hans"),
        (None, "zh-Hans"),
    ],
)
def test_a_tag_finds_its_language(tag, language):
    assert known(tag) == language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "zh-Hans"),
        ("en-US,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("en;q=0.3, zh;q=0.9", "zh-Hans"),
        ("fr, en;q=0.5", "en"),
        ("en;q=0", "zh-Hans"),
        ("en;q=rubbish", "zh-Hans"),
        (";;;,,,;q=", "zh-Hans"),
    ],
)
def test_the_browsers_wish_is_heard(header, language):
    assert preferred(header) == language


def test_both_kinds_of_holes_are_filled():
    assert fill("移到 {to} 和 %(who)s", {"to": "A", "who": 2}) == "移到 A 和 2"


def test_a_hole_without_a_parameter_is_an_error():
    with pytest.raises(KeyError):
        fill("移到 {to}", {"too": "A"})


def test_a_message_is_no_format_string():
    assert fill("{name} 100% {0.__class__} %d", {"name": "安"}) == "安 100% {0.__class__} %d"
    assert translator("zh-Hans")("{braces} stay without parameters") == "{braces} stay without parameters"


def test_markup_among_the_parameters_escapes_the_rest():
    filled = fill("<{time}> {name}", {"time": Markup("<time>今天</time>"), "name": "<i>"})
    assert filled == Markup("&lt;<time>今天</time>&gt; &lt;i&gt;")


def test_text_alone_is_left_for_the_template_to_escape():
    assert not hasattr(fill("{name}", {"name": "<i>"}), "__html__")


def test_an_unknown_message_stays_in_the_source_language():
    assert translator("en")("没有人写过的一句话") == "没有人写过的一句话"
    assert translator("en")("") == ""
