"""The words of the pages on which wordings and chains are changed."""

from portal.rendering.i18n import N_

FIELDS = {
    "title": N_("标题"),
    "opening": N_("开头一段"),
    "open_period": N_("没有截止日的时候，“期限与生效”怎么写"),
    "standing": N_("人人都有的职责"),
    "note": N_("页脚的说明"),
}
CLAUSE_TITLE = N_("“{clause}”的标题")
CLAUSE_TEXT = N_("“{clause}”的正文")
PROVISION = N_("学校给的：{what}")
VARIANT_FIELDS = {
    "title": N_("“{name}”的标题"),
    "standing": N_("“{name}”另有的职责"),
    "words": N_("“{name}”用在哪些岗位"),
}
DEFAULT = N_("通常写：{what}")
CELLS = N_("一行一条，{head}之间用 | 隔开。")
LISTED_BELOW = N_("一条一条印在标题下面，这里可以不写。")
LINE_EACH = N_("一行一条。")
TITLE_OR_USUAL = N_("不写就用上面的标题。")
WORDS_HINT = N_("岗位或地点的名字里有这些字的，用顿号隔开。")
VARIANTS = {
    "gate": N_("保安、门卫"),
    "canteen": N_("食堂人员"),
    "office": N_("各部门"),
    "school": N_("校长（教育局和学校签）"),
}
PARTS = {
    "giver": N_("甲方怎么称呼"),
    "taker": N_("乙方怎么称呼"),
    "witness": N_("监签怎么称呼"),
    "giver_sign": N_("签名处的甲方"),
    "taker_sign": N_("签名处的乙方"),
    "witness_sign": N_("签名处的监签"),
    "seal": N_("盖章处"),
}
GROUPS = (
    (N_("标题和开头"), ("core",), True),
    (N_("条款"), ("clause",), True),
    (N_("人人都有的职责"), ("standing",), True),
    (N_("学校给的"), ("give",), True),
    (N_("附表"), ("table",), True),
    (N_("分几种人"), ("variant",), False),
    (N_("通常怎么写"), ("default",), False),
    (N_("称呼"), ("part",), False),
)
MUST_GIVE = N_("必须有，一行一条：只要人做事、不给条件的不能发布。")
OWN_EDITION = N_("本校第 {edition} 版")
SHARED_EDITION = N_("共用第 {edition} 版")
BY_PERSON = N_("{moment} 起，{name}发布")
BY_PORTAL = N_("{moment} 起，随平台提供")
HELD_UNTIL = N_("{moment}停用")
USED_BY = N_("{count} 份责任书用的是这一版")
REACHES = {
    "above": N_("往上找最近的一个"),
    "school": N_("全校的那一个"),
}
"""Where the giver of a step is looked for."""
ARROW = N_(" → ")
SAMPLE_FILE = N_("样张：{kind}")

SAMPLE = {
    "number": N_("样张，不是责任书"),
    "school": N_("示例学校"),
    "grid": N_("示例楼三层"),
    "role": N_("楼层负责人"),
    "boundary": N_("三层走廊和东西楼梯"),
    "key_places": N_("配电间、开水间"),
    "superior": N_("示例楼负责人"),
    "giver_post": N_("副校长"),
    "giver_name": N_("甄示例"),
    "taker_name": N_("贾样张"),
    "witness_post": N_("楼负责人"),
    "witness_name": N_("易举例"),
    "duty_1": N_("每天看一遍走廊、楼梯和消防通道，堵了马上清。"),
    "duty_2": N_("每周查一次灭火器、应急灯和疏散标志，记下来。"),
    "duty_3": N_("课间在楼梯口看着，不让学生拥挤。"),
    "weekly": N_("每周"),
}
"""What a sample is filled with: plainly nobody's."""

REFUSALS = {
    "letter.text_missing": N_("这一项不能空着。"),
    "letter.text_long": N_("太长了，写在 {limit} 个字以内。"),
    "letter.variable_unknown": N_("没有“{names}”这一项。花括号里只能写：{known}。"),
    "letter.brace_alone": N_("花括号没有成对，或者里面有空格。照 {example} 这样写，或者去掉。"),
    "letter.default_plain": N_("这里写实际的话，不再用花括号。"),
    "letter.no_end_here": N_("没有截止日的这一段里，不能写 {example}。"),
    "letter.table_cells": N_("每一行要有 {count} 格：{head}，之间用 | 隔开。"),
    "letter.wording_same": N_("和现在的一版说的一样，没有发布。"),
    "letter.wording_is_shared": N_("这一版是共用的，不用改回。"),
    "letter.no_shared_wording": N_("这一种没有共用的模板，不能改回。"),
    "letter.chain_role": N_("选列出来的角色。学生不给别人签，教育局不从学校接。"),
    "letter.chain_twice": N_("这个角色已经有人给他签了。先结束原来的一步，再加。"),
    "letter.chain_same": N_("同一个角色之间，只能由全校的那一个给别人签。找谁改成“全校的那一个”。"),
    "letter.chain_circle": N_("这样会绕成一圈，谁也不知道先签哪一份。改一个角色再加。"),
    "letter.chain_long": N_("一条链最多 {most} 步。"),
    "letter.chain_empty": N_("这是最后一步，不能结束。要恢复原样，按“改回共用的”。"),
    "letter.chain_is_shared": N_("现在用的就是共用的链。"),
}

FLASHES = {
    "letter.wording_published": N_("发布了。往后拟的用这一版，在路上的不变。"),
    "letter.wording_back": N_("改回共用的了。往后拟的用共用的一版，在路上的不变。"),
    "letter.chain_changed": N_("签订链改好了。往后拟的照这样签，在路上的不变。"),
    "letter.chain_restored": N_("签订链改回共用的了。"),
}
