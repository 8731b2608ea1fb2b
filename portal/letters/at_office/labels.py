"""The words of signing without an account, of paper and of classes."""

from portal.rendering.i18n import N_

SIGN_REASON = N_("在学校设备上现场手写，由两人当面核对")
CAPTION = N_("由{first}、{second}当面核对")
CAPTION_TIME = N_("{moment} 密钥属见证人{first}")
"""Two lines in the file below the handwriting, short enough to be read there; always in the letter's own language."""
DEVICE = N_("{device}（学校的设备，当面打开）")
WITNESSED = N_(
    "现场手写在学校的设备上，由{first}（证书编号 {first_serial}）和{second}（证书编号 {second_serial}）当面核对，"
    "各用自己的签名口令确认。这一处的电子签名是{first}作为见证人做的，不是本人的密钥。"
)
AGREED_HERE = N_("签字的人当场同意了现场签署说明，第 {edition} 版（摘要 {digest}）。")
BY_HAND = N_("（没有账号的，在学校设备上手写，由两位教职工当面核对，电子签名由其中一位作为见证人作出）")
"""Goes on in the clause on signing, after how the others show who they are."""
AGREE_EDITION = 1
AGREED = {
    1: N_(
        "我愿意在学校的设备上手写签这一份，由两位教职工当面核对是我本人。我没有自己的密钥，电子签名由其中一位作为见证人做。"
        "我知道也可以只签纸质。"
    )
}
"""What whoever signs here agrees to each time. An edition is never edited."""
SCAN_NAME = N_("{number} 签字扫描件")
LIST_NAME = N_("{number} 全班签字表")
WHY_NOT_HERE = N_("不能在这里签")

NOT_COUNTED = N_("还没有记")
COUNTED = N_("签了 {signed} / {pupils}")

STEPS = {
    "print": N_("打印，请各方手写签字、写日期，再把纸拍下来或者扫描"),
    "check": N_("扫描件交了，等另一个人和纸、和文本对一遍"),
    "differs": N_("对的人说不一致，重新拍了再交"),
    "done": N_("签齐、核对过、存档了"),
    "making": N_("正在重新排版成纸质签署的文本"),
}

REFUSALS = {
    "letter.office_not_turn": N_("还没有轮到这一位。等前面的人签完再来。"),
    "letter.office_read_first": N_("先在这台设备上打开全文，请签的人读一遍，或者念给他听，再签。"),
    "letter.office_no_pupils": N_("学生只签纸质，这里不能签。"),
    "letter.office_has_account": N_("这一位有账号，要自己登录签，别人不能代办。"),
    "letter.office_own_place": N_("这一处是你自己的，不能由你核对自己。请同事来办。"),
    "letter.office_same_person": N_("第二位要是另一个人。"),
    "letter.office_second_inside": N_("第二位不能是这一份里要签字的人。请一位不相干的同事。"),
    "letter.office_agree_missing": N_("请签的人看完这一段，同意了再勾。"),
    "letter.second_login_missing": N_("写第二位的登录名。"),
    "letter.second_secret_missing": N_("请第二位自己写签名口令。"),
    "letter.second_wrong": N_(
        "第二位没有核对成：登录名或签名口令不对，或者还没有签名口令。请本人再写一次；没有签名口令的，先在自己的账号里设。"
    ),
    "letter.second_locked": N_("第二位的口令错了好几次，先歇一刻钟，或者换一位同事。"),
    "letter.on_paper_already": N_("这一份已经改为纸质签署了。"),
    "letter.paper_too_late": N_("已经有人电子签了，不能再改为纸质。要改，先撤销，再做一份。"),
    "letter.not_on_paper": N_("这一份不是纸质签署的，没有扫描件要交。"),
    "letter.signed_on_wrong": N_("写纸上的日期：不早于这一份排版好的那天，不晚于今天。"),
    "letter.scan_known": N_("这个文件已经登记过了。交签好字的那张纸的扫描件。"),
    "letter.scan_file_missing": N_("选扫描件：一个 PDF，或者几张照片。"),
    "letter.scan_too_many": N_("照片太多了，最多 6 张。"),
    "letter.scan_mixed": N_("要么一个 PDF，要么几张照片，不要混在一起。"),
    "letter.scan_too_big": N_("文件超过 10 MB。扫描时选低一点的清晰度，再交一次。"),
    "letter.scan_unreadable": N_("这个 PDF 打不开，或者加了密。重新扫描，或者拍成照片再交。"),
    "letter.scan_active": N_("这个 PDF 里有脚本、附件或会自己动的东西，不能存。拍成照片再交。"),
    "letter.scan_missing": N_("还没有扫描件，不用核对。"),
    "letter.scan_checked": N_("扫描件已经核对过、存档了。"),
    "letter.scan_changed": N_("你打开以后，换了一份扫描件。打开新的，再对一遍。"),
    "letter.scan_own": N_("交扫描件的人不能自己核对。请另一位来对。"),
    "letter.scan_taker": N_("这一份是给你的，不能由你核对。请另一位来对。"),
    "letter.differs_missing": N_("写一句哪里不一致。"),
    "letter.same_missing": N_("对完了，勾上这一项。"),
    "letter.kept_where_missing": N_("写纸质原件放在哪里，120 个字以内。"),
    "letter.no_class_letter": N_("这一份不是班级约定。"),
    "letter.pupils_count": N_("写全班人数，1 到 120。"),
    "letter.numbers_unreadable": N_("写座号，比如 3、5-7，不超过全班人数。不写姓名。"),
    "letter.class_note_long": N_("写在 200 个字以内。"),
    "letter.class_note_missing": N_("还有人没签，写一句为什么就收齐了。不写姓名。"),
}

FLASHES = {
    "letter.signed_here": N_("签好了，两个人的核对也记下了。请把设备拿回来。"),
    "letter.to_paper": N_("改为纸质了，正在重新排版，过几秒就能打印。编号不变。"),
    "letter.scan_in": N_("扫描件交了。请另一个人来对一遍。"),
    "letter.scan_back": N_("记下了，请交的人重新拍了再交。"),
    "letter.paper_done": N_("存档了，从这一刻起算签齐。"),
    "letter.class_noted": N_("记下了。"),
    "letter.class_done": N_("收齐了，这一份班级约定存档了。"),
}

EVENTS = {
    "letter.signed_at_office": N_("在学校设备上现场手写签了责任书，两人当面核对"),
    "letter.witness_wrong": N_("现场签字时，第二位没有核对成"),
    "letter.to_paper": N_("把责任书改为纸质签署"),
    "letter.scanned": N_("交了纸质责任书的扫描件，纸上日期 {signed_on}"),
    "letter.scan_differs": N_("核对扫描件，说不一致"),
    "letter.paper_done": N_("核对了扫描件，纸质责任书存档，纸上日期 {signed_on}"),
    "letter.class_noted": N_("记下班级约定签了 {signed} / {pupils}"),
    "letter.class_done": N_("班级约定收齐，签了 {signed} / {pupils}"),
}
