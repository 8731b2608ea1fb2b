"""The words of passkeys."""

from portal.rendering.i18n import N_

PLATFORM = N_("安网责任书签字")
"""What a device shows for the passkey."""

REFUSALS = {
    "passkey.not_here": N_("这个网址用不了指纹或面容，用签名口令。"),
    "passkey.not_valid": N_("这台设备的回答没有通过核对，没有签。再试一次，或者用签名口令。"),
    "passkey.stale": N_("这次确认过期了，或者不是为现在勾的这些做的，没有签。再按一次。"),
    "passkey.unknown": N_("这台设备不能开你现在的钥匙，没有签。用签名口令，再到“签名口令”页重新加上它。"),
    "passkey.known": N_("这台设备已经加过了，不用再加。"),
    "passkey.too_many": N_("最多加 {most} 台设备。先去掉不用的。"),
    "passkey.no_answer": N_("没有收到设备的回答。再按一次，或者用签名口令。"),
}

FLASHES = {
    "passkey.made": N_("加好了。在这台设备上签字，用指纹或面容就行。"),
    "passkey.ended": N_("去掉了。那台设备不能再用指纹或面容签字。"),
}

EVENTS = {
    "signing_passkey.made": N_("加了一台用指纹或面容签字的设备"),
    "signing_passkey.ended": N_("去掉了一台用指纹或面容签字的设备"),
}
