"""The words of how letters last: stamps, certificates, archives, what is removed after its years."""

from portal.rendering.i18n import N_

LEVELS = {
    "B-B": N_("没有时间戳，只有本校记下的时间"),
    "B-T": N_("签名带时间戳"),
    "B-LT": N_("签名带时间戳，也带着核验要用的证书资料"),
    "B-LTA": N_("全文加了时间戳，可以长期核验"),
}
OFF = {
    "letter.no_time_server": N_(
        "没有配置时间戳服务器，文件只带本校记下的时间。证书到期以后，仍可以对照登记簿核验。要加，请管理员设 ANWANG_TIME_STAMP_URL。"
    ),
    "letter.no_time_authorities": N_(
        "配置了时间戳服务器，还没有写明信任谁发的时间戳，先不加。请管理员把发证机构的证书放进数据文件夹的 time-stamp-authorities.pem。"
    ),
}
CERTIFICATES = {"authority": N_("学校证书"), "seal": N_("学校的章")}

REFUSALS = {
    "letter.no_stamp_due": N_("现在不用加时间戳，看一看它现在的样子。"),
    "letter.stamp_useless": N_("有证书在加时间戳以前就到期或者作废了，加了也没有用。文件照旧，对照登记簿核验。"),
    "letter.stamp_unsound": N_(
        "加了时间戳的文件没有通过核验，没有用它，原来的文件照旧。会自己再试，一直这样就请管理员看日志。"
    ),
    "letter.no_time_server": OFF["letter.no_time_server"],
    "letter.no_time_authorities": OFF["letter.no_time_authorities"],
    "letter.years_out_of_range": N_("写 {fewest} 到 {most} 之间的年数。"),
    "letter.archive_not_whole": N_("这次导出没有下载完，不能确认。重新导出一次，下载完再来。"),
    "letter.archive_lacks_files": N_("这次导出缺 {count} 个文件，不能确认。请管理员找回文件，再导出一次。"),
    "letter.archive_confirmed_already": N_("已经确认过了。"),
    "letter.where_missing": N_("写一写放在哪里，比如档案室三号柜。"),
    "letter.where_long": N_("写短一点，120 个字以内。"),
    "letter.removal_unticked": N_("核对过归档，再勾上这一项。"),
    "letter.nothing_to_remove": N_("这一年现在没有可以移除的：没有到期的，或者还没有确认归档。"),
    "letter.removal_changed": N_("到期的份数变了，没有移除。看一看现在的数，再决定。"),
}
FLASHES = {
    "letter.stamp_asked": N_("记下了，马上再试一次。"),
    "letter.years_set": N_("保存期限改好了。"),
    "letter.archive_confirmed": N_("记下了：归档已经收好。"),
    "letter.removed": N_("移除了。编号、日期和摘要都留着，文件今天夜里从磁盘上清掉。"),
}
EVENTS = {
    "letter.extended": N_("给责任书全文加了时间戳"),
    "letter.stamp_stopped": N_("责任书加不了时间戳，照旧保存"),
    "letter.stamp_asked": N_("让责任书马上再加一次时间戳"),
    "letter.removed": N_("责任书过了保存期限，移除了文件和个人信息"),
    "signing_certificate.renewed": N_("换了新的学校证书或章，旧的留着核验"),
    "letters.archive_finished": N_("{year} 年的责任书归档下载完了，共 {letters} 份，缺 {missing} 个文件"),
    "letters.archive_confirmed": N_("确认收好了 {year} 年的责任书归档"),
    "letters.retention_set": N_("把责任书的保存期限定为 {years} 年"),
}
