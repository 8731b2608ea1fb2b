"""The words of the accounts room."""

from portal.rendering.i18n import N_

REFUSALS = {
    "account.wrong": N_("账号或密码不对。看看大小写，再试一次。"),
    "account.head_by_bureau": N_("校长、副校长的账号由教育局重置、停用或启用。请找教育局安全科。"),
    "account.wait": N_("试的次数太多，{minutes} 分钟后再试。忘了密码不用等：找学校安全办公室要一张重置条。"),
    "account.login_missing": N_("填账号。"),
    "account.login_signs": N_("账号用 2 到 60 个字母、数字或汉字，中间可以有点、横线和 @。"),
    "account.login_letters": N_("账号里有一个字母不是英文字母，看着可能一样。切到英文输入法，重新打一遍。"),
    "account.login_taken": N_("这个账号有人用了。换一个，手机号或工号都行。"),
    "account.password_missing": N_("填密码。"),
    "account.password_short": N_("密码至少 10 位。一句自己记得住的话最好。"),
    "account.password_long": N_("密码最多 200 位。"),
    "account.password_is_login": N_("密码不能和账号一样。"),
    "account.password_common": N_("这个密码太常见，一猜就中。换一个。"),
    "account.password_same": N_("新密码和原来的一样。换一个。"),
    "account.old_wrong": N_("原来的密码不对。"),
    "account.again_differs": N_("两次填的密码不一样。"),
    "account.pupil": N_("{name}是学生，学生不开账号。"),
    "account.left": N_("{name}已经离开，不能开账号。"),
    "account.is_disabled": N_("{name}的账号停用了。先启用，再重置。"),
    "account.has_one": N_("{name}已经有账号。忘了密码，就发重置条。"),
    "account.has_none": N_("{name}还没有账号。发开通条就行。"),
    "account.not_oneself": N_("不能停用自己的账号。要停用，请另一位管理员来做。"),
    "account.code_missing": N_("填条子上的码。"),
    "account.code_unknown": N_("没有这个码。对一对条子上的字母和数字。"),
    "account.code_used": N_("这张条子用过了，一张只能用一次。忘了密码，找学校安全办公室要重置条。"),
    "account.code_revoked": N_("这张条子作废了，可能已经另发了一张。找学校安全办公室。"),
    "account.code_expired": N_("这张条子过期了。找学校安全办公室再要一张。"),
    "account.phone_wrong": N_("电话只填数字、加号和横线，7 到 20 位。"),
    "account.email_wrong": N_("邮箱的写法不对，像 name@example.com 这样。"),
    "account.nobody_ticked": N_("先勾选人，再按按钮。"),
    "account.nobody_fits": N_("勾选的人里没有一个能做这一步。看看他们现在的状态。"),
    "account.act_missing": N_("选一件事做：发开通条、重置、停用或启用。"),
}

FLASHES = {
    "account.signed_out": N_("已退出。"),
    "account.joined": N_("账号开通了，下次用 {login} 登录。"),
    "account.password_changed": N_("密码改好了，别处的登录都已退出。"),
    "account.session_ended": N_("那台设备已退出。"),
    "account.sessions_ended": N_("别处的 {count} 个登录都已退出。"),
    "account.contact_saved": N_("联系方式存好了。"),
    "account.slips_made_left_out": N_("做好了 {count} 张条子，{left_out} 人不能做这一步，没有发。"),
    "account.disabled": N_("停用了 {count} 个账号，他们已全部退出。"),
    "account.enabled": N_("启用了 {count} 个账号。"),
}

EVENTS = {
    "account.made": N_("开通了账号"),
    "account.invited": N_("发了开通条或重置条"),
    "account.invitation_used": N_("用了条子"),
    "account.disabled": N_("停用了账号"),
    "account.enabled": N_("启用了账号"),
    "account.password_changed": N_("换了密码"),
    "session.started": N_("登录了"),
    "session.ended": N_("退出了"),
    "account.language_chosen": N_("换了语言"),
}

STATES = {
    "none": N_("没有账号"),
    "invited": N_("已发条子"),
    "active": N_("在用"),
    "disabled": N_("停用"),
}

ALL = N_("全部")

SYSTEMS = {
    "harmony": N_("鸿蒙"),
    "android": N_("安卓"),
    "iphone": N_("iPhone"),
    "ipad": N_("iPad"),
    "windows": N_("Windows"),
    "mac": N_("Mac"),
    "linux": N_("Linux"),
    "": N_("一台设备"),
}

# Names of products that are not translated (Chrome, Safari …) stand for themselves.
BROWSERS = {
    "wecom": N_("企业微信"),
    "wechat": N_("微信"),
    "dingtalk": N_("钉钉"),
    "feishu": N_("飞书"),
}

# What the command that makes the first account says: Chinese first, English below it. `{…}` are facts.
COMMAND = {
    "description": "开第一个账号，打印一次性密码。\nMakes the first account and prints a one-time password.",
    "login": "登录用的账号 · what to sign in with",
    "name": "姓名 · the person's name",
    "school": "学校名称；没有就新建 · the school's name; made if there is none",
    "bureau": "教育局名称；没有就新建 · the bureau's name; made if there is none",
    "role": "岗位 · the post: safety_officer, bureau_officer",
    "reset": "账号已有时，换一个一次性密码 · if the account is there, give it a new one-time password",
    "made": "账号：{login}\n一次性密码：{password}\n登录 {url}/sign-in，马上会要求换密码。"
    "\n\nLogin: {login}\nOne-time password: {password}\nSign in at {url}/sign-in; you will be asked for a new password.",
    "which": "有不止一个单位：{names}。用 --school 或 --bureau 写明是哪一个。"
    "\nThere are several organisations: {names}. Name one with --school or --bureau.",
    "unnamed": "还没有单位。用 --school 学校名称 或 --bureau 教育局名称。"
    "\nThere is no organisation yet. Add --school NAME or --bureau NAME.",
    "taken": "账号 {login} 已经有了。忘了密码，加 --reset。\nThe login {login} is taken. If its password is lost, add --reset.",
    "has_one": "{name} 已经有账号：{login}。忘了密码，用 --login {login} --reset。"
    "\n{name} has an account already: {login}. If its password is lost, use --login {login} --reset.",
    "unknown": "没有账号 {login}。\nThere is no login {login}.",
    "bad_login": "账号 {login} 的写法不对：用 2 到 60 个英文字母、数字或汉字。"
    "\nThe login {login} will not do: 2 to 60 Latin letters, digits or Chinese characters.",
    "no_tables": "库还没有建好。先运行 python -m portal migrate。"
    "\nThe database is not ready. Run python -m portal migrate first.",
}
TITLES = {"safety_officer": "安全主任", "bureau_officer": "安全管理员"}
"""What the first post is called; it can be renamed on its page."""
