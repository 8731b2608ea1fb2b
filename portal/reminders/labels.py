"""The words of the reminders room: what each reminder says, on the screen and in mail."""

from portal.rendering.i18n import N_

REMINDERS = {
    "reported": N_("有新隐患 {number}，去核实"),
    "assigned": N_("{number} 交给你整改"),
    "given_back": N_("{number} 上报以后回来了，接着整改"),
    "to_recheck": N_("{number} 整改好了，去复查"),
    "sent_back": N_("{number} 复查没有通过，接着整改"),
    "sent_back_often": N_("{number} 已三次复查没有通过"),
    "reopened": N_("{number} 重新打开了，再去看一看"),
    "closed": N_("{number} 已销号"),
    "escalated": N_("{number} 超出能力，已上报，请你处理或看守"),
    "to_supervise": N_("{number} 已指派整改，由你监督，可以催办"),
    "urged": N_("有人催办 {number}，看看到哪一步了"),
    "disputed": N_("{number} 归属有争议，请你裁定由谁负责"),
    "ruled": N_("{number} 的归属已裁定，看看由谁负责"),
    "listed": N_("{number} 已挂牌督办"),
    "due_moved": N_("{number} 换了期限，看新的日子"),
    "inherited": N_("你接手了 {number}，看看到哪一步了"),
    "vacant": N_("{number} 的责任岗位空着，去指派人"),
    "due_soon": N_("{number} 快到期，还没有整改好"),
    "due_today": N_("{number} 今天到期"),
    "overnight": N_("{number} 今天到期，到晚上还没有整改好"),
    "overdue": N_("{number} 到期了，还没有整改好"),
    "overdue_1": N_("{number} 超期 1 个工作日，去督促"),
    "overdue_3": N_("{number} 超期 3 个工作日，请教育局督促"),
    "overdue_4h": N_("重大隐患 {number} 超期 4 小时，马上去督促"),
    "overdue_24h": N_("重大隐患 {number} 超期 24 小时，请教育局督促"),
    "untriaged": N_("{number} 到时还没有人核实，去核实"),
    "untriaged_1": N_("{number} 过了 1 个工作日还没有人核实，去督促"),
    "untriaged_3": N_("{number} 过了 3 个工作日还没有人核实，请教育局督促"),
    "untriaged_4h": N_("报为重大的 {number} 过了 4 小时还没有人核实，马上去看"),
    "untriaged_24h": N_("报为重大的 {number} 过了 24 小时还没有人核实，请教育局督促"),
    "unchecked": N_("{number} 等复查超过 1 个工作日，去复查"),
    "unchecked_3": N_("{number} 等复查超过 3 个工作日，去督促"),
    "unanswered": N_("{number} 上报 3 个工作日还没有答复"),
    "unanswered_5": N_("{number} 上报 5 个工作日还没有答复，去督促"),
    "quiet": N_("{number} 3 个工作日没有动静，看看到哪一步了"),
    "quiet_5": N_("{number} 5 个工作日没有动静，去督促"),
    "step_soon": N_("{number} 的方案有一步快到期"),
    "step_today": N_("{number} 的方案有一步今天到期"),
    "step_overdue": N_("{number} 的方案有一步到期了，还没有做完"),
    "check_due": N_("去看一看 {number}，临时措施还在不在"),
    "check_missed": N_("{number} 到时没有人去看，去督促看守的人"),
    "again": N_("{number} 你说过现在再看，去办"),
    "handover_0": N_("交接单还没有确认，去看一看"),
    "handover_5": N_("交接单过了 5 个工作日还没有完成，去督促"),
    "handover_7": N_("交接单过了 7 个工作日还没有完成，去督促"),
    "handover_15": N_("交接单过了 15 个工作日还没有完成，去督促"),
    "vacant_post_0": N_("有一个岗位空着，先由你顶着，去指派人"),
    "vacant_post_5": N_("一个岗位空了 5 个工作日，去指派人"),
    "vacant_post_7": N_("一个岗位空了 7 个工作日，去指派人"),
    "vacant_post_15": N_("一个岗位空了 15 个工作日，去督促"),
    "public_waiting": N_("有一条公众反映，4 小时内去筛查"),
    "public_overdue": N_("一条公众反映过了 4 小时还没有人看，去督促"),
    "public_not_fixed": N_("反映的人说没有修好，去看一看"),
}
"""What a reminder says to its person; the number is all that it says of a sensitive card."""

STEPS = {
    "reported": N_("有新隐患，去核实"),
    "assigned": N_("交给他整改"),
    "given_back": N_("上报以后回来，接着整改"),
    "to_recheck": N_("整改好了，去复查"),
    "sent_back": N_("复查没有通过"),
    "sent_back_often": N_("三次复查没有通过"),
    "reopened": N_("重新打开"),
    "closed": N_("已销号"),
    "escalated": N_("已上报，请处理或看守"),
    "to_supervise": N_("由他监督，可以催办"),
    "urged": N_("有人催办"),
    "disputed": N_("归属有争议，请他裁定"),
    "ruled": N_("归属已裁定"),
    "listed": N_("已挂牌督办"),
    "due_moved": N_("换了期限"),
    "inherited": N_("接手了这一条"),
    "vacant": N_("责任岗位空着"),
    "due_soon": N_("快到期"),
    "due_today": N_("今天到期"),
    "overnight": N_("到晚上还没有整改好"),
    "overdue": N_("到期了，还没有整改好"),
    "overdue_1": N_("超期 1 个工作日"),
    "overdue_3": N_("超期 3 个工作日"),
    "overdue_4h": N_("超期 4 小时"),
    "overdue_24h": N_("超期 24 小时"),
    "untriaged": N_("到时还没有人核实"),
    "untriaged_1": N_("过了 1 个工作日还没有人核实"),
    "untriaged_3": N_("过了 3 个工作日还没有人核实"),
    "untriaged_4h": N_("过了 4 小时还没有人核实"),
    "untriaged_24h": N_("过了 24 小时还没有人核实"),
    "unchecked": N_("等复查超过 1 个工作日"),
    "unchecked_3": N_("等复查超过 3 个工作日"),
    "unanswered": N_("上报 3 个工作日没有答复"),
    "unanswered_5": N_("上报 5 个工作日没有答复"),
    "quiet": N_("3 个工作日没有动静"),
    "quiet_5": N_("5 个工作日没有动静"),
    "step_soon": N_("方案的一步快到期"),
    "step_today": N_("方案的一步今天到期"),
    "step_overdue": N_("方案的一步到期了，还没有做完"),
    "check_due": N_("去看一看，临时措施还在不在"),
    "check_missed": N_("到时没有人去看"),
    "again": N_("说过稍后再看，再提醒一次"),
}
"""The same on the card's page, where the card is known and the person is named."""

STATES = {
    "known": N_("说了知道了"),
    "later": N_("要求 {until} 再提醒"),
    "read": N_("已读"),
    "moot": N_("站内消息，没有读，后来不用看了"),
    "mailed": N_("站内消息和邮件，还没有读"),
    "mail_failed": N_("站内消息，邮件没有发出去"),
    "unread": N_("站内消息，还没有读"),
    "coming": N_("到时还没有办才发"),
    "nobody": N_("到时没有人会收到，先指派人"),
}

TOLD = N_("{people}：{what}")
ABOUT = N_("{what}（{step}）")
NOBODY = N_("没有人")
BETWEEN = N_("、")
AND = N_("，")

MAIL = {
    "subject": N_("安网：{count} 件事等你办"),
    "from": N_("安网"),
    "anchor": N_("安网：今天的审计锚，请保存这封邮件"),
}

FLASHES = {
    "reminders.all_read": N_("都标成已读了。"),
    "reminders.known": N_("记下了：你知道了。到期没有办，还会告诉上一级。"),
    "reminders.later": N_("记下了，到时再提醒你。到期没有办，还会告诉上一级。"),
}
REFUSALS = {
    "reminder.need_reason": N_("写一句为什么现在办不了"),
    "reminder.need_days": N_("选过几个工作日再提醒，重大隐患最多 1 个"),
    "reminder.not_to_put_off": N_("这一条不能再推后了，去看一看隐患。"),
    "reminder.closed": N_("这条隐患已经销号，不用再答复。"),
}
