"""The words of checking letters: on public pages, in verdicts on files, in archives."""

from portal.rendering.i18n import N_

PORTAL = N_("安网")
CHECK = N_("核验责任书")
RESULT = N_("文件核验结果")
SIGNING = N_("签署中")

STATES = {
    "void": N_("已作废"),
    "superseded": N_("已替代"),
    "revoked": N_("已撤销"),
    "left": N_("已结束"),
    "ended": N_("已结束"),
    "making": SIGNING,
    "refused": SIGNING,
    "waiting": SIGNING,
    "sealing": SIGNING,
    "pending": N_("待生效"),
    "in_force": N_("有效"),
}
STATE_LINES = {
    "void": N_("没有生效过，编号保留。"),
    "superseded": N_("{moment} 起不再有效，由 {number} 替代。"),
    "superseded_by_none": N_("{moment} 起不再有效，由后来的一份替代。"),
    "revoked": N_("{moment} 起撤销。"),
    "left": N_("责任人离开这个岗位，{moment} 起终止。"),
    "ended": N_("期限到{moment}为止，已经过了。"),
    "making": N_("还没有签齐、盖章，现在不作数。"),
    "refused": N_("还没有签齐、盖章，现在不作数。"),
    "waiting": N_("还没有签齐、盖章，现在不作数。"),
    "sealing": N_("人都签了，等学校盖章，现在不作数。"),
    "pending": N_("签齐了，也盖了章，{moment} 起有效。"),
    "in_force": N_("签齐了，也盖了章，在期限内。"),
}
ON_PAPER = {
    "waiting": N_("改为纸质签署，还没有签齐、存档，现在不作数。"),
    "making": N_("改为纸质签署，还没有签齐、存档，现在不作数。"),
    "pending": N_("纸质签署，扫描件存档，{moment} 起有效。"),
    "in_force": N_("纸质签署，扫描件存档，在期限内。"),
}
"""What is said of a letter on paper instead: there is no seal, and no signature that a machine could check."""
PAPER_LINE = N_("{moment}，学校另一人把扫描件和文本对过、存档；纸上写的日期是{day}（照纸上填）")
PAPER_PART = N_("纸质签署，扫描件存档")
ALL_ON_PAPER = N_("签名都在纸上，扫描存档，原件在学校。这里没有电子签名可以核验，只能核对扫描件是不是存档的那一份。")
WITNESSED = N_("{name}作为见证人的签名：这一处是别人当面手写的，不是{name}本人在签")
LATER = {
    "superseded": N_("从 {moment} 起，由 {number} 替代。"),
    "superseded_by_none": N_("从 {moment} 起，由后来的一份替代。"),
    "revoked": N_("从 {moment} 起撤销。"),
    "left": N_("责任人从 {moment} 起离开这个岗位，到时终止。"),
}
"""What is known already, but has not come yet."""
FROM = N_("{day}零时起")
UNTIL = N_("{day}终了")
PUPIL = N_("学生")
SIGNED_INSTEAD = N_("{who}，由{name}代签（{standing}）")
NOT_SIGNED = N_("还没有签")
SIGNED_HOW = N_("{moment}，{method}")
SEAL = N_("学校电子印章")
SEAL_LINE = N_("{moment}，这是单位的章，不是个人签名")

HONEST = {
    "key": N_(
        "签名类型：本校自建证书。采用本校自建证书的，仅能证明文本未被改动及平台记载的签署人和时间，"
        "不等同于依法设立的电子认证机构的认证；其效力有争议时，由双方协商或依法确定。"
    ),
    "licensed": N_("签名类型：依法设立的电子认证机构证书，证书颁发机构写在责任书里。"),
    "device": N_("其中有人在安全负责人的设备上签署，由两人见证。"),
    "paper": N_("其中有人签在纸上，扫描存档，原件在学校。"),
}

VERDICTS = {
    "original": (
        N_("原件"),
        N_("和登记的最后一版一个字节不差，每处签名都完好，证书是学校的，人也对。"),
    ),
    "original_over": (
        N_("是原件，但已经不再有效"),
        N_("文件没有改过。责任书现在的状态看下面。"),
    ),
    "earlier": (
        N_("签署过程中的较早一版"),
        N_("这是登记过的一版，但不是最后一版，不作数。要看最后一版，向学校要。"),
    ),
    "original_before": (
        N_("原件，后来又加过时间戳"),
        N_("和登记过的完整的一版一个字节不差，每处签名都完好，证书是学校的，人也对。"),
    ),
    "unproven": (
        N_("内容是原件，有签名暂时不能确认"),
        N_("文件和登记的一个字节不差，但有一处签名的证书现在不能确认。原因看下面，拿不准就问学校。"),
    ),
    "altered": (
        N_("之后被改过"),
        N_("这份文件和登记的不一样，不要相信里面的内容。向学校要原件。"),
    ),
    "not_ours": (
        N_("不是本平台的责任书"),
        N_("登记簿里没有这份文件。看网址是不是本平台的，再向学校问一问。"),
    ),
    "unreadable": (
        N_("读不了"),
        N_("打不开这份文件，看不出是什么。换一份 PDF 原文件再传，不要传照片、截图或压缩包。"),
    ),
    "evidence": (
        N_("是登记过的签署证据，不是责任书本身"),
        N_("这是本平台出的证据文件，记着签署的经过。要核验责任书，传责任书的 PDF。"),
    ),
    "evidence_sealed": (
        N_("是登记过的签署证据，不是责任书本身"),
        N_(
            "这是本平台出的证据文件，记着签署的经过。和登记的一个字节不差，学校的电子印章完好。要核验责任书，传责任书的 PDF。"
        ),
    ),
    "scan": (
        N_("是登记过的纸质扫描件"),
        N_("和学校存档的扫描件一个字节不差。扫描件没有电子签名，原件在学校。"),
    ),
    "scan_open": (
        N_("是交过的扫描件，不是存档的那一份"),
        N_("学校收到过这个文件，还没有人核对，或者后来换过。不作数，向学校问一问。"),
    ),
}
NEWEST = N_("正文和签名与最新的一版相同，只是没有学校{moment}加上的时间戳。最新一版的摘要是 {digest}，要的话向学校拿。")
KNOWN_AT = N_("有证书后来过期或者作废了。登记簿记着，这份文件在那以前（{moment}）就是这个样子，签名按那时算。")
KINDS_OF_SIGNATURE = {
    "person": N_("{name}本人签名"),
    "organisation seal": N_("学校电子印章"),
    "time stamp": N_("时间戳"),
    "stranger": N_("不认识的签名"),
}
INTACT = N_("签到的内容完好，证书是学校的")
NOT_INTACT = N_("有问题")
SAID = N_("{moment}（签署时记下的时间）")
PROVEN = N_("{moment}（时间戳证明）")
NO_TIME = N_("时间不明")
MISSING_FILE = N_("文件找不到")

COLUMNS = {
    "number": N_("编号"),
    "title": N_("名称"),
    "school": N_("学校"),
    "place": N_("责任区域"),
    "post": N_("岗位"),
    "from": N_("起"),
    "until": N_("止"),
    "signed": N_("签齐时间"),
    "state": N_("状态"),
    "file": N_("文件"),
    "sha256": N_("SHA-256"),
    "evidence": N_("证据文件"),
    "evidence_sha256": N_("证据文件 SHA-256"),
}
ARCHIVE_NAME = N_("{year}年责任书归档")
PACK_NAME = N_("{number} 证据包")

REFUSALS = {
    "letter.code_missing": N_("写核验码。在责任书的页脚和二维码旁边。"),
    "letter.code_malformed": N_("核验码只有数字和 a 到 f 的字母，至少 12 个。对照纸上再写一次。"),
    "letter.code_unknown": N_("没有这个核验码，或者写得不够长。对照纸上，把它写全再试。"),
    "letter.too_often": N_("这个网络试得太多了。过 {minutes} 分钟再试，急用就打电话问学校。"),
    "letter.file_missing_here": N_("选一个 PDF 文件。"),
    "letter.file_too_big": N_("文件超过 10 MB。责任书不会这么大，换一份再传。"),
    "letter.checks_full": N_("同时核验的人太多。过半分钟再传一次，文件没有留下。"),
    "letter.no_such_year": N_("写四位的年份，比如 2026。"),
}
EVENTS = {
    "letter.pack_taken": N_("下载了责任书证据包"),
    "letters.archived": N_("导出了 {year} 年的责任书归档，共 {letters} 份"),
}
