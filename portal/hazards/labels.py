"""Words of the hazards room: columns, levels, moves, refusals, events."""

from portal.rendering.i18n import N_

STATUS = {
    "reported": N_("待核实"),
    "assigned": N_("待整改"),
    "rectifying": N_("整改中"),
    "recheck": N_("待复查"),
    "escalated": N_("已上报"),
    "closed": N_("已销号"),
}
LEVELS = {"red": N_("重大"), "orange": N_("较大"), "yellow": N_("一般"), "blue": N_("低")}
OUTCOME = {
    "rectified": N_("整改完成"),
    "not_hazard": N_("不是隐患"),
    "duplicate": N_("与另一条重复"),
    "solved": N_("已帮助解决"),
    "refused": N_("不予受理"),
    "returned": N_("退回本校处理"),
}
SOURCE = {"staff": N_("本校人员"), "public": N_("家长反映")}

MOVE = {
    ("reported", "assigned"): N_("核实并指派"),
    ("reported", "closed"): N_("不是隐患或重复"),
    ("reported", "escalated"): N_("上报上级"),
    ("assigned", "rectifying"): N_("开始整改"),
    ("assigned", "escalated"): N_("上报上级"),
    ("rectifying", "recheck"): N_("提交复查"),
    ("rectifying", "escalated"): N_("上报上级"),
    ("recheck", "closed"): N_("通过复查，销号"),
    ("recheck", "rectifying"): N_("退回整改"),
    ("recheck", "escalated"): N_("上报上级"),
    ("escalated", "assigned"): N_("答复或退回"),
    ("closed", "rectifying"): N_("重新打开"),
}
BLOCKED = {
    ("reported", "assigned"): N_("不能指派。"),
    ("reported", "closed"): N_("不能划掉。"),
    ("assigned", "rectifying"): N_("不能开始整改。"),
    ("rectifying", "recheck"): N_("不能提交复查。"),
    ("recheck", "closed"): N_("不能销号。"),
    ("recheck", "rectifying"): N_("不能退回。"),
    ("escalated", "assigned"): N_("不能答复。"),
    ("closed", "rectifying"): N_("不能重新打开。"),
}
BLOCKED_ESCALATE = N_("不能上报上级。")

REFUSALS = {
    "hazard.no_such_move": N_("现在不能走这一步。看一看卡片现在在哪一列。"),
    "hazard.not_above": N_("这一步由本处或上级网格的负责人、安全办公室、带班领导来做。"),
    "hazard.not_responsible": N_("这一步由整改责任人或协助的人来做。"),
    "hazard.not_receiver": N_("这一步由接收上报的部门或上级网格的负责人来做。"),
    "hazard.own_work": N_("整改人不能复查自己的整改，请上级网格的负责人复查。"),
    "hazard.needs_head": N_("重大隐患由校长或副校长销号。"),
    "hazard.needs_supervisor": N_("挂牌隐患由督办人销号。"),
    "hazard.not_head": N_("挂牌由校长、副校长或安全办公室来做。"),
    "hazard.not_yours": N_("这张卡片不归你办，不能写。"),
    "hazard.assign_first": N_("还没有指定过责任人，先核实并指派，再答复。"),
    "hazard.listed_already": N_("这一条已经挂牌，或者已经销号。"),
    "hazard.too_late_to_undo": N_("撤销只能由移动的人在 10 秒内做。现在要改，请用“移动”。"),
    "hazard.moved_meanwhile": N_("{who}刚刚把它移到“{to}”，时间是 {at}。你填的都还在，看一看现在的样子，再决定。"),
    "hazard.need_category": N_("选一个类别，要选到第二级"),
    "hazard.need_level": N_("定一个等级：点一下可能性，点一下严重程度"),
    "hazard.need_responsible": N_("选一个责任人或岗位"),
    "hazard.need_interim_measure": N_("写明已经怎样临时控制，例如锁门、断电、拉警戒线"),
    "hazard.need_outcome": N_("选一个结果：不是隐患，或与另一条重复"),
    "hazard.need_answer": N_("选一个答复：已解决、不受理或退回"),
    "hazard.need_reason": N_("写一句理由"),
    "hazard.need_duplicate_of": N_("写另一条隐患的编号，例如 2026-0042"),
    "hazard.need_measure": N_("写一句做了什么"),
    "hazard.need_photos": N_("重大、较大隐患要拍一张整改后的照片"),
    "hazard.need_conclusion": N_("写一句复查结论"),
    "hazard.need_watcher": N_("选一个看守的人"),
    "hazard.need_receivers": N_("至少选一个接收的部门"),
    "hazard.due_is_past": N_("期限要在现在以后"),
    "hazard.bad_date": N_("日期看不懂。请写成 2026-11-27 这样"),
    "hazard.need_place": N_("选一个地方"),
    "hazard.unknown_place": N_("没有找到这个地方。从下面的提示里选一个"),
    "hazard.need_title": N_("写一句话，说清哪里不对"),
    "hazard.title_too_long": N_("一句话太长了，请缩到 100 个字以内"),
    "hazard.unknown_level": N_("等级只有重大、较大、一般、低四种"),
    "hazard.too_many_photos": N_("一次最多 3 张照片"),
    "hazard.need_note": N_("写一句话再留言"),
    "hazard.need_helper": N_("选一个人或岗位"),
    "hazard.need_condition": N_("写明摘牌的条件"),
    "hazard.need_supervisor": N_("选一个督办人"),
    "hazard.need_column": N_("选一列"),
    "hazard.need_most": N_("写一个 0 到 999 的数"),
    "hazard.need_over_reason": N_("这一列已经满了。要继续，写一句理由"),
}
FLASHES = {
    "hazard.reported": N_("已记下，编号 {number}。"),
    "hazard.moved": N_("已移到“{to}”。"),
    "hazard.noted": N_("已写进经过。"),
    "hazard.saved": N_("已保存。"),
    "hazard.undone": N_("已撤销，卡片回到原来的一列。"),
    "hazard.listed": N_("已挂牌督办。"),
    "hazard.unlisted": N_("已摘牌。"),
    "hazard.helped": N_("已加上协助的人。"),
    "hazard.taken": N_("由你负责了。"),
}
EVENTS = {
    "hazard.reported": N_("报告了这条隐患"),
    "hazard.moved": N_("从“{came_from}”移到“{went_to}”"),
    "hazard.noted": N_("补写"),
    "hazard.photographed": N_("加了照片"),
    "hazard.listed": N_("挂牌督办"),
    "hazard.unlisted": N_("摘牌"),
    "hazard.helpers_changed": N_("改了协助的人"),
    "hazard.due_moved": N_("改了期限"),
    "hazard.told_higher": N_("没有按时办，已告诉上一级"),
}
UNDONE = N_("撤销上一步，从“{came_from}”回到“{went_to}”")
TEXT_FIELDS = {
    "title": N_("内容"),
    "interim": N_("临时措施"),
    "reason": N_("理由"),
    "measure": N_("做了什么"),
    "conclusion": N_("复查结论"),
    "plan": N_("整改方案"),
    "money": N_("资金"),
    "contingency": N_("预案"),
    "condition": N_("摘牌条件"),
    "note": N_("留言"),
    "over_reason": N_("为什么超过上限"),
}
FILTERS = {
    "all": N_("全部"),
    "mine": N_("我的"),
    "overdue": N_("超期"),
    "major": N_("重大"),
    "public": N_("家长反映"),
}
LANES = {"none": N_("不分"), "level": N_("按等级"), "person": N_("按责任人"), "place": N_("按地点")}
FLAG_LISTED = N_("挂牌")
FLAG_FAILED = N_("复查退回 {count} 次")
FLAG_RESTRICTED = N_("仅指定的人可见")
NOTE_INTERIM = N_("先填临时措施才能指派")
WHO_RESPONSIBLE = N_("整改")
WHO_HELPS = N_("协助")
WHO_WATCHES = N_("看守")
WHO_SUPERVISES = N_("督办")
WHO_RECHECKED = N_("复查")
WHO_REPORTED = N_("报告")
VACANT = N_("岗位空缺")
BY_SYSTEM = N_("安网")
GROUP_NEAR = N_("本处和上级网格")
GROUP_ALL = N_("全校其他岗位")
COMMA = N_("，")
LIST_COMMA = N_("、")
GRID_OPEN = N_("未销号 {count} 条")
GRID_OVERDUE = N_("超期 {count} 条")
