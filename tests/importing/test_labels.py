import re
from pathlib import Path

import portal.importing
from portal.importing import labels
from portal.importing.parse import parse
from portal.importing.plan import Snapshot
from portal.importing.planning import make_plan
from portal.importing.reading import read_file
from portal.importing.views import remark
from portal.importing.words import words
from tests.importing.files import REAL_SCHOOL

ROOM = Path(portal.importing.__file__).parent
SOURCE = "\n".join(file.read_text("utf-8") for file in ROOM.rglob("*.py") if file.name != "labels.py")


def test_each_oddity_and_refusal_in_the_code_has_its_words() -> None:
    named = set(re.findall(r'"([a-z]+_?[a-z_]*)"', SOURCE))
    assert set(labels.ODDITIES) <= named, "words for an oddity that nothing finds"
    assert set(re.findall(r'"(import\.\w+)"', SOURCE)) - {"import.queued"} <= set(labels.REFUSALS) | set(labels.FLASHES)
    assert set(words().kinds.values()) == set(labels.KINDS)
    assert set(words().columns.values()) == set(labels.COLUMNS)


def test_every_oddity_of_the_real_school_is_two_whole_sentences() -> None:
    plan = make_plan(parse(read_file(REAL_SCHOOL.read_bytes(), "x.csv")), Snapshot("学校"))
    for oddity in plan.oddities:
        said = remark(oddity, "zh-Hans")
        assert said.what
        assert said.remedy
        assert "{" not in said.what + said.remedy


def test_no_chinese_stands_in_the_code() -> None:
    assert re.findall("[\u3000-\u9fff\uff00-\uffef]", SOURCE) == []
