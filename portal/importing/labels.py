"""The words of the importer: what is odd about a row, what to do about it, and why a file is refused."""

from typing import NamedTuple

from portal.rendering.i18n import N_


class OddityWords(NamedTuple):
    """What was found, and what to do. Holes: {value}, {column}, {row} and the oddity's own parameters."""

    what: str
    remedy: str


SEVERITIES = {"error": N_("必须改"), "ask": N_("请确认"), "note": N_("说明")}

ODD_ROWS = N_("有提示的行")
ALL_ROWS = N_("全部行")
COMMA = N_("，")

KINDS = {
    "school": N_("学校"),
    "leading_group": N_("领导小组"),
    "office": N_("办公室"),
    "building": N_("楼栋"),
    "floor": N_("楼层"),
    "room": N_("房间"),
    "grid_family": N_("网格类"),
    "class": N_("班级"),
    "outdoor": N_("室外"),
    "canteen": N_("食堂"),
    "canteen_zone": N_("食堂区域"),
}

STATES = {
    "staged": N_("等你确认"),
    "queued": N_("排队中"),
    "running": N_("正在导入"),
    "applied": N_("已导入"),
    "undone": N_("已撤销"),
    "failed": N_("没有导入"),
}

ODDITIES: dict[str, OddityWords] = {
    # what must be mended
    "name_missing": OddityWords(N_("这一行没有名称。"), N_("在“{column}”一栏填上名称，或者删掉这一行。")),
    "kind_missing": OddityWords(N_("这一行没有写类别。"), N_("在“{column}”一栏填：楼栋、楼层、房间、班级、室外、食堂……")),
    "kind_unknown": OddityWords(N_("不认识类别“{value}”。"), N_("改成：学校、楼栋、楼层、房间、班级、室外、食堂、食堂区域、办公室、领导小组或网格类。")),
    "too_long": OddityWords(N_("“{column}”有 {length} 个字，太长。"), N_("缩短到 {limit} 个字以内。")),
    "control_characters": OddityWords(N_("“{column}”里有看不见的控制字符：{value}"), N_("删掉这一格，重新手打一遍。")),
    "roles_mismatch": OddityWords(N_("有 {people} 个人，却写了 {titles} 个职务：{value}"), N_("职务写一个（大家都一样），或者和人数一样多，用分号隔开。")),
    "details_mismatch": OddityWords(N_("有 {people} 个人，“{column}”却写了 {parts} 个。"), N_("和人数写得一样多，没有的空着，用分号隔开。")),
    "phone_bad": OddityWords(N_("电话“{value}”不对，现在是 {length} 位数字。"), N_("手机号写 11 位；固定电话写区号加号码。")),
    "area_bad": OddityWords(N_("面积“{value}”不是数。"), N_("只写平方米的数，比如 56.5。")),
    "column_twice": OddityWords(N_("“{value}”和另一栏是一个意思。"), N_("只留一栏，或者改掉其中一个表头。")),
    "parent_missing": OddityWords(N_("找不到上级“{value}”。"), N_("先加上它那一行，或者照着上级的名称改这一格；层与层之间用 / 隔开。")),
    "parent_ambiguous": OddityWords(N_("叫“{value}”的不止一处，不知道是哪一处。"), N_("写全：从楼栋写起，用 / 隔开，比如 博学楼/一楼；同一处下有重名的先改名。")),
    "cycle": OddityWords(N_("上级“{value}”又归它自己管，转成了圈。"), N_("改这一格，写它真正的上级。")),
    "too_deep": OddityWords(N_("层数超过 {limit} 层。"), N_("减少层数，把中间的层去掉。")),
    "two_schools": OddityWords(N_("又有一行是学校：{value}"), N_("一个文件只能有一所学校。删掉这一行，或者改类别。")),
    "school_inside": OddityWords(N_("学校这一行写了上级：{value}"), N_("把学校的上级空着。")),
    "person_ambiguous": OddityWords(N_("叫“{value}”的不止一个人，不知道是哪一个。"), N_("加一栏“工号”，给这几个人都填上。")),
    "two_phones": OddityWords(N_("“{value}”有 {count} 个不同的电话。"), N_("是一个人就只留一个电话；是两个人就加一栏“工号”，都填上。")),
    # what is asked
    "same_path_other_holders": OddityWords(N_("“{value}”和第 {first} 行同名同处，负责人不同。"), N_("当作两间，各归各的人。是一间就改文件，把人写在一行。")),
    "same_path_same_holders": OddityWords(N_("“{value}”和第 {first} 行一模一样，人也一样。"), N_("当作两间。第二间可以改叫“{suggestion}”；写重了就删掉一行。")),
    "two_heads": OddityWords(N_("这栋楼有两位以上总负责：{value}"), N_("第一位 {first} 为主，先收到提醒，其他人共同负责。要换就在文件里换顺序。")),
    "look_alike": OddityWords(N_("“{value}”和 {others} 只差一个字。"), N_("当作不同的人，不会合并。是写错了就改文件。")),
    "person_bracket": OddityWords(N_("人名后面有括号：{value}"), N_("照原样当作人名。是岗位就写成“名称(岗位)”，否则去掉括号。")),
    "no_parent": OddityWords(N_("“{value}”没有写上级。"), N_("直接放在学校下面。不对就填上它所在的楼和层。")),
    "class_without_teacher": OddityWords(N_("“{value}”是班级，却没有班主任。"), N_("照样当作班级。是房间就把类别改成“房间”。")),
    # what is worth knowing
    "nobody": OddityWords(N_("没有写负责人。"), N_("岗位先空着，在责任里一直看得见，直到有人负责。")),
    "floor_without_leader": OddityWords(N_("这一层没有楼层负责人。"), N_("岗位先空着，在责任里一直看得见。")),
    "post_only": OddityWords(N_("只写了岗位，没有人名：{value}"), N_("岗位照建，先空着，以后再指定人。")),
    "several_holders": OddityWords(N_("几个人一起负责：{value}"), N_("第一位 {first} 为主，先收到提醒。")),
    "pupil": OddityWords(N_("学生担任班长：{value}"), N_("只记名字，没有权限，不出现在任何导出和公示里。")),
    "pupil_details": OddityWords(N_("学生“{value}”写了电话或工号。"), N_("不保存。学生的号码平台不需要知道。")),
    "class_without_room": OddityWords(N_("班级“{value}”没有写教室。"), N_("先不关联，以后再选教室。")),
    "room_among_classes": OddityWords(N_("“{value}”是房间，写在班级里。"), N_("照样放在这里，当作房间。")),
    "room_of_missing_class": OddityWords(N_("“{value}”说的是{named}，表里没有这个班。"), N_("照样当作房间。有这个班就补一行。")),
    "marked_empty": OddityWords(N_("“{value}”写着空着。"), N_("照原样保留名称，仍然要有人负责。")),
    "bracket": OddityWords(N_("名称带括号：{value}"), N_("括号是名称的一部分，照原样保留。")),
    "same_name_elsewhere": OddityWords(N_("“{value}”别处还有 {count} 个。"), N_("按完整位置区分，各是各的。")),
    "synonym": OddityWords(N_("别处叫“{usual}”，这里叫“{value}”。"), N_("照原样保留。")),
    "heading": OddityWords(N_("“{value}”只是标题。"), N_("用来归类，没有人负责，不算空岗。")),
    "school_row": OddityWords(N_("这一行就是学校本身。"), N_("不新建网格，学校的名称不变，人放到学校的岗位上。")),
    "building_without_rooms": OddityWords(N_("“{value}”有楼层，没有一间房间。"), N_("照样导入。房间的表以后可以再导一次。")),
    "person_in_many_grids": OddityWords(N_("“{value}”一共负责 {count} 处。"), N_("照样导入。太多就分给别人。")),
    "person_twice": OddityWords(N_("“{value}”在这一格写了两次。"), N_("只算一次。")),
    "title_unknown": OddityWords(N_("不认识职务“{value}”。"), N_("当作成员，没有管理权限；以后可以在岗位上改。")),
    "formula_text": OddityWords(N_("“{value}”开头像公式。"), N_("当作文字保留，不会计算。")),
    "column_unknown": OddityWords(N_("这几栏不导入：{value}"), N_("不用改。要导入就换成认识的表头。")),
    "sheet_skipped": OddityWords(N_("工作表“{value}”没有“名称”和“类别”，跳过了。"), N_("要导入就加上这两个表头。")),
    "kind_differs": OddityWords(N_("这里已有，类别是“{now}”，表里写“{value}”。"), N_("不改现有的。要改就在网格页上改。")),
    "holder_differs": OddityWords(N_("现在是 {now}，表里写 {value}。"), N_("导入不换人。换人要办交接：到这处的页面上办。")),
    "own_rights": OddityWords(N_("你自己任“{value}”会多出权限，导入不给自己加。"), N_("岗位先空着。请教育局或另一位管人员的人来任。")),
    "principal_by_bureau": OddityWords(N_("学校已有校长，“{value}”由谁担任由教育局定。"), N_("岗位先空着。请教育局来任。")),
    "place_unknown": OddityWords(N_("找不到地点“{value}”。"), N_("记作文字，以后再关联。写完整位置就能自动关联，比如 文德楼/三楼/教室。")),
}  # fmt: skip

COLUMNS = {
    "parent_path": N_("所在位置"),
    "name": N_("名称"),
    "kind": N_("类别"),
    "responsible": N_("负责人"),
    "role": N_("职务"),
    "phone": N_("电话"),
    "staff_no": N_("工号"),
    "level_label": N_("级别"),
    "area_m2": N_("面积"),
    "place": N_("地点"),
}

HANGING = {
    "account": N_("账号 {count} 个"),
    "invitation": N_("邀请 {count} 份"),
    "hazard": N_("隐患 {count} 条"),
    "hazard_receiver": N_("上报的隐患 {count} 条"),
    "grid": N_("后来建的网格 {count} 处"),
    "post": N_("后来建的岗位 {count} 个"),
    "appointment": N_("后来的任职 {count} 次"),
    "person": N_("后来登记的人 {count} 名"),
    "duty_leader": N_("带班安排 {count} 天"),
    "changed": N_("后来改过的 {count} 处"),
    "other": N_("别的记录 {count} 条"),
}

REFUSALS = {
    "import.empty": N_("这个文件里什么也没有。选有内容的表再传。"),
    "import.no_file": N_("还没有选文件。选一个 CSV 或 xlsx 表再传。"),
    "import.too_big": N_("文件超过 {limit} MB。删掉图片和多余的工作表，再传一次。"),
    "import.old_or_locked": N_("这是旧版 Excel（.xls）或者加了密码的文件。打开它，去掉密码，另存为 .xlsx 再传。"),
    "import.not_a_table": N_("这个文件不是表格。只收 CSV 和 xlsx。"),
    "import.encoding": N_("看不懂这个文件的文字编码。用 Excel 或 WPS 打开，另存为 .xlsx 再传。"),
    "import.quotes": N_("第 {row} 行附近的引号没有配对。改好引号，或者另存为 .xlsx 再传。"),
    "import.too_many_rows": N_("“{sheet}”超过 {limit} 行。分成几个文件；如果下面都是空行，把它们整行删掉再传。"),
    "import.too_many_columns": N_("“{sheet}”超过 {limit} 列。删掉右边多余的列再传。"),
    "import.bomb": N_("这个文件解开以后太大，不正常，没有打开。用 Excel 打开，把内容复制到新表，另存再传。"),
    "import.broken": N_("这个文件坏了，打不开。用 Excel 或 WPS 打开，另存为 .xlsx 再传。"),
    "import.unreadable": N_("这个文件读不出来。用 Excel 或 WPS 打开，另存为新的 .xlsx 再传。"),
    "import.dtd": N_("这个文件里有不该有的定义（DTD），没有打开。把内容复制到新表，另存再传。"),
    "import.macros": N_("这个文件带宏，没有打开。另存为不带宏的 .xlsx 再传。"),
    "import.external_links": N_("这个文件引用了别的文件，没有打开。在 Excel“数据 → 编辑链接”里断开链接，另存再传。"),
    "import.nested": N_("这个文件里嵌了别的文件，没有打开。删掉嵌入的对象，另存再传。"),
    "import.no_header": N_("没有找到表头。表头里至少要有“名称”和“类别”两栏，放在前 10 行。"),
    "import.no_rows": N_("表头下面一行也没有。填上网格再传。"),
    "import.has_errors": N_("有 {count} 处必须先改。改好文件再传一次，现在什么也没有写入。"),
    "import.questions_open": N_("还有 {count} 处没有确认。看过以后打上勾，再导入。"),
    "import.nothing_to_do": N_("表里的都已经有了，不用再导。"),
    "import.school_changed": N_("你看过以后，学校的网格有了变化。重新看一遍，再导入。"),
    "import.not_waiting": N_("这次导入现在是“{state}”，不能再导入。"),
    "import.not_applied": N_("这次导入还没有写入，没有什么可撤销。"),
    "import.undo_blocked": N_("不能撤销：已经有别的记录用到这次导入的内容（{what}）。先处理它们，或者逐个修改。"),
    "import.not_a_school": N_("网格只能导入到学校。先选一所学校。"),
    "import.failed": N_("导入到一半出了错，已全部退回，什么也没有写入。再试一次；不行就把文件发给管理员。"),
}  # fmt: skip

FLASHES = {
    "import.applied": N_("已导入：网格 {grids} 处，岗位 {posts} 个，人 {people} 名，任职 {appointments} 次。"),
    "import.queued": N_("已开始导入，可以离开这一页。"),
    "import.undone": N_("已撤销这次导入，学校恢复到导入以前。"),
    "import.thrown_away": N_("已放弃这次导入，什么也没有写入。"),
}

COMMAND = {
    "read": N_("读到 {rows} 行，学校：{school}"),
    "would_make": N_("将新建：网格 {grids} 处，岗位 {posts} 个，人 {people} 名，任职 {appointments} 次；已有 {left_alone} 项不动。"),
    "line": N_("{severity}  {sheet} 第 {row} 行 {column}：{what} → {remedy}"),
    "confirm": N_("以上 {count} 处“请确认”都对，就加上 --yes 再运行一次。现在什么也没有写入。"),
    "not_yet": N_("加上 --yes 再运行一次就写入。现在什么也没有写入。"),
    "no_school": N_("没有叫“{school}”的学校。现有：{schools}"),
    "no_file": N_("打不开文件 {file}。"),
    "made_school": N_("新建学校：{school}"),
    "counts": N_("必须改 {errors} 处，请确认 {asks} 处，说明 {notes} 处。"),
}  # fmt: skip

GRID_EVENTS = {"import.applied": N_("随一份表导入")}
"""How a grid's own history tells of the import that made it."""
