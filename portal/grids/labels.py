"""The words of the grids room."""

from portal.rendering.i18n import N_

REFUSALS = {
    "grid.root_stays": N_("学校和教育局本身不能移动，也不能撤销。"),
    "grid.other_organisation": N_("只能在同一所学校里移动。"),
    "grid.circle": N_("不能移到自己或自己下面。选别的地方。"),
    "grid.parent_ended": N_("那一格已经撤销，下面不能再放东西。选别的地方。"),
    "grid.too_deep": N_("最多 {most} 层。先把上面的层级合并，再放到这里。"),
    "grid.ended": N_("这一格已经撤销，不能再改。"),
    "grid.has_children": N_("下面还有 {count} 格。先移走或撤销它们，再撤销这一格。"),
    "grid.has_posts": N_("还有 {count} 个岗位设在这里。先撤销岗位，再撤销这一格。"),
    "grid.has_open_hazards": N_("还有隐患没有销号。先办完，再撤销这一格。"),
    "grid.name_missing": N_("写名称。"),
    "grid.too_long": N_("太长了，写短一点。"),
    "grid.kind_missing": N_("选一个类别。"),
    "grid.kind_exists": N_("已经有这个类别了。"),
    "grid.area_wrong": N_("面积写数字，单位是平方米，例如 56.5。"),
    "grid.sort_wrong": N_("顺序写 0 到 9999 的整数。"),
    "grid.target_missing": N_("选要移到哪里。"),
    "grid.place_wrong": N_("只能选同一所学校里的一处场所，不能选自己。"),
}

BLOCKERS = {
    "grid.has_children": N_("看下面的格"),
    "grid.has_posts": N_("看岗位"),
    "grid.has_open_hazards": N_("看这些隐患"),
}
"""The way to what keeps a grid from being ended, by the code of its sentence."""

FLASHES = {
    "grid.made": N_("建好了：{name}。接着给它设岗位、指定人。"),
    "grid.changed": N_("改好了。"),
    "grid.unchanged": N_("和原来一样，没有改动。"),
    "grid.moved": N_("移好了。里面的隐患跟着一起走。"),
    "grid.ended": N_("撤销了：{name}。历史还在。"),
    "grid.place_set": N_("记下了它在哪里。"),
    "grid.place_cleared": N_("不再和场所连在一起。"),
    "grid.kind_made": N_("加好了类别：{name}。"),
}

EVENTS = {
    "organisation.made": N_("建了这个单位"),
    "grid.made": N_("建了这一格"),
    "grid.changed": N_("改了{fields}"),
    "grid.moved": N_("移到了别的上级下面"),
    "grid.ended": N_("撤销了这一格"),
    "register.exported": N_("导出了登记表，{rows} 行"),
}
"""Event kind → sentence. `{fields}` is filled with the words of FIELDS, other holes with the event's details."""

FIELDS = {
    "name": N_("名称"),
    "kind": N_("类别"),
    "scheme": N_("网格体系"),
    "level_label": N_("级别"),
    "code": N_("编号"),
    "area_m2": N_("面积"),
    "location": N_("位置"),
    "main_buildings": N_("主要建筑"),
    "key_places": N_("重点场所"),
    "range_note": N_("范围"),
    "duty_note": N_("职责"),
    "assessment_note": N_("考核"),
    "is_key_spot": N_("重点部位"),
    "is_heading": N_("只作标题"),
    "sort": N_("顺序"),
    "place": N_("所在场所"),
    "duty_phone": N_("值班电话"),
    "kinds": N_("类别清单"),
    "parent": N_("上级"),
}
"""Columns of the card in words: the form, and the sentence that says what was changed."""

SEVEN = {
    "level": N_("定级"),
    "cell": N_("定格"),
    "range": N_("定范围"),
    "person": N_("定人"),
    "post": N_("定岗"),
    "duty": N_("定责"),
    "assessment": N_("定考核"),
}
LEVEL = N_("第 {level} 级")
NOT_FIXED = N_("还没有定")
NOBODY = N_("没有人负责")
VACANT_POST = N_("空缺")
PUPIL = N_("学生（不对外显示姓名）")
AREA = N_("{area} 平方米")
AND = N_("、")
HELD_AS = {"holder": N_("负责"), "deputy": N_("B 角"), "acting": N_("代理")}
PRIMARY = N_("第一负责人")
SHARED = N_("共同负责")

VIA = {"worker": N_("安网自动"), "cli": N_("命令行"), "demo": N_("演示数据"), "web": N_("安网")}
"""Who did it, where no person stands behind the event."""

YES, NO = N_("是"), N_("否")
CHANGE = N_("{field}：{was} → {becomes}")
NOTHING = N_("（空）")

REGISTER = N_("责任区登记表")
REGISTER_HEAD = {
    "number": N_("序号"),
    "name": N_("名称"),
    "kind": N_("类别"),
    "level": N_("级别"),
    "location": N_("位置"),
    "area": N_("面积（平方米）"),
    "responsible": N_("负责人"),
    "others": N_("共同负责人、B 角"),
    "post": N_("岗位"),
    "main_buildings": N_("主要建筑"),
    "key_places": N_("重点场所"),
    "key_spot": N_("重点部位"),
    "range": N_("范围"),
    "duty": N_("职责"),
    "assessment": N_("考核"),
}
MADE_ON = N_("{school}，{day} 导出，共 {count} 处。学生不列入。")
