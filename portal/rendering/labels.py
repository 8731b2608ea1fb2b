"""The words of dates, times and phones: one message per form, so that a translator sees whole phrases."""

from portal.rendering.i18n import N_

WEEKDAYS = (N_("周一"), N_("周二"), N_("周三"), N_("周四"), N_("周五"), N_("周六"), N_("周日"))
MONTHS = (
    N_("1月"),
    N_("2月"),
    N_("3月"),
    N_("4月"),
    N_("5月"),
    N_("6月"),
    N_("7月"),
    N_("8月"),
    N_("9月"),
    N_("10月"),
    N_("11月"),
    N_("12月"),
)

TODAY = N_("今天")
TODAY_AT = N_("今天 {time}")
DAY = N_("{month}{day}日 {weekday}")
DAY_AT = N_("{month}{day}日 {weekday} {time}")
FULL_DAY = N_("{year}年{month}{day}日 {weekday}")
FULL_DAY_AT = N_("{year}年{month}{day}日 {weekday} {time}")
DAYS_LEFT = N_("剩 {days} 天")
ONE_DAY_LEFT = N_("剩 1 天")
DAYS_HOURS_LEFT = N_("剩 {days}天{hours}小时")
HOURS_LEFT = N_("剩 {hours}小时{minutes}分")
FULL_HOURS_LEFT = N_("剩 {hours}小时")
MINUTES_LEFT = N_("剩 {minutes}分")
NOW_DUE = N_("马上到时")
DAYS_OVER = N_("超 {days} 天")
ONE_DAY_OVER = N_("超 1 天")
HOURS_OVER = N_("超 {hours}小时{minutes}分")
FULL_HOURS_OVER = N_("超 {hours}小时")
MINUTES_OVER = N_("超 {minutes}分")
JUST_OVER = N_("刚到时")

LEVELS = {"red": N_("重大"), "orange": N_("较大"), "yellow": N_("一般"), "blue": N_("低")}

REFUSALS = {
    "pdf.no_pango": N_(
        "这台机器还不能生成 PDF：缺少 {library}。请管理员安装 libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0，再试一次。"
    ),
    "pdf.not_ready": N_("PDF 组件没有启动（{kind}）。过一分钟再试；仍不行，请管理员查看日志。"),
    "pdf.too_slow": N_("这份文件 {seconds} 秒内没有排完，已停止。少选一些内容再试。"),
    "pdf.too_big": N_("这份文件超过 {limit} MB。少选一些内容，分几次生成。"),
    "pdf.too_much_memory": N_("这份文件太大，排版占用的内存超过了限度。少选一些内容，分几次生成。"),
    "pdf.too_deep": N_("这份文件的内容层层嵌套太深，排不出来。把内容拆成几段再试。"),
    "pdf.glyph_missing": N_("这些字没有字形，印出来会缺字：{characters}。请管理员安装 fonts-noto-cjk，或改正这些字。"),
    "pdf.font_missing": N_("少了字体文件 {font}，排不出来。请管理员把安装包里的 static 文件夹补齐，再试一次。"),
    "pdf.foreign_address": N_("文件里引用了外面的地址 {address}，不会去取。删去它再试。"),
    "pdf.picture_too_big": N_("图片 {width}×{height} 太大。换一张小一些的图片。"),
    "pdf.picture_broken": N_("有一张图片打不开。换一张图片再试。"),
    "pdf.no_pictures": N_("这台机器还不能把文件画成图片。打开 PDF 来看；请管理员安装 pypdfium2。"),
    "pdf.part_missing": N_("文件里有一部分没有载入：{part}。请告诉管理员。"),
    "pdf.field_missing": N_("纸上少了签名的地方（{names}），没有做成。请告诉管理员。"),
    "pdf.broken": N_("这份文件排不出来（{kind}）。请告诉管理员。"),
    "pdf.crashed": N_("排版中途停止了（{kind}）。再试一次；仍不行，请告诉管理员。"),
    "pdf.interrupted": N_("排版被中断了。再试一次。"),
    "pdf.busy": N_("正在生成的文件太多。过一分钟再试。"),
    "pdf.empty": N_("没有可印的内容。先选要印的地方。"),
}
"""Why there is no PDF, and what helps (`portal.rendering.pdf.PdfFailed`)."""
