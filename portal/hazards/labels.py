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
SOURCE = {"staff": N_("本校人员"), "public": N_("公众反映")}

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
    "hazard.urged_today": N_("今天已经催过了，明天还没有动静再催。"),
    "hazard.not_to_urge": N_("现在不能催办：只有监督、联系或上级的人，在整改期间催办。"),
    "hazard.not_to_dispute": N_("现在不能说归属有争议：由整改责任人或上级在整改期间提出。"),
    "hazard.not_to_rule": N_("归属由第一责任人裁定。"),
    "hazard.need_dispute_reason": N_("写一句为什么不归你管"),
    "hazard.need_ruling_reason": N_("写一句为什么归这个岗位"),
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
    "hazard.reason_too_long": N_("理由太长了，写在 500 个字以内"),
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
    "hazard.due_not_above": N_("期限由本处或上级网格的负责人、安全办公室、带班领导来改。"),
    "hazard.no_due_to_move": N_("这一条没有期限可改：还没有指派，或者已经销号。"),
    "hazard.own_due": N_("整改人不能给自己延期。请上级网格的负责人来改。"),
    "hazard.due_needs_head": N_("重大隐患延到规定期限以后，由校长或副校长来改。"),
    "hazard.need_new_due": N_("选新的期限"),
    "hazard.same_due": N_("这就是现在的期限，选另一天"),
    "hazard.not_watched": N_("这一条现在没有人看守，不用记。"),
    "hazard.need_check": N_("写一句看到的样子"),
    "hazard.check_is_past": N_("下次去看的日子要在今天以后"),
    "hazard.check_too_late": N_("下次去看不能晚于规定：重大每天，其他每周"),
    "hazard.bad_step_days": N_("提前几天写 0 到 60 的数"),
    "hazard.step_needs_end": N_("还没有期限，先填日子，不能倒排"),
    "hazard.step_after_end": N_("每一步都要在整改期限以前"),
    "hazard.step_is_past": N_("这一步的日子要在现在以后"),
    "hazard.need_step_person": N_("选本校在职的人"),
    "hazard.too_many_steps": N_("最多分 12 步"),
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
    "hazard.checked": N_("已记下，下次到时再提醒看守的人。"),
    "hazard.urged": N_("已催办，负责的人会收到消息。"),
    "hazard.disputed": N_("已交第一责任人裁定。裁定以前，仍由原来的人负责。"),
    "hazard.ruled": N_("已裁定，写进责任矩阵，新的责任人会收到消息。"),
    "hazard.due_moved": N_("期限已改，责任人会收到消息。"),
    "hazard.step_done": N_("这一步已做完。"),
}
NEXT = {
    "reported": (N_("接下来由{name}核实。"), N_("接下来由{name}核实，{moment} 前。")),
    "assigned": (N_("接下来由{name}整改。"), N_("接下来由{name}整改，{moment} 前。")),
    "rectifying": (N_("接下来由{name}整改。"), N_("接下来由{name}整改，{moment} 前。")),
    "recheck": (N_("接下来由{name}复查。"), N_("接下来由{name}复查，{moment} 前。")),
    "escalated": (N_("等上级答复，由{name}看守。"), ""),
}
"""Who acts next on a card that stands in a column: without a time, and with one."""
YOU = N_("你")
OFFICE = N_("安全办公室")
HEADS = N_("校长或副校长")
EVENTS = {
    "hazard.followed": N_("责任人要离开，这一条跟着岗位走"),
    "hazard.reported": N_("报告了这条隐患"),
    "hazard.moved": N_("从“{came_from}”移到“{went_to}”"),
    "hazard.noted": N_("补写"),
    "hazard.photographed": N_("加了照片"),
    "hazard.listed": N_("已挂牌督办"),
    "hazard.unlisted": N_("摘牌"),
    "hazard.helpers_changed": N_("改了协助的人"),
    "hazard.due_moved": N_("把期限从 {was} 改到 {now}"),
    "hazard.urged": N_("催办"),
    "hazard.disputed": N_("说归属有争议，请第一责任人裁定"),
    "hazard.ruled": N_("裁定了归属，写进责任矩阵"),
    "hazard.checked": N_("看过了，下次去看：{next_check}"),
    "hazard.acknowledged": N_("收到提醒，说知道了"),
    "hazard.snoozed": N_("收到提醒，要求 {until} 再提醒"),
    "hazard.told_higher": N_("没有按时办，已告诉{people}"),
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
    "step": N_("做完的一步"),
    "steps": N_("分几步做"),
    "check": N_("看到的"),
}
FILTERS = {
    "all": N_("全部"),
    "mine": N_("我的"),
    "overdue": N_("超期"),
    "major": N_("重大"),
    "public": N_("公众反映"),
}
LANES = {"none": N_("不分"), "level": N_("按等级"), "person": N_("按责任人"), "place": N_("按地点")}
FLAG_LISTED = N_("挂牌")
FLAG_DUE_MOVED = N_("改期 {count} 次")
ABOVE = N_("上一级")
FLAG_FAILED = N_("复查退回 {count} 次")
FLAG_RESTRICTED = N_("仅指定的人可见")
NOTE_INTERIM = N_("先填临时措施才能指派")
WHO_RESPONSIBLE = N_("整改")
WHO_HELPS = N_("协助")
WHO_WATCHES = N_("看守")
WHO_SUPERVISES = N_("督办")
WHO_RECHECKED = N_("复查")
WHO_REPORTED = N_("报告")
ANSWERS_AS = {"deputy": N_("{name}（B 角）"), "acting": N_("{name}（代理）")}
"""How a name reads where somebody answers in the holder's place (E11)."""
VACANT = N_("岗位空缺")
BY_SYSTEM = N_("安网")
BY_RULE = N_("按类别，责任清单定的人")
GROUP_FIT = N_("按责任清单和网格")
BECAUSE = {
    "ruled": N_("（责任矩阵定的，来自 {grid}）"),
    "level": N_("（按类别归{level}）"),
    "keeps": N_("（就是本处）"),
    "inherited": N_("（承自 {grid}）"),
    "nearer": N_("（就在这一处）"),
    "office": N_("（分管这一类）"),
}
"""Why a form offers this post, beside its name."""
LEVELS_OF_DUTY = {
    "room": N_("房间"),
    "floor": N_("楼层"),
    "building": N_("楼"),
    "canteen": N_("餐厅"),
    "outdoor": N_("室外"),
}
DISPUTED = N_("归属有争议")
WHO_SUPERVISES_DUTY = N_("监督")
WHO_IS_TOLD = N_("知情")
GROUP_NEAR = N_("本处和上级网格")
GROUP_ALL = N_("全校其他岗位")
COMMA = N_("，")
LIST_COMMA = N_("、")
OPEN_IN = N_("{place}：未销号 {count} 条")
OPEN_MAJOR_IN = N_("{place}：未销号 {count} 条，其中重大 {major} 条")
WHOLE_SCHOOL = N_("全校")
CARD_NAMED = N_("隐患 {number}：{title}")
GRID_OPEN = N_("未销号 {count} 条")
GRID_OVERDUE = N_("超期 {count} 条")
