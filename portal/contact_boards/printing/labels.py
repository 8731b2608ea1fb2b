"""The words of printing."""

from portal.rendering.i18n import N_

KINDS = {
    "plates": N_("二维码牌"),
    "poster": N_("公示海报"),
    "cards": N_("联系卡"),
}
PAPERS = {
    "plates": N_("A5，每处一张"),
    "poster": N_("A3，一张"),
    "cards": N_("A4，一张 10 个"),
}
STATES = {
    "waiting": N_("排队中"),
    "running": N_("正在排版"),
    "done": N_("可以打印"),
    "failed": N_("没有做成"),
    "gone": N_("文件已清除"),
}
FILE = N_("{kind} {grid}")
NOBODY = N_("空缺，打值班室")

REFUSALS = {
    "print.too_many": N_("这里有 {pieces} 处，一次最多印 {most} 处。选下面的一栋楼或一层再印。"),
    "print.not_failed": N_("这一份不用重做，看一看现在的样子。"),
    "print.need_grid": N_("选一个要印的地方"),
    "print.need_kind": N_("选要印什么"),
}

FLASHES = {
    "print.asked": N_("记下了，马上开始。可以离开这一页。"),
}

EVENTS = {
    "print.asked": N_("要了一份打印件，共 {pieces} 张"),
    "print.made": N_("打印件做好了，共 {pieces} 张"),
    "print.failed": N_("打印件没有做成"),
}
"""Event kind → sentence."""
