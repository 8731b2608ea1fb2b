"""The words of responsibility letters."""

from portal.rendering.i18n import N_

KINDS = {
    "post": N_("岗位责任书"),
    "every": N_("全员岗位责任书"),
    "yearly": N_("年度目标责任书"),
    "fire": N_("消防责任书"),
    "area": N_("区域责任书"),
    "guards": N_("保安、食堂人员责任书"),
    "class": N_("班级约定（纸质）"),
}
STATES = {
    "void": N_("作废"),
    "superseded": N_("已被新的一份替代"),
    "revoked": N_("已撤销"),
    "left": N_("已随离岗终止"),
    "ended": N_("已到期"),
    "making": N_("正在排版"),
    "refused": N_("有人不签"),
    "waiting": N_("等签字"),
    "sealing": N_("签齐了，等盖章"),
    "pending": N_("签齐盖章，还没到生效日"),
    "in_force": N_("有效"),
}
FAILED = N_("没有做成")
WHOLE_CLASS = N_("全班同学和监护人")
ON_PAPER = N_("纸质签署，还没有存档")
PARTS = {"giver": N_("甲方"), "taker": N_("乙方"), "witness": N_("监签")}
STANDINGS = {"deputy": N_("B 角"), "acting": N_("代理")}
"""As what somebody signs in the place of whoever is away."""
SIGNED_INSTEAD = N_("{name}代签，{standing}")
FOR_ANOTHER = N_("代{name}签")
MAY_INSTEAD = N_("可以由{name}代签，{standing}")
METHODS = {
    "key": N_("本校自建证书的电子签名"),
    "licensed": N_("依法设立的电子认证机构证书的电子签名"),
    "device": N_("在安全负责人的设备上，两人见证签署"),
    "paper": N_("纸质手写，扫描存档"),
}
LEVELS = {
    "B-B": N_("时间由本校记录"),
    "B-T": N_("带时间戳"),
    "B-LT": N_("带时间戳"),
    "B-LTA": N_("带时间戳"),
}
SIGNED_HOW = N_("{method}，{level}")
GROUPS = {
    "waiting": N_("等签字"),
    "refused": N_("有人不签"),
    "failed": N_("没有做成"),
    "making": N_("在排版、盖章"),
    "in_force": N_("有效"),
    "over": N_("已结束"),
}
"""How letters of a whole school are filtered: a group of states each."""

PLACE_POST = N_("{grid} · {post}")
TITLE = N_("{place}：{name}")
SIGN_BY = N_("{day}前签")
SIGN_LATE = N_("{day}前该签，还没有签")
CHANGED = N_("和上一份比，改了 {count} 处")
WAITS_FOR = N_("等{names}签")
REFUSED_BY = N_("{names}不签")
ASKED_BY = N_("{name}，{day}")
GIVER = N_("{post} {name}")
FROM_DAY = N_("{day}起")
UNTIL_DAY = N_("到{day}")
OVER_SINCE = N_("{state}，{day}")
COMMA = N_("、")
FILE = N_("责任书 {number}")
NOBODY = N_("没有人")
EVERYTHING = N_("全部")

SEAL_NAME = N_("安全责任书专用章")
SIGN_REASON = N_("签署安全责任书")
SEAL_REASON = N_("各方签齐，学校盖章")
RECORD_REASON = N_("签署记录，学校盖章")
DAY = N_("{year}年{month}月{day}日")
MOMENT = N_("{year}年{month}月{day}日{hour}时{minute}分")
UNTIL_END = N_("至{day}终了")
UNTIL_CHANGE = N_("至岗位变动为止")
AT_ONCE = N_(
    "因情况紧急，经{name}书面决定，本书自{moment}起立即生效，不等次日零时，{until}。理由：{reason}。"
    "生效时刻就是作出决定的时刻，不往前推；签署时间如实记载，不倒签；迟签不影响责任起算，由甲方督促补签。"
)
SCHOOL_YEAR = N_("{first}—{second}学年度")
EVIDENCE_NOTE = N_("时间由本校的平台记录；带时间戳的另有时间戳服务器作证。")
SIGN_CAPTION = N_("{moment} 签")
INSTEAD_CAPTION = N_("代{holder}签：{name}，{post}{standing}")
"""What is written into the file; it is always in the letter's own language."""

CONSENT_EDITION = 1
CONSENTS = {
    1: (
        N_("我同意用电子方式签署学校的安全责任书。也可以要求改用纸质，随时向安全办公室提出。"),
        N_(
            "签字用我自己的钥匙，由我设的签名口令打开，或者由我设备上的通行密钥打开。"
            "口令只有我知道，学校和维护平台的人都不知道，也找不回来。"
        ),
        N_("我不把口令告诉别人，不替别人签，也不让别人替我签。口令丢了或被人看到，马上换一个；以前签的仍然有效。"),
        N_("证书由本校自建，能证明文本没有被改动，以及记载的签署人和时间，不等同于依法设立的电子认证机构的认证。"),
        N_(
            "签字时会记下时间、网络的前一段、设备的种类、打开的是哪一份文件，作为证据封存，用于核对责任书，不作别的用途。"
        ),
    )
}
"""The text that somebody agrees to once (F9). An edition is never edited: another text is the next edition."""
EDITIONS = (CONSENT_EDITION,)
"""What one must have agreed to for a new signature: an older edition said something else."""
PROVED = {"passphrase": N_("签名口令"), "passkey": N_("通行密钥（设备上的指纹、面容或锁屏密码）")}
"""How somebody who signed showed that it was them."""

REFUSALS = {
    "letter.no_wording": N_("这一种责任书还没有模板。换一种，或者请教育局补上模板。"),
    "letter.nobody_due": N_("没有人要签这一种：在岗的人都有了，或者签订链里没有这一种的岗位。"),
    "letter.kind_unknown": N_("选列出来的一种。"),
    "letter.label_length": N_("写这一批的名字，60 个字以内。"),
    "letter.sign_in_again": N_("登录已经超过半小时，没有设。先退出，再登录一次，马上回来设。"),
    "letter.no_back_dating": N_("不倒签：最早从明天起，两年以内。"),
    "letter.ends_before_it_starts": N_("截止日要在起始日或之后，两年以内。"),
    "letter.sign_by_is_past": N_("写今天或以后的一天。"),
    "letter.day_unreadable": N_("写一个日期，比如 2026-09-01。"),
    "letter.not_made_yet": N_("文件还没有做好，过几秒再看。"),
    "letter.refused_by_somebody": N_("已经有人写明理由不签。等安全办公室处理以后再签。"),
    "letter.signed_already": N_("你已经签过了，不用再签。"),
    "letter.place_signed": N_("这一处已经有人签好了，不用再签。"),
    "letter.authority_over": N_("你不再代理这个岗位，签字没有记下。请任这个岗位的人签。"),
    "letter.not_your_turn": N_("还没有轮到你。等前面的人签完，会提醒你。"),
    "letter.changed_since": N_("你打开页面以后，文件变了，签字没有记下。重新打开全文读一遍，再签。"),
    "letter.read_first": N_("先打开全文读一遍，再回来签。"),
    "letter.not_open": N_("这份责任书现在不能签。看一看它现在的样子。"),
    "letter.on_paper": N_("这一份改为纸质签署了，不能电子签。找安全办公室拿纸质的签。"),
    "letter.not_failed": N_("这一份不用重做，看一看现在的样子。"),
    "letter.not_refused": N_("没有人不签，不用重新打开。"),
    "letter.cause_taken_back": N_("任职撤销了，这一份随着作废，编号保留。"),
    "letter.file_missing": N_("文件在服务器上找不到。请告诉管理员从备份里找回来。"),
    "letter.interrupted": N_("做到一半停了，会自己再做。"),
    "letter.stopped_often": N_("做这一份的时候，后台程序停了 {times} 次，先不做了。请管理员看日志，再重试。"),
    "letter.no_duties": N_("这个岗位还没有职责清单。先定好用哪份清单，再重试。"),
    "letter.list_unconfirmed": N_("职责清单还没有人确认，不能写进责任书。确认以后再重试。"),
    "letter.no_key_yet": N_("先设一个签名口令。"),
    "letter.no_consent_yet": N_("先读一遍电子签署说明，同意以后再签。"),
    "letter.key_locked": N_("口令错了好几次，先歇一刻钟再试。忘了口令，就换一个新的。"),
    "letter.passphrase_is_password": N_("签名口令不能和登录密码一样，换一句。"),
    "letter.passphrase_missing": N_("写签名口令。"),
    "letter.again_differs": N_("两次填的不一样，再填一遍。"),
    "letter.consent_missing": N_("读完说明，勾上同意。"),
    "letter.tick_missing": N_("读完全文，勾上这一项。"),
    "letter.mark_missing": N_("用手指写，或者打上你的姓名。"),
    "letter.mark_too_big": N_("写得太长了，清掉重写。"),
    "letter.mark_broken": N_("没有看清你写的，清掉重写，或者打上姓名。"),
    "letter.name_differs": N_("和你登记的姓名不一样。姓名登记错了，找安全办公室改。"),
    "letter.over_already": N_("这一份已经结束，不用再撤销。"),
    "letter.why_revoked": N_("写一句为什么撤销。"),
    "letter.at_once_reason": N_("写一句为什么不能等到明天。"),
    "letter.at_once_long": N_("理由太长了，写在 200 个字以内。"),
    "letter.at_once_own": N_("自己的责任书，不能自己写理由立即生效。"),
    "letter.at_once_late": N_("已经有人签了，或者这一份已经结束，不能再改成立即生效。"),
    "letter.at_once_already": N_("这一份已经过了生效的时刻，不用再改。"),
    "letter.at_once_not_held": N_("任职还没有开始。要立即接任，先在岗位页上改成从今天起任职。"),
    "letter.at_once_instead": N_("校长写明理由，改为立即生效，另立了一份。编号保留。"),
    "letter.nothing_failed": N_("没有要重做的，看一看现在的样子。"),
    "letter.reason_missing": N_("写一句为什么不签。"),
    "letter.reason_long": N_("理由太长了，写在 500 个字以内。"),
}

FLASHES = {
    "letter.at_once": N_("立即生效的一份拟好了，理由写在正文里，等双方来签。"),
    "letter.round_retried": N_("记下了，{count} 份马上再做一次。编号不变。"),
    "letter.round_started": N_("这一批在做了。做好的会通知要签的人，做不成的写明原因。"),
    "letter.signed": N_("签好了。接下来的人会收到提醒，签齐以后学校盖章。"),
    "letter.revoked": N_("撤销了，从这一刻起不再有效。"),
    "letter.refused": N_("记下了。已经告诉要你签的人，还有先签了的人。"),
    "letter.reopened": N_("重新打开了，会再请他签。"),
    "letter.retried": N_("记下了，马上再做一次。编号不变。"),
    "letter.key_made": N_("签名口令设好了。忘了找不回来，只能换新的。"),
    "letter.key_ended": N_("停用了。要再签，设一个新的口令。"),
    "letter.consented": N_("记下了，可以签了。口令没有变。"),
}

EVENTS = {
    "letter.drafted": N_("拟了责任书 {number}"),
    "letter.made": N_("责任书的文件做好了，可以签"),
    "letter.failed": N_("责任书没有做成，试了 {attempts} 次"),
    "letter.retried": N_("让责任书再做一次"),
    "letter.voided": N_("责任书作废，编号保留"),
    "letter.signed": N_("签了责任书"),
    "letter.signed_instead": N_("代别人签了责任书"),
    "letter.refused": N_("写明理由，没有签责任书"),
    "letter.reopened": N_("把责任书重新打开，再请他签"),
    "letter.sealed": N_("责任书签齐，盖了学校的章"),
    "letter.ended": N_("责任书终止"),
    "letter.end_undone": N_("责任书的终止撤回了"),
    "letter.at_once": N_("写明理由，让责任书立即生效"),
    "letter.round_retried": N_("让一批里没做成的再做一次，共 {letters} 份"),
    "letter_wording.published": N_("发布了责任书模板，第 {edition} 版"),
    "letter_wording.ended": N_("责任书模板改回共用的"),
    "letter_chain.changed": N_("改了签订链，现在 {steps} 步"),
    "letter_chain.restored": N_("签订链改回共用的"),
    "letter.round_asked": N_("要了一批责任书，共 {letters} 份"),
    "signing_key.made": N_("设了签名口令"),
    "signing_key.ended": N_("停用了签字的钥匙"),
    "signing.consented": N_("同意了电子签署说明，第 {edition} 版"),
    "signing_authority.made": N_("学校的证书和章做好了"),
}
