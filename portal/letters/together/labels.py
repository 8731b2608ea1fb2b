"""The words of signing several letters together."""

from portal.rendering.i18n import N_

WHY = {
    "late": N_("过了该签的日子"),
    "reopened": N_("有人不签过，谈好以后重新打开的"),
    "instead": N_("代{name}签（{post}，你是{standing}）"),
    "strange": N_("有的话模板里没有"),
    "differs": N_("和同一版的其他几份说的不一样"),
    "duties": N_("职责和其他{post}的不一样"),
    "changed": N_("和上一份比，内容改了 {count} 处（日期、编号不算）"),
    "first": N_("这个岗位的第一份"),
}
"""Why a letter is to be read first, the gravest first."""
TAKES_OVER = N_("接{name}")
DUTIES = N_("{count} 条职责")
NUMBERED = N_("{kind} {number}")
SIGN_BY = N_("{day}前签")
UNKNOWN = N_("找不到的一份")
EXCEPTIONS = N_("先看这些")
UNCHANGED = N_("和各自的上一份说的一样")
GROUP = N_("{kind}，{count} 份说的一样")

REFUSALS = {
    "letter.none_ticked": N_("勾上要签的。没有打开过的，先打开读一遍。"),
    "letter.too_many_ticked": N_("一次最多签 {most} 份。少勾几份，其余的接着签。"),
    "letter.not_here": N_("找不到这一份，没有签。"),
}

FLASHES = {
    "letter.signed_together": N_("签好了 {count} 份，每一份都有自己的签名。接下来的人会收到提醒。"),
}
