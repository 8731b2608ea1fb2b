"""What the tests of a letter's text and paper stand on: the facts of a letter."""

from datetime import date
from typing import Any

from portal.letters.document import Duty, LetterText, Wording, filled, shipped_wordings

KINDS = ["area", "class", "every", "fire", "guards", "post", "yearly"]
DUTIES = [
    "每天上课前查看教室门窗桌椅插座和照明，发现问题停用报修",  # 25 characters and more
    "放学后关好门窗断开电源锁好柜门检查没有学生留在室内",
    "保持疏散通道畅通，不堆放杂物，不锁闭安全出口和疏散门",
    "课间看护本室门口走廊，制止追逐推挤翻越栏杆等危险行为",
]


def wording(kind: str = "post") -> Wording:
    return next(one for one in shipped_wordings() if one.kind == kind)


def facts(*, duties: int = 8, **more: Any) -> dict[str, Any]:
    code = "8f3ac1d27b904e5566aa01bc9de4f720"
    return {
        "number": "安责〔2026〕0018号",
        "school": "安网示范学校",
        "year": "2026—2027学年",
        "grid": "博学楼二楼声乐室（2）",
        "grid_code": "A2-207",
        "role": "室管员",
        "boundary": "室内及通往疏散门的走廊",
        "key_places": ["插座和电气线路", "疏散门", "窗户护栏"],
        "grounds": ["谁主管", "谁使用"],
        "superior": "二楼楼层长",
        "starts_on": date(2026, 11, 24),
        "ends_on": date(2027, 8, 31),
        "duties": [Duty(DUTIES[turn % 4], "每天") for turn in range(duties)],
        "giver": {"unit": "安网示范学校", "post": "二楼楼层长", "name": "教师019"},
        "taker": {"unit": "博学楼二楼", "post": "声乐室（2）室管员", "name": "教师022"},
        "code": code,
        "address": f"https://anwang.example/v/{code}",
        **more,
    }


def a_letter(kind: str = "post", **more: Any) -> LetterText:
    given = facts(**more)
    if kind == "fire":
        given["tables"] = {"equipment": [["4kg 干粉灭火器", "声乐室门口", "2 具", "2028年5月"]]}
    if kind == "class":
        given |= {"signature_kind": "paper", "duties": [], "witness": {"post": "监护人"}}
        given["taker"] = {"unit": "三年级二班", "post": "全体学生"}
    return filled(wording(kind), given)
