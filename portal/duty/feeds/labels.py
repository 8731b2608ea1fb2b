"""The words of calendars and of files of leave."""

from portal.duty.feeds.rules import FeedKind, Left, State, Trouble
from portal.rendering.i18n import N_

REFUSALS = {
    "duty.feed_there": N_("已经有一个地址了。不知道地址，就换一个。"),
    "duty.feed_gone": N_("这个地址已经停用。"),
    "duty.feed_too_often": N_("试得太多，{minutes} 分钟后再来。"),
    "duty.leave_no_file": N_("选一个 .ics 文件。"),
    "duty.leave_too_large": N_("文件太大，最多 500 KB。只导出请假的日历，再上传。"),
    "duty.leave_not_utf8": N_("第 {line} 行读不了：文件不是 UTF-8。从日历里重新导出。"),
    "duty.leave_no_calendar": N_("第 {line} 行：这不是日历文件。从日历里导出 .ics 再上传。"),
    "duty.leave_too_many": N_("第 {line} 行：一个文件最多 100 条。分几个文件上传。"),
    "duty.leave_long_line": N_("第 {line} 行太长，读不了。从日历里重新导出。"),
    "duty.leave_broken": N_("第 {line} 行不是日历的写法。从日历里重新导出。"),
    "duty.leave_cut_off": N_("文件没有结尾，可能没有传完。再传一次。"),
    "duty.leave_empty": N_("日历里一条也没有。"),
    "duty.leave_many_titles": N_("不同的标题太多，认不过来。选好是谁，或者分几个文件上传。"),
    "duty.leave_nothing": N_("没有可以记的。勾上要记的，选好是谁。"),
    "duty.leave_done": N_("这个文件已经处理过了。"),
    "duty.leave_not_entered": N_("还没有记过，不用撤回。"),
    "duty.leave_has_begun": N_("有的假已经过了第一天，不能整批撤回。"),
    "duty.leave_touched": N_("有的假后来改过，不能整批撤回。"),
}

FLASHES = {
    "duty.feed_ended": N_("停用了。用这个地址的日历不再更新。"),
    "duty.leave_entered": N_("记下了 {entered} 条请假。"),
    "duty.leave_undone": N_("撤回了，这些假都不算。"),
    "duty.leave_dropped": N_("扔掉了，什么都没有记。"),
}

EVENTS = {
    "duty.feed_made": N_("做了日历地址"),
    "duty.feed_rotated": N_("换了日历地址"),
    "duty.feed_ended": N_("停用了日历地址"),
    "duty.leave_read": N_("上传了请假日历，{rows} 条"),
    "duty.leave_entered": N_("从日历记下请假，{entered} 条"),
    "duty.leave_undone": N_("撤回了从日历记下的请假"),
    "duty.leave_dropped": N_("扔掉了请假日历"),
}

NAMES = {
    FeedKind.PERSON: N_("我的值班"),
    FeedKind.AREA: N_("{area}值班"),
    FeedKind.SCHOOL: N_("{school}值班"),
}
STEPS_IN = N_("{lane}（兜底）")
PEOPLE = N_("{lane}（{count} 人）")
REMIND = N_("一小时后上班：{lane}")

STATES = {
    State.DRAFT: N_("还没有记"),
    State.ENTERED: N_("记下了"),
    State.UNDONE: N_("撤回了"),
    State.DROPPED: N_("扔掉了"),
}
TROUBLES = {
    Trouble.RECURS: N_("重复的，不能从文件里记。在人员变动里一次一次记。"),
    Trouble.CANCELLED: N_("日历里已经取消。"),
    Trouble.ZONE: N_("不认识它的时区。"),
    Trouble.NO_TIME: N_("看不出从什么时候到什么时候。"),
}
LEFT = {
    Left.PAST: N_("已经过去。"),
    Left.FAR: N_("三年以后的，太早。"),
    Left.AWAY: N_("这段时间已经请假。"),
}
WHOLE_DAYS = N_("{first} 到 {last}，共 {count} 天")
WHOLE_DAY = N_("{first}，一天")
FROM_TO = N_("{start} 到 {end}")
FROM_TODAY = N_("从今天起记")
UNTITLED = N_("没有标题")
BY_TITLE = N_("看标题里的名字")
NOBODY = N_("不记")
NAMED = N_("{name}（{title}）")
