"""Sentences for the codes that the web itself uses, and the registers to which each room adds its own in `app.py`."""

from portal.rendering.i18n import N_

REFUSALS: dict[str, str] = {
    "core.not_found": N_("没有找到，或不在你的管理范围内。"),
    "core.conflict": N_("别人刚刚改过这一条。看一看现在的样子，再决定。"),
    "core.invalid": N_("有几处要改，改好再提交。你填的都还在。"),
    "core.busy": N_("现在写的人太多，这一步没有做。过几秒再试一次。"),
    "core.disk_full": N_("服务器的磁盘满了，这一步没有存下。请告诉管理员腾出空间，再试一次。"),
    "access.denied": N_("你现在的岗位不做这件事。要做，请找学校安全办公室。"),
    "csrf.foreign": N_("这次提交不是从安网的页面发出的，没有做。请打开安网的页面再做一次。"),
    "csrf.not_a_form": N_("这次提交的格式不对，没有做。请打开安网的页面再做一次。"),
    "csrf.token": N_("页面放得太久，或者在别处登录过，这一步没有做。刷新页面再做一次。"),
    "files.no_space": N_("服务器的磁盘满了，照片没有存下，你填的都还在。请告诉管理员腾出空间，再提交一次。"),
    "files.damaged": N_("这张照片在服务器上坏了，打不开。请告诉管理员从备份里找回来。"),
    "files.away": N_("存放文件的地方现在连不上，这一步没有做，也没有丢东西。过半分钟再试；一直这样，请告诉管理员。"),
    "files.denied": N_(
        "存放文件的地方不让服务器进去，这一步没有做。请告诉管理员检查存储桶的密钥、权限和服务器的时间。"
    ),
    "files.not_writable": N_("服务器存放文件的目录写不进去。请告诉管理员检查它的所有者和权限。"),
    "files.no_bucket": N_("存放文件的存储桶不在了，这一步没有做。请告诉管理员检查设置 ANWANG_FILES_URL。"),
    "web.too_large": N_("发来的内容太大，没有收下。照片每张不超过 15 MB，表格不超过 10 MB。"),
}
"""Code → sentence. Rooms' own are added by `app.py`."""

FLASHES: dict[str, str] = {
    "web.saved": N_("已保存。"),
}
"""Code → what is told on the page after a change."""

BEATEN = N_("{name}在{moment}改过这里。下面还是你填的，看过现在的样子再保存。")
BEATEN_BY_NOBODY = N_("这里在{moment}改过。下面还是你填的，看过现在的样子再保存。")
