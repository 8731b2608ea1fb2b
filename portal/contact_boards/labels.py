"""The words of public boards, of reports from outside, and of their screening."""

from portal.core.provided import CheckWords
from portal.rendering.i18n import N_

COMMA = N_("、")
LEADER = N_("带班领导")
ANSWERS = N_("负责人")
ONE_OF = N_("{post}（第 {number} 人，共 {count} 人）")
SO_MANY = N_("{post}（{count} 人）")
SO_MANY_MORE = N_("{post}（另有 {count} 人）")
NOBODY = N_("现在没有人负责，打值班室")
FALLS_TO = N_("现在空缺，找{post}")
ASK_DUTY = N_("打值班室转接")
POLICE = N_("报警")
FIRE = N_("火警")
AMBULANCE = N_("急救")
REPORT = N_("报隐患")
FOLLOW = N_("你报的事")
NUMBER = N_("电话")
NOTED = N_("记下了")
PLATE = N_("二维码牌不对")
SCREENING_LINK = N_("公众反映")
BOARD_LINK = N_("公示板")
WAITING = N_("公众反映待筛查 {count} 条")
FIND = N_("查我报的事")
NO_KEY = N_("查询码是 24 个字，四个一组。对照提交以后的那一页再写一次。")

STAGES = {
    "received": N_("已收到"),
    "fixing": N_("在整改"),
    "done": N_("已办结"),
}
STATES = {
    "waiting": N_("待筛查"),
    "accepted": N_("已受理"),
    "merged": N_("已并入"),
    "refused": N_("未受理"),
    "reprinted": N_("重印"),
    "replaced": N_("换了地址"),
    "revoked": N_("收回了地址"),
    "fine": N_("没有问题"),
}
PLATE_FAULTS = {
    "code": N_("校验码不一样"),
    "place": N_("地方不对"),
    "damaged": N_("坏了、看不清"),
    "person": N_("写的人已经不在这里"),
}
PLATE_LINE = N_("{fault}：{line}")
PLATE_HINTS = {
    "code": N_("可能被人贴了假的，不要扫"),
    "place": N_("写的不是这个地方"),
    "damaged": N_("破了、掉了、被挡住"),
    "person": N_("名字或者电话不对"),
}
FIELDS = {
    "name": N_("姓名"),
    "mobile": N_("手机全号"),
    "photo": N_("本人照片"),
}
HINTS = {
    "name": N_("不勾，公示板上只写岗位。"),
    "mobile": N_("不勾，只写 138****1234 的样子。勾了，页面上也要按一下才看得到。"),
    "photo": N_("勾了，在下面选一张。公示板、海报、联系卡上都有。不勾，照片不收也不留。"),
}

REFUSALS = {
    "contact_board.too_many": N_("这个网络刚才发得太多，这一条还没有收下。过 {minutes} 分钟再发，急事打值班室。"),
    "contact_board.too_many_numbers": N_("这个网络看过的号码太多。过一小时再看，急事打值班室。"),
    "contact_board.need_title": N_("写一句哪里不对"),
    "contact_board.title_too_long": N_("太长了，写在 100 字以内"),
    "contact_board.phone_wrong": N_("号码写 7 到 15 位数字，也可以不写"),
    "contact_board.too_many_photos": N_("最多 3 张照片"),
    "contact_board.need_fault": N_("选一样：哪里不对"),
    "contact_board.not_closed": N_("这件事还没有办结，或者办结超过 15 天。再看到就重新报一条。"),
    "contact_board.need_not_fixed": N_("写一句还有什么没修好"),
    "contact_board.whole_school": N_("件数写不写，全校一个样。到学校那一格去改。"),
    "portrait.need_consent": N_("先勾上“本人照片”，再选一次。没有同意，照片不收。"),
    "portrait.too_small": N_("这张照片太小，看不清人。换一张，宽和高都在 {least} 像素以上。"),
    "screening.decided": N_("别人刚刚处理过这一条，看一看现在的样子。"),
    "screening.need_end": N_("选一样：重印、换地址、收回，或者没有问题"),
    "screening.plate_gone": N_("这个地址已经收回了，看一看现在的样子。"),
    "screening.need_reason": N_("写明为什么不受理，报的人看得到"),
    "screening.need_title": N_("写一句哪里不对，不写人名"),
    "screening.need_number": N_("写卡片的编号，例如 2026-0042"),
}

FLASHES = {
    "contact_board.made": N_("有公示板了。打印二维码牌，贴到门口。"),
    "contact_board.made_many": N_("新建了 {count} 块公示板。"),
    "contact_board.revoked": N_("收回了。旧二维码牌的地址从现在起打不开，把牌取下来。"),
    "contact_board.replaced": N_("换了新的地址。旧二维码牌的地址打不开了，换上新的。"),
    "contact_board.counts_on": N_("公示板上写隐患的件数。"),
    "contact_board.counts_off": N_("公示板上不写隐患的件数。"),
    "consent.saved": N_("记下了。公示板一分钟内跟着变。"),
    "portrait.removed": N_("照片删了。公示板一分钟内跟着变。"),
    "screening.accepted": N_("受理了，成为隐患 {number}。"),
    "screening.reopened": N_("重新打开了隐患 {number}。"),
    "screening.merged": N_("并入了隐患 {number}。"),
    "screening.refused": N_("没有受理，报的人看得到你写的理由。"),
    "screening.reprinted": N_("记下了。印一张新的二维码牌，换上去。"),
    "screening.replaced": N_("换了地址，旧牌的地址打不开了。印一张新的二维码牌，换上去。"),
    "screening.revoked": N_("收回了地址。把旧的二维码牌取下来。"),
    "screening.fine": N_("记下了：这块二维码牌没有问题。"),
}

EVENTS = {
    "contact_board.made": N_("建了 {boards} 块公示板"),
    "contact_board.revoked": N_("收回了公示板的地址"),
    "contact_board.setting_changed": N_("改了公示板上写什么"),
    "consent.changed": N_("改了愿意公示的内容"),
    "portrait.kept": N_("放了一张公示用的照片"),
    "portrait.removed": N_("删了公示用的照片"),
    "public_report.received": N_("收到一条公众反映"),
    "public_report.seconded": N_("又有人反映同一件事，共 {times} 人"),
    "public_report.plate_doubted": N_("有人说二维码牌不对"),
    "public_report.screened": N_("筛查了一条公众反映"),
    "public_report.not_fixed": N_("反映的人说没有修好"),
    "public_report.phones_erased": N_("到期删掉了 {reports} 个反映人的电话"),
}
"""Event kind → sentence."""

HANDED = N_("公众反映同一处：{title}")

NO_BOARD = CheckWords(N_("该建公示板、还没建的网格"), N_("该建的公示板都建了"), N_("建公示板"))
UNSCREENED = CheckWords(N_("过了时限还没看的公众反映"), N_("公众反映都按时看了"), N_("去筛查"))
OVERDUE_REPORT = N_("{place}的公众反映")
LOOK_BY = N_("最晚该在 {moment} 看")
