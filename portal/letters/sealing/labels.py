"""The words of signing and checking: why something was refused, and what speaks against a file."""

from portal.rendering.i18n import N_

REFUSALS = {
    "sealing.passphrase_short": N_("签名口令至少 {shortest} 个字。换一句长的，比如几个不相干的词。"),
    "sealing.passphrase_long": N_("签名口令最多 {longest} 个字。写短一点。"),
    "sealing.passphrase_common": N_("这个签名口令太常见，一猜就中。换一句。"),
    "sealing.passphrase_known": N_("签名口令里不要用姓名、登录名或电话。换一句。"),
    "sealing.wrong_secret": N_("签名口令不对，没有签。再输一次；忘了就换新证书，以前签的仍然有效。"),
    "sealing.wrong_kind_of_key": N_("这把签名钥匙不能用。换新证书再签。"),
    "sealing.key_of_another": N_("证书和签名钥匙对不上。换新证书再签。"),
    "sealing.certificate_ended": N_("证书不在有效期内。换新证书再签。"),
    "sealing.no_key": N_("学校印章的钥匙打不开。请管理员检查密钥文件。"),
    "sealing.no_such_field": N_("责任书里没有这个签名处（{field}）。重新生成责任书。"),
    "sealing.already_signed": N_("这里（{field}）已经签过。刷新看最新的一份。"),
    "sealing.not_first": N_("已经有人先签了，{field} 不能再作第一签。刷新再试。"),
    "sealing.first_certifies": N_("{field} 是第一签，要先锁定正文。刷新再试。"),
    "sealing.out_of_turn": N_("还没轮到 {field}：{missing} 要先签。"),
    "sealing.not_last": N_("还有人没签，{field} 先不能盖章。"),
    "sealing.last_locks": N_("{field} 是最后一处，要锁定全文。刷新再试。"),
    "sealing.no_lock": N_("{field} 不是最后一处，不能锁定全文。"),
    "sealing.locked": N_("责任书已经盖章锁定，不能再签。"),
    "sealing.no_strokes": N_("没有看到笔迹。重新写一次。"),
    "sealing.picture_broken": N_("签名图片打不开。重新写一次。"),
    "sealing.picture_too_big": N_("签名图片太大（{width}×{height}）。重新写一次。"),
    "sealing.glyph_missing": N_("这几个字还画不出来：{characters}。改用手写。"),
    "sealing.time_stamp_address": N_("时间戳地址要以 http:// 或 https:// 开头。请管理员改。"),
    "sealing.no_time_stamp": N_("时间戳服务没有回应，稍后自动补上。"),
    "sealing.nothing_signed": N_("这份文件还没有人签，先签再补时间戳。"),
    "sealing.too_big": N_("文件超过 {limit} MB。换一个小的。"),
    "sealing.too_slow": N_("{seconds} 秒还没做完，已停下。再试一次。"),
    "sealing.too_deep": N_("这个文件的结构太深，打不开。"),
    "sealing.too_much_memory": N_("这个文件要用的内存太多，已停下。"),
    "sealing.interrupted": N_("中途被打断，没有签。再试一次。"),
    "sealing.crashed": N_("签名程序停了（{kind}），没有签。再试一次；仍不行，请告诉管理员。"),
    "sealing.not_ready": N_("签名程序没有启动（{kind}）。请告诉管理员。"),
    "sealing.busy": N_("正在签的太多。过一分钟再试。"),
    "sealing.broken": N_("这份文件签不了（{kind}）。请告诉管理员。"),
}

FINDINGS = {
    "original": N_("原件，没有改动"),
    "earlier": N_("本书签署过程中的一稿，不是最后一份"),
    "unproven": N_("内容是原件，有签名暂时不能确认"),
    "altered": N_("改动过，不是原件"),
    "not_ours": N_("不是本网出具的责任书"),
    "unreadable": N_("打不开，看不出是什么"),
}

REASONS = {
    "sealing.why_earlier": N_("登记过，后来还有更完整的一份"),
    "sealing.why_not_registered": N_("登记簿里没有这份文件"),
    "sealing.why_no_pdf": N_("不是 PDF 文件，或者加了密"),
    "sealing.why_odd_build": N_("文件结构不合规范"),
    "sealing.why_active": N_("文件里带有会自动运行的内容"),
    "sealing.why_unsigned": N_("没有一处签名"),
    "sealing.why_broken": N_("签名和内容对不上"),
    "sealing.why_changed_after": N_("签名以后又改了不许改的内容"),
    "sealing.why_not_whole": N_("最后一处签名没有盖住整份文件"),
    "sealing.why_stranger": N_("签名不是本校证书签的"),
    "sealing.why_signer_missing": N_("应签的人没有签全"),
    "sealing.why_signer_extra": N_("有不该签的人签了"),
    "sealing.why_order": N_("签的先后不对"),
    "sealing.why_no_number": N_("里面没有责任书编号"),
    "sealing.why_other_letter": N_("里面的编号是另一份责任书"),
    "sealing.why_expired": N_("证书已过期，又没有足够的时间戳"),
    "sealing.why_revoked": N_("签名时证书已经作废"),
    "sealing.why_no_list": N_("缺少证书状态，暂时不能确认"),
    "sealing.why_stamp_unknown": N_("时间戳不是我们认的服务签的"),
    "sealing.why_too_big": N_("文件太大"),
    "sealing.why_too_deep": N_("结构太深"),
    "sealing.why_too_slow": N_("看了太久没看完"),
    "sealing.why_too_much_memory": N_("要用的内存太多"),
    "sealing.why_crashed": N_("一打开就出错"),
    "sealing.why_broken_file": N_("一打开就出错"),
}

KINDS = {
    "person": N_("本人签名（本校证书）"),
    "organisation seal": N_("单位电子印章，不是个人签名"),
    "time stamp": N_("时间戳"),
    "stranger": N_("不认识的签名"),
}

LEVELS = {
    "B-B": N_("B-B，待补时间戳"),
    "B-T": N_("B-T，有时间戳"),
    "B-LT": N_("B-LT，证书过期后仍可核验"),
    "B-LTA": N_("B-LTA，可长期核验"),
}
