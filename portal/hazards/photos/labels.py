"""The sentences of refused photos: what happened, why, and what to do now."""

from portal.rendering.i18n import N_

REFUSALS = {
    "photo.too_large": N_(
        "这张照片有 {megabytes} MB，最大收 {limit} MB。在相机设置里把照片尺寸调小再拍，或截一张屏再传。"
    ),
    "photo.too_many_pixels": N_(
        "这张照片有 {width}×{height} 像素，太大，打不开。在相机设置里关掉“高像素”再拍，或截一张屏再传。"
    ),
    "photo.not_an_image": N_("这个文件不是照片。只收 JPEG、PNG、WebP 照片。直接用相机拍一张，或从相册选一张。"),
    "photo.heic": N_(
        "这张照片是 HEIC 格式，很多手机和电脑打不开，所以不收。"
        "苹果手机：设置 → 相机 → 格式，选“兼容性最佳”再拍；或打开照片截一张屏再传。"
    ),
    "photo.animated": N_("这是动图，只收一张静止的画面。截一张屏，或重新拍一张。"),
    "photo.broken": N_("这张照片打不开，可能没有传完整，或文件已损坏。重新选一次；还不行就再拍一张。"),
    "photo.too_slow": N_("这张照片 {seconds} 秒还没有处理完，已停下，没有保存。截一张屏再传，或用相机重新拍一张。"),
    "photo.interrupted": N_("处理这张照片时中断了，没有保存。照片没有问题，再提交一次。"),
    "photo.busy": N_("同时上传照片的人太多，这一张还没有收下。等一分钟再提交，已填的内容都在。"),
}
