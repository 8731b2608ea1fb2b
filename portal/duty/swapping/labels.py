"""The words of swaps, take-overs and corrections."""

from portal.duty.swapping.rules import Act, State
from portal.rendering.i18n import N_

REFUSALS = {
    "duty.swap_is_over": N_("这次换班已经结束了，不能再改。"),
    "duty.swap_not_now": N_("这次换班现在不能这样做，看看它到哪一步了。"),
    "duty.swap_not_yours": N_("问的不是你，不能替他回答。"),
    "duty.swap_office_only": N_("由能排班的人来批准、不批准或撤销。"),
    "duty.swap_only_party": N_("你自己是换班的一方，对方又没有亲自答应过。请另一位能排班的人来批准。"),
    "duty.swap_has_begun": N_("班已经开始，不能再撤销。马上要换人，用“临时替班”。"),
    "duty.swap_has_later": N_("这一班后来又换过人，先撤销后面那一次。"),
    "duty.swap_nobodys": N_("这一班现在没有人，不用换，直接指派人。"),
    "duty.swap_no_shift": N_("要换的那一班已经撤下，选另一班。"),
    "duty.swap_nobody_chosen": N_("选至少一个人。"),
    "duty.swap_nobody_fits": N_("现在没有一个值这种班的人有空、休息够。选几个人问，或者换一班。"),
    "duty.swap_back_missing": N_("选对方的一班。"),
    "duty.swap_too_many": N_("一次最多问 {most} 个人。"),
    "duty.swap_with_oneself": N_("这一班本来就是他的，选别人。"),
    "duty.swap_not_theirs": N_("要换的那一班不是他的，重新选。"),
    "duty.swap_not_theirs_now": N_("其中一班后来换了人，这次换班不能再批准。请重新问。"),
    "duty.swap_may_not_lead": N_("班开始时他没有可以带班的岗位。选校长、副校长、安全办或校委会的人。"),
    "duty.swap_open_already": N_("这一班已经在换了，先等那一次有结果，或者撤回它。"),
    "duty.swap_beaten": N_("别人先动了这次换班，看看现在到哪一步了。"),
    "duty.swap_for_whom": N_("选一下是替谁回答。"),
    "duty.swap_need_reason": N_("写一句为什么。"),
    "duty.swap_reason_long": N_("理由写在 500 个字以内。"),
    "duty.swap_speaks_against": N_("有不合适的地方。还要批准，就写一句为什么。"),
    "duty.swap_too_late": N_("班已经开始了。马上要换人，找能排班的人或带班领导“临时替班”。"),
    "duty.takeover_is_over": N_("这一班已经结束了。要改成实际值班的人，用“更正”。"),
    "duty.takeover_too_early": N_("这一班还早，24 小时以内才临时替班。现在改值班表，或者换班。"),
    "duty.takeover_until": N_("写一个现在以后、到下班为止的时间。"),
    "duty.takeover_leading": N_("带班由能排班的人来换。给校长、副校长或安全办打电话。"),
    "duty.takeover_same": N_("现在就是他在值，选别人。"),
    "duty.takeover_away": N_("他正在请假，选别人。"),
    "duty.correction_too_early": N_("这一班还没有结束，结束以后才更正。马上要换人，用“临时替班”。"),
    "duty.correction_outside": N_("写这一班里面的时间，先开始，后结束。"),
}

FLASHES = {
    "duty.swap_asked": N_("问出去了。有人答应、再批准以后才换。"),
    "duty.swap_asked_urgent": N_("问出去了，标了“急”：离上班不到一天。最好再打个电话。"),
    "duty.swap_accept": N_("答应了。等批准以后才换。"),
    "duty.swap_untake": N_("收回了答应。"),
    "duty.swap_decline": N_("回复了：不能换。"),
    "duty.swap_withdraw": N_("撤回了，班还是原来的人值。"),
    "duty.swap_approve": N_("批准了，双方和门卫都会收到。"),
    "duty.swap_refuse": N_("没有批准，双方都会收到。"),
    "duty.swap_undo": N_("撤销了，班还是原来的人值。"),
    "duty.taken_over": N_("从现在起由{name}值班。本人、原来的人、带班领导和门卫都会收到。"),
    "duty.takes_over": N_("这一班由{name}来值。本人、原来的人、带班领导和门卫都会收到。"),
    "duty.corrected": N_("记下了：那一班实际是{name}值的。"),
}

EVENTS = {
    "duty.swap_asked": N_("问同事换班"),
    "duty.swap_accepted": N_("{person}答应换班"),
    "duty.swap_untaken": N_("{person}收回了答应"),
    "duty.swap_declined": N_("{person}说不能换"),
    "duty.swap_refused": N_("没有批准换班"),
    "duty.swap_approved": N_("批准了换班，由{person}值"),
    "duty.swap_withdrawn": N_("撤回了换班"),
    "duty.swap_undone": N_("撤销了换班"),
    "duty.swap_expired": N_("到时没有答应或批准，换班作废"),
    "duty.swap_cancelled": N_("班改给别人或撤下了，换班取消"),
    "duty.swap_kept": N_("班改了时间，换班跟着走"),
    "duty.taken_over": N_("{person}临时替班"),
    "duty.corrected": N_("更正：实际是{person}值的班"),
}

STATES = {
    State.ASKED: N_("等同事答应"),
    State.ACCEPTED: N_("等批准"),
    State.APPROVED: N_("换好了"),
    State.REFUSED: N_("没有换成"),
    State.WITHDRAWN: N_("撤回了"),
    State.EXPIRED: N_("过期作废"),
    State.CANCELLED: N_("取消了"),
    State.UNDONE: N_("撤销了"),
}

ACTS = {
    Act.ACCEPT: N_("答应"),
    Act.DECLINE: N_("不能换"),
    Act.UNTAKE: N_("收回答应"),
    Act.WITHDRAW: N_("撤回"),
    Act.APPROVE: N_("批准"),
    Act.REFUSE: N_("不批准"),
    Act.UNDO: N_("撤销换班"),
}
FOR_SOMEBODY = N_("替{name}{act}")
HINTS = {
    Act.APPROVE: N_("有不合适的地方时必填。"),
    Act.REFUSE: N_("必填，双方都看得到。"),
    Act.DECLINE: N_("可以不写。"),
    Act.UNDO: N_("可以不写，双方都看得到。"),
}

URGENT = N_("急：离上班不到一天")
WHO_TO_WHOM = N_("{giver} → {taker}")
SOMEBODY = N_("{count} 位同事中的一位")
IN_RETURN = N_("换回：{shift}")
NOTHING_IN_RETURN = N_("不用还班")
ANSWER_UNTIL = N_("{moment} 以前要答应")
APPROVE_UNTIL = N_("{moment} 上班以前要批准")
PERSON_AGAINST = N_("{name}：{text}")
REST = N_("前后休息 {hours} 小时")
RESTED = N_("前后三天没有班")
KNOWS = N_("常值这个岗")
NOTHING_AGAINST = N_("没有冲突")
NEXT_DAY = N_("{start}–次日 {end}")
WHOLE = N_("整班")
KINDS = {
    "swap": N_("换班，由{name}值"),
    "takeover": N_("临时由{name}替班"),
    "correction": N_("更正：实际是{name}值的"),
}
BETWEEN = N_("，")
