"""The words of the people room."""

from portal.rendering.i18n import N_

REFUSALS = {
    "people.no_such_role": N_("这里没有这种岗位。选列出来的一种。"),
    "people.pupils_apart": N_("班长这类岗位只给学生，别的岗位不给学生。"),
    "people.in_the_past": N_("最早从今天零点算起。以前的记录不能改。"),
    "people.too_far_ahead": N_("日期太远了，检查年份。"),
    "people.own_rights": N_("不能给自己更大的权限。请安全办公室的另一位或教育局来做。"),
    "people.principal_by_bureau": N_("校长的任免由教育局来做。请教育局安全科改。"),
    "people.beyond_reach": N_("这个岗位管的地方超出你的范围。选你管的地方。"),
    "people.already_holds": N_("{name}已经在这个岗位上了。"),
    "people.has_left": N_("{name}已经离开，不能再指定。"),
    "people.post_ended": N_("这个岗位已经撤销。"),
    "people.appointment_over": N_("这次任职已经结束。"),
    "people.only_holders_first": N_("B 角和代理不能当第一负责人。先改成负责。"),
    "people.post_has_hazards": N_("还有隐患等这个岗位办。先改派给别的岗位，再撤销。"),
    "people.not_yourself": N_("不能把自己登记为离开。请别人来做。"),
    "people.name_missing": N_("写姓名。"),
    "people.title_missing": N_("写岗位名称。"),
    "people.role_missing": N_("选这个岗位做什么。"),
    "people.reach_missing": N_("选这个岗位管到哪里。"),
    "people.leaves_already": N_("{name}的离开已经登记过，先撤销那一项。"),
    "people.away_already": N_("{name}那几天已经请假。"),
    "people.person_missing": N_("选一个人，或者写一个新名字。"),
    "people.person_both": N_("选一个人，或者写一个新名字，不要两样都填。"),
    "people.date_wrong": N_("日期写成 2026-11-23 这样。"),
    "people.phone_wrong": N_("电话只写数字、空格、横线和加号，最多 20 位。"),
    "people.email_wrong": N_("邮箱写成 name@example.com 这样。"),
    "people.too_long": N_("太长了，写短一点。"),
    "people.kind_missing": N_("选教职工还是学生。"),
    "people.staff_no_taken": N_("这个工号已经是另一个人的了。"),
    "school.name_missing": N_("写学校名称。"),
    "school.name_taken": N_("已经有一所同名的学校了。"),
    "school.phone_missing": N_("写值班电话，公开页面上用得到。"),
}

FLASHES = {
    "people.person_made": N_("记下了：{name}。"),
    "people.person_changed": N_("改好了。"),
    "people.person_left": N_("{name}已登记为离开，岗位都空出来了。"),
    "people.post_made": N_("岗位设好了：{title}。现在还空着，指定人。"),
    "people.post_changed": N_("改好了。"),
    "people.post_ended": N_("岗位撤销了：{title}。"),
    "people.appointed": N_("指定好了：{name}。"),
    "people.primary_set": N_("{name}是第一负责人了。"),
    "people.appointment_ended": N_("{name}的这个岗位结束了。"),
    "people.appointment_will_end": N_("{name}的这个岗位到 {day} 为止。"),
    "people.unchanged": N_("和原来一样，没有改动。"),
    "school.made": N_("建好了：{name}。下一步：导入它的网格，邀请安全员。"),
}

EVENTS = {
    "post.made": N_("设了岗位“{post}”"),
    "post.changed": N_("改了岗位“{post}”的{fields}"),
    "post.ended": N_("撤销了岗位“{post}”"),
    "appointment.started": N_("指定 {person} 担任“{post}”"),
    "appointment.ended": N_("{person} 不再担任“{post}”"),
    "person.made": N_("记下了这个人"),
    "person.changed": N_("改了{fields}"),
    "person.left": N_("登记为离开"),
    "account.invited": N_("发了邀请"),
    "appointment.restored": N_("{person} 担任“{post}”的结束日期改了回去"),
    "person.leaving_set": N_("登记了要离开的日子"),
    "person.leaving_withdrawn": N_("撤销了离开的登记"),
    "person.absence_made": N_("登记了请假"),
    "person.absence_withdrawn": N_("撤销了请假"),
}
"""Event kind → sentence. `{person}` and `{post}` are names, `{fields}` the words of FIELDS."""

FIELDS = {
    "title": N_("岗位名称"),
    "role": N_("岗位类型"),
    "reach": N_("管到哪里"),
    "is_accountable": N_("是否负责"),
    "line_of_work": N_("本职工作"),
    "primary": N_("第一负责人"),
    "name": N_("姓名"),
    "staff_no": N_("工号"),
    "phone": N_("电话"),
    "email": N_("邮箱"),
    "sort": N_("顺序"),
}

ROLES = {
    "bureau_officer": N_("教育局安全干部"),
    "principal": N_("校长（第一责任人）"),
    "vice_head": N_("副校长"),
    "liaison": N_("联系领导（挂点、包校）"),
    "safety_officer": N_("安全办公室"),
    "duty_leader": N_("带班领导"),
    "chief": N_("楼、楼层、区域负责人"),
    "keeper": N_("房间、场所负责人"),
    "class_teacher": N_("班主任"),
    "member": N_("成员"),
    "pupil": N_("学生（班长）"),
}

RIGHTS = {
    "bureau_officer": N_("看和管所辖学校的网格、人员、账号、隐患，建新学校"),
    "principal": N_("看全校隐患、人员、台账，核销重大隐患，挂牌督办，排带班"),
    "vice_head": N_("看全校隐患、人员、台账，核销重大隐患，挂牌督办，排带班"),
    "liaison": N_("看所联系学校或片区的看板和台账，催办，留言，不担主责"),
    "safety_officer": N_("管网格、岗位、人员、账号、导入，核实和指派隐患"),
    "duty_leader": N_("带班时核实、指派、复查全校隐患"),
    "chief": N_("核实、指派、整改、复查自己这片的隐患"),
    "keeper": N_("核实、整改自己这处的隐患"),
    "class_teacher": N_("核实、整改自己班的隐患"),
    "member": N_("报隐患，办指派给自己的隐患"),
    "pupil": N_("只作登记，不能登录"),
}

HELD_AS = {"holder": N_("负责"), "deputy": N_("B 角"), "acting": N_("代理")}
HELD_AS_HELP = {
    "holder": N_("担这个岗位的责任"),
    "deputy": N_("协助，平时也能办"),
    "acting": N_("临时代替，写明到哪天"),
}
PERSON_KINDS = {"staff": N_("教职工"), "pupil": N_("学生")}
NEW_OFFICER_TITLE = N_("安全员")
WHOLE = N_("{name}（全部）")
ATTACHED = N_("{name}（只给联系领导）")
WHO = {
    "staff": N_("教职工"),
    "without_post": N_("没有岗位的"),
    "pupil": N_("学生"),
    "left": N_("已离开"),
}
