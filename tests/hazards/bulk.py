"""Many hazards at once, written straight into the table: boards of 200 different cards, a million closed ones."""

import random
from datetime import datetime, timedelta

from portal.core.clock import now
from portal.core.database import execute, insert, unit_of_work
from portal.hazards.tables import Hazard

SPOTS = (
    "东侧楼梯口", "讲台旁边", "后门上方", "窗台下面", "饮水机旁", "配电箱内", "走廊尽头", "洗手池下", "储物柜顶", "空调外机处",
    "屋顶天沟", "器材室角落", "灶台左边", "冷库门口", "宿舍阳台", "操场看台", "校门岗亭", "地下车库坡道", "电梯井旁", "图书架之间",
    "化学药品柜", "通风橱里", "投影机吊架", "消火栓箱", "应急灯下", "防火门合页", "护栏转角", "雨棚边缘", "围墙根", "锅炉房",
)  # fmt: skip
THINGS = (
    "插座面板", "灭火器压力表", "疏散指示灯", "玻璃窗扇", "吊扇固定件", "铁栏杆焊点", "煤气软管", "排烟道", "配电柜门锁", "排水地漏",
    "电源接线板", "烟感探头", "木质地板", "墙面瓷砖", "天花板龙骨", "实验台水龙头", "酒精灯", "危化品标签", "储气罐安全阀", "热水器漏电开关",
    "篮球架底座", "单杠立柱", "窨井盖", "路灯杆", "监控摄像头", "门禁电磁锁", "应急广播", "卷帘门轨道", "晾衣架", "床铺护栏",
)  # fmt: skip
FAULTS = (
    "松脱露出铜线", "指针掉到红区", "白天黑夜都不亮", "裂成两半还没换", "螺丝少了三颗", "锈穿能看见孔", "老化发硬有气味", "被油污堵住大半", "钥匙断在里面", "返水流到走廊",
    "接了五个大功率电器", "贴着胶带不报警", "翘起来绊过两个人", "空鼓快要掉下来", "下垂约十厘米", "关不紧一直滴水", "没有盖放在木柜上", "字迹看不清了", "过期四个月没有校验", "按下去没有反应",
    "晃动时偏出一掌宽", "根部开焊", "缺了一角卡过车轮", "歪向教学楼", "对着墙看不见门口", "停电后打不开", "只有杂音没有人声", "卡在半空落不下来", "压弯了还在用", "短了一截拦不住人",
)  # fmt: skip
AFTERS = (
    "已经拉了警戒线", "学生每天都从这里过", "上周修过又坏了", "家长接送时人很多", "值日生先发现的", "要请电工来看", "雨天更明显", "晚自习前要处理", "请总务处看一看", "旁边堆着纸箱",
    "离食堂只有两米", "体育课常用", "钥匙在门卫室", "照片拍得不清楚", "隔壁班也有一样的", "去年冬天出过一次", "先锁了门", "原来的合格证找不到", "摸上去发烫", "有人踩空过",
)  # fmt: skip
LEVELS = ("red", "orange", "yellow", "yellow", "blue", None)
STATUSES = ("reported", "assigned", "assigned", "rectifying", "rectifying", "recheck", "escalated")


def title(dice: random.Random) -> str:
    """One line as a teacher would write it, 15 to 35 signs."""
    return (
        f"{dice.choice(SPOTS)}{dice.choice(THINGS)}{dice.choice(FAULTS)}，{dice.choice(AFTERS)}{dice.randint(1, 99)}号"
    )


async def open_cards(
    org_id: int, grids: list[int], count: int, *, posts: list[int] = [], reporter: int | None = None,  # noqa: B006
    at: datetime | None = None, start: int = 1,
) -> list[int]:  # fmt: skip
    """Open cards of every column, level and age, no two with the same words; gives their ids."""
    dice, at = random.Random(count), at or now()
    rows = []
    for number in range(start, start + count):
        status = dice.choice(STATUSES)
        begun = at - timedelta(minutes=dice.randint(10, 9_000))
        rows.append({
            "org_id": org_id, "number": f"2026-{number:04d}", "grid_id": dice.choice(grids), "title": title(dice),
            "status": status, "level": dice.choice(LEVELS), "category": "fire-door", "reported_by": reporter,
            "reported_at": begun, "responsible_post_id": dice.choice(posts) if posts and status != "reported" else None,
            "due_from": begun, "due_at": begun + timedelta(minutes=dice.randint(600, 12_000)), "column_since": begun,
            "last_moved_at": begun, "last_event_at": begun, "photo_count": dice.randint(0, 3),
            "failed_rechecks": dice.choice((0, 0, 0, 1, 2)), "is_listed": dice.random() < 0.05,
        })  # fmt: skip
    async with unit_of_work():
        return await insert(Hazard, *rows)


async def closed_cards(org_id: int, grid_id: int, count: int, *, at: datetime | None = None) -> None:
    """Closed cards of the years before, one statement on both databases."""
    at = (at or now()) - timedelta(days=400)
    async with unit_of_work():
        await execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) "
            "INSERT INTO hazard (org_id, number, grid_id, title, status, outcome, level, reported_at, due_from, due_at, "
            "column_since, last_moved_at, last_event_at, closed_at) SELECT CAST({} AS INTEGER), 'old-' || i, "
            "CAST({} AS INTEGER), 'closed long ago ' || i, 'closed', 'rectified', 'yellow', {}, {}, {}, {}, {}, {}, {} FROM n",
            count, org_id, grid_id, at, at, at, at, at, at, at,
        )  # fmt: skip
