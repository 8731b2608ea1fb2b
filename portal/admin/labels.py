"""The words of the keeper's pages, and the sentences of events that belong to no page of their own."""

from portal.rendering.i18n import N_

KINDS = {
    "hazard": N_("隐患"),
    "grid": N_("网格"),
    "post": N_("岗位和任职"),
    "person": N_("人员"),
    "account": N_("账号和登录"),
    "duty": N_("带班"),
    "import": N_("导入和导出"),
    "rule": N_("看板和敏感类别"),
    "trail": N_("历史本身"),
}
PREFIXES = {
    "hazard": ("hazard.",),
    "grid": ("grid.", "organisation."),
    "post": ("post.", "appointment."),
    "person": ("person.", "change.", "handover.", "school_year."),
    "account": ("account.", "session."),
    "duty": ("duty.",),
    "import": ("import.", "register."),
    "rule": ("board.", "hazard.viewer_"),
    "trail": ("audit.", "access."),
}
"""Which events each choice of the page shows, by how their kinds begin."""

EVENTS = {
    "organisation.made": N_("建了这个单位"),
    "import.applied": N_("导入了一份表：{grids} 格，{posts} 个岗位，{people} 个人"),
    "import.undone": N_("撤销了一次导入"),
    "account.made": N_("开了账号"),
    "account.invited": N_("发了邀请"),
    "account.invitation_used": N_("用了邀请"),
    "account.disabled": N_("停用了账号"),
    "account.enabled": N_("恢复了账号"),
    "account.password_changed": N_("改了密码"),
    "account.language_chosen": N_("换了语言"),
    "session.started": N_("登录"),
    "session.ended": N_("退出登录"),
    "access.denied": N_("想打开不归这个岗位的页面，没有打开"),
    "audit.anchored": N_("把历史的摘要码存到了外面，到第 {anchored_seq} 条"),
}
SUBJECTS = {
    "hazard": N_("隐患 {name}"),
    "grid": N_("网格 {name}"),
    "post": N_("岗位 {name}"),
    "person": N_("{name}"),
    "account": N_("账号 {name}"),
}
VIA = {"worker": N_("安网自动"), "cli": N_("命令行"), "demo": N_("演示数据"), "web": N_("安网")}
PUPIL = N_("一名学生")

BROKEN = {
    "gap": N_("第 {seq} 条不见了"),
    "altered": N_("第 {seq} 条被改过"),
    "unlinked": N_("第 {seq} 条和前一条接不上"),
    "cut": N_("从第 {seq} 条起被截掉了"),
    "rewritten": N_("第 {seq} 条和存在外面的摘要码对不上"),
}
FLASHES = {
    "admin.tried_again": N_("已放回去，马上再试。"),
    "history.holds": N_("历史完好：{count} 条，一条接一条，没有改过，没有缺。"),
}

LINKS = {
    "grids": (N_("网格和岗位"), N_("每一处归谁管，改名、移动、设岗位、指定人")),
    "people": (N_("人员"), N_("教职工名单，谁在哪个岗位")),
    "changes": (N_("人事变动"), N_("谁来、谁走、谁换岗、谁请假，从哪天起谁负责")),
    "coverage": (N_("覆盖"), N_("哪里没有人负责，补上它")),
    "duties": (N_("职责清单"), N_("每个岗位要做什么，逐条改、逐份确认")),
    "screening": (N_("公众反映"), N_("没有账号的人报来的，先筛一遍再上看板")),
    "boards": (N_("公示板"), N_("给家长看的页面，每一处一个网址，可以作废")),
    "prints": (N_("打印"), N_("二维码牌、公示海报、联系卡")),
    "imports": (N_("导入"), N_("用表格一次建好网格、岗位和人，可以撤销")),
    "accounts": (N_("账号"), N_("谁能登录，发邀请，停用")),
    "duty": (N_("值班"), N_("往后两周谁带班")),
    "ledger": (N_("隐患台账"), N_("全部隐患一张表，导出月报表")),
    "limits": (N_("看板上限"), N_("每一列最多放几张卡片")),
    "viewers": (N_("谁看得到敏感隐患"), N_("指定和结束")),
    "history": (N_("历史"), N_("谁在什么时候做了什么，有没有被改过")),
}
LOOKING = {
    "grids": N_("每一处归谁管，哪里没有人负责"),
    "accounts": N_("谁能登录，谁还没有开通"),
    "viewers": N_("现在有谁，什么时候指定的"),
    "duty": N_("各校今天谁带班，哪里缺人"),
}
"""What is said of a page instead to whoever may look there and change nothing."""
SHOW_SIGN_INS = N_("登录和退出也显示")
HIDE_SIGN_INS = N_("登录和退出不显示")
