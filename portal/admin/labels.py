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
    "person": ("person.",),
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
    "audit.anchored": N_("把历史的校验码存到了外面，到第 {anchored_seq} 条"),
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
    "rewritten": N_("第 {seq} 条和存在外面的校验码对不上"),
}
FLASHES = {
    "admin.tried_again": N_("已放回去，马上再试。"),
    "history.holds": N_("历史完好：{count} 条，一条接一条，没有改过，没有缺。"),
}

LINKS = {
    "grids": (N_("网格和岗位"), N_("每一处归谁管，改名、移动、设岗位、指定人")),
    "people": (N_("人员"), N_("教职工名单，谁在哪个岗位")),
    "imports": (N_("导入"), N_("用表格一次建好网格、岗位和人，可以撤销")),
    "accounts": (N_("账号"), N_("谁能登录，发邀请，停用")),
    "duty": (N_("值班"), N_("往后两周谁带班")),
    "ledger": (N_("隐患台账"), N_("全部隐患一张表，导出月报表")),
    "limits": (N_("看板上限"), N_("每一列最多放几张卡片")),
    "viewers": (N_("谁看得到敏感隐患"), N_("指定和结束")),
    "history": (N_("历史"), N_("谁在什么时候做了什么，有没有被改过")),
}
