"""Who may guess how often, what a password must be, how long a session lives, what a device is called. Pure.

The throttle counts failures only. A browser that this account has signed in from before stands outside of what
strangers do to the account, and a school behind one address is never stopped by its own good sign-ins (TA7).
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

ACCOUNT_WINDOW = timedelta(hours=24)
NETWORK_WINDOW = timedelta(hours=1)
MOST_A_DAY = 20  # guesses at one account from browsers that it does not know
MOST_A_DAY_KNOWN = 40  # guesses from one browser that the account knows: a lost phone, or a tired teacher
MOST_A_NETWORK = 60  # failures in an hour from one address, of accounts that did not get in after all
FREE, FREE_KNOWN = 5, 10
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(minutes=160)

LOGIN_SIGN = r"[a-z0-9_.@+\-\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af]"
"""Latin letters, digits and Chinese signs alone: a Cyrillic or Greek letter looks like a Latin one and is another."""
LOGIN = re.compile(LOGIN_SIGN + "{2,60}")
SHORTEST, LONGEST = 10, 200
ROWS_OF_KEYS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")

INVITATION_LIVES = timedelta(days=7)
RESET_LIVES = timedelta(days=1)
SLIP_SHOWN = timedelta(minutes=30)
SESSION_LIVES = timedelta(days=7)
IDLE = timedelta(hours=12)
IDLE_OF_OFFICE = timedelta(minutes=30)
OFFICE = frozenset({"bureau_officer", "principal", "safety_officer"})
DEVICES_KEPT = 10
DEVICE_LIVES = timedelta(days=400)  # the longest that browsers keep a cookie

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0 O 1 I: a slip is read aloud and typed
LONG, SHORT = 26, 12  # 130 bits in the QR code, 60 bits to type


class Purpose(StrEnum):
    """What an invitation lets its holder do: make the first password, or a new one."""

    INVITE = "invite"
    RESET = "reset"


class AccountState(StrEnum):
    """Where a person stands on the way to an account."""

    NONE = "none"
    INVITED = "invited"
    ACTIVE = "active"
    DISABLED = "disabled"


class Failure(NamedTuple):
    """A wrong guess at one account; `forgiven` when the same place signed in to it afterwards."""

    at: datetime
    forgiven: bool


class Tries(NamedTuple):
    """What counts against one sign-in. `device`: a known browser's own failures, None for any other browser."""

    account: Sequence[Failure] = ()
    network: Sequence[datetime] = ()
    device: Sequence[datetime] | None = None


def free_at(tries: Tries, at: datetime) -> datetime:
    """The first instant at which a guess is weighed again: `at` itself when that is now."""
    if tries.device is not None:
        return max(
            at,
            _after_back_off(tries.device, FREE_KNOWN, at),
            _after_window(tries.device, MOST_A_DAY_KNOWN, ACCOUNT_WINDOW, at),
        )
    every = [failure.at for failure in tries.account]
    open_ones = [failure.at for failure in tries.account if not failure.forgiven]
    return max(
        at,
        _after_back_off(open_ones, FREE, at),
        _after_window(every, MOST_A_DAY, ACCOUNT_WINDOW, at),
        _after_window(tries.network, MOST_A_NETWORK, NETWORK_WINDOW, at),
    )


def _after_back_off(failures: Iterable[datetime], free: int, at: datetime) -> datetime:
    """Each wrong guess past the free ones doubles the wait; it ends by itself: nobody is locked out for good."""
    recent = sorted(moment for moment in failures if moment > at - ACCOUNT_WINDOW)
    beyond = len(recent) - free
    if beyond < 0:
        return at
    wait: timedelta = FIRST_WAIT * 2 ** min(beyond, 20)
    return recent[-1] + min(wait, LONGEST_WAIT)


def _after_window(failures: Iterable[datetime], most: int, window: timedelta, at: datetime) -> datetime:
    recent = sorted(moment for moment in failures if moment > at - window)
    return recent[-most] + window if len(recent) >= most else at


def network_of(address: str | None) -> str:
    """What counts as one place on the net: an IPv4 address, or the /64 that an IPv6 subscriber gets whole."""
    try:
        found = ip_address((address or "").partition("%")[0])
    except ValueError:
        return "local"
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return f"{IPv6Address(int(found) >> 64 << 64)}/64"


def normal_login(text: str) -> str:
    """One way to write the same login: full-width signs, capitals and blanks make no difference."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())[:200]


def login_fault(login: str) -> str | None:
    """What is wrong with a login that somebody chose (in its normal form), as a code.

    Asked when one is chosen, never when somebody signs in: an older login with other letters goes on working.
    """
    if not login:
        return "account.login_missing"
    if LOGIN.fullmatch(login):
        return None
    strange = re.sub(LOGIN_SIGN, "", login)
    return "account.login_letters" if any(sign.isalnum() for sign in strange) else "account.login_signs"


def password_fault(password: str, *, login: str, common: frozenset[str]) -> str | None:
    """What is wrong with a new password, as a code; None when it will do. Length counts, kinds of signs do not."""
    plain = unicodedata.normalize("NFKC", password).casefold()
    if not password:
        return "account.password_missing"
    if len(password) < SHORTEST:
        return "account.password_short"
    if len(password) > LONGEST:
        return "account.password_long"
    if login and (plain == login or (len(login) >= 4 and login in plain and len(plain) - len(login) < 4)):
        return "account.password_is_login"
    if plain in common or len(set(plain)) < 4 or _runs_along(plain):
        return "account.password_common"
    return None


def _runs_along(plain: str) -> bool:
    return any(plain in row or plain in row[::-1] for row in ROWS_OF_KEYS)


def idle_of(roles: Iterable[str], *, device_known: bool) -> timedelta:
    """How long a session may rest: half an hour for the offices in a browser new to the account, else 12 hours."""
    return IDLE_OF_OFFICE if not device_known and OFFICE & set(roles) else IDLE


def lives(purpose: Purpose) -> timedelta:
    """How long an invitation can be used."""
    return INVITATION_LIVES if purpose is Purpose.INVITE else RESET_LIVES


def code_from(hexadecimal: str) -> str:
    """A code of 26 signs out of a digest of 256 bits."""
    number, signs = int(hexadecimal, 16), ""
    for _ in range(LONG):
        number, place = divmod(number, 32)
        signs += ALPHABET[place]
    return signs


def typed_code(text: str) -> str:
    """A code as it was meant: blanks, dashes and small letters make no difference."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).upper() if sign in ALPHABET)[: LONG + 1]


def grouped(code: str) -> str:
    """A code in groups of four, to be read and typed."""
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))


SYSTEMS = (("HarmonyOS", "harmony"), ("Android", "android"), ("iPhone", "iphone"), ("iPad", "ipad"),
           ("Windows", "windows"), ("Macintosh", "mac"), ("Linux", "linux"))  # fmt: skip
BROWSERS = (("wxwork", "wecom"), ("MicroMessenger", "wechat"), ("DingTalk", "dingtalk"), ("Lark", "feishu"),
            ("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip


def device_of(user_agent: str) -> tuple[str, str]:
    """The system and the browser that a `User-Agent` names, as codes; empty where it names none that we know."""
    system = next((code for sign, code in SYSTEMS if sign in user_agent), "")
    browser = next((code for sign, code in BROWSERS if sign in user_agent), "")
    return system, browser
