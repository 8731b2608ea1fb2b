"""The throttle, passwords, codes, devices: tables of cases without a database."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.accounts import rules
from portal.accounts.rules import Failure, Tries, free_at

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def guess_for(hours: float, *, every: float = 5, known: bool = False) -> int:
    """How many guesses are weighed when somebody tries without a pause."""
    failures: list[datetime] = []
    at, end = AT, AT + timedelta(hours=hours)
    while at < end:
        account = [] if known else [Failure(moment, False) for moment in failures if moment > at - timedelta(days=1)]
        device = [moment for moment in failures if moment > at - timedelta(days=1)] if known else None
        if free_at(Tries(account=account, device=device), at) <= at:
            failures.append(at)
        at += timedelta(seconds=every)
    return len(failures)


def test_one_account_is_weighed_at_most_twenty_times_a_day_for_strangers() -> None:
    assert guess_for(24, every=30) <= 20
    assert guess_for(1) <= 12


def test_any_day_of_a_long_attack_has_at_most_twenty() -> None:
    assert guess_for(72, every=60) <= 60


def test_the_wait_always_ends_within_three_hours_while_few_have_failed() -> None:
    failures = [Failure(AT - timedelta(minutes=n), False) for n in range(15)]
    assert free_at(Tries(account=failures), AT) - AT <= timedelta(hours=3)


def test_a_known_browser_does_not_wait_for_what_strangers_did() -> None:
    strangers = [Failure(AT, False)] * 20
    assert free_at(Tries(account=strangers, network=[AT] * 60, device=[]), AT) == AT
    assert guess_for(24, every=60, known=True) <= rules.MOST_A_DAY_KNOWN


def test_the_first_five_mistakes_cost_nothing() -> None:
    assert free_at(Tries(account=[Failure(AT, False)] * 4), AT) == AT
    assert free_at(Tries(account=[Failure(AT, False)] * 5), AT) > AT


def test_forgiven_mistakes_cost_no_wait_but_count_for_the_day() -> None:
    assert free_at(Tries(account=[Failure(AT, True)] * 19), AT) == AT
    assert free_at(Tries(account=[Failure(AT, True)] * 20), AT) > AT


def test_a_network_is_weighed_sixty_times_an_hour() -> None:
    assert free_at(Tries(network=[AT] * 59), AT) == AT
    assert free_at(Tries(network=[AT] * 60), AT) == AT + timedelta(hours=1)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "local"),
        (None, "local"),
        ("nonsense", "local"),
    ],
)
def test_a_network_is_an_address_or_what_a_subscriber_gets(address: str | None, network: str) -> None:
    assert rules.network_of(address) == network


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("", "account.password_missing"),
        ("short", "account.password_short"),
        ("x" * 201, "account.password_long"),
        ("13800000000", "account.password_is_login"),
        ("13800000000a", "account.password_is_login"),
        ("1234567890", "account.password_common"),
        ("aaaaaaaaaaaa", "account.password_common"),
        ("QWERTYUIOP", "account.password_common"),
        ("Woaini1314520", "account.password_common"),
        ("坐在窗边看操场上的梧桐树", None),
        ("correct horse battery", None),
    ],
)
def test_a_new_password(password: str, fault: str | None) -> None:
    from portal.accounts.passwords import common_passwords

    assert rules.password_fault(password, login="13800000000", common=common_passwords()) == fault


@pytest.mark.parametrize(
    ("typed", "login", "fault"),
    [
        (" Zhang.San ", "zhang.san", None),
        ("１３８００００００００", "13800000000", None),
        ("甄安全", "甄安全", None),
        ("", "", "account.login_missing"),
        ("a", "a", "account.login_signs"),
        ("a<b>", "a<b>", "account.login_signs"),
        ("zhang_san+1@school-1.cn", "zhang_san+1@school-1.cn", None),
        ("李〇𠮷", "李〇𠮷", None),
        ("s\N{CYRILLIC SMALL LETTER A}fety", "s\N{CYRILLIC SMALL LETTER A}fety", "account.login_letters"),
        ("\N{CYRILLIC CAPITAL LETTER ES}hen", "\N{CYRILLIC SMALL LETTER ES}hen", "account.login_letters"),
        ("p\N{GREEK SMALL LETTER OMICRON}st", "p\N{GREEK SMALL LETTER OMICRON}st", "account.login_letters"),
        ("12\N{ARABIC-INDIC DIGIT THREE}", "12\N{ARABIC-INDIC DIGIT THREE}", "account.login_letters"),
        ("li\N{ZERO WIDTH JOINER}", "li\N{ZERO WIDTH JOINER}", "account.login_signs"),
        ("x" * 61, "x" * 61, "account.login_signs"),
    ],
)
def test_a_login(typed: str, login: str, fault: str | None) -> None:
    assert rules.normal_login(typed) == login
    assert rules.login_fault(login) == fault


def test_a_code_has_130_bits_and_no_look_alikes() -> None:
    code = rules.code_from("f" * 64)
    assert len(code) == 26
    assert not set(code) & set("01OI")
    assert rules.typed_code(f" {rules.grouped(code).lower()} ") == code


def test_offices_in_a_new_browser_rest_half_an_hour() -> None:
    assert rules.idle_of(["principal"], device_known=False) == timedelta(minutes=30)
    assert rules.idle_of(["principal"], device_known=True) == timedelta(hours=12)
    assert rules.idle_of(["class_teacher"], device_known=False) == timedelta(hours=12)


ANDROID = "Mozilla/5.0 (Linux; Android 13; HUAWEI) AppleWebKit/537.36 Chrome/116 Safari/537.36 MicroMessenger/8.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) AppleWebKit/605.1.15 Version/17.0 Mobile Safari/604.1"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120 Safari/537.36 Edg/120"


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (ANDROID, ("android", "wechat")),
        (IPHONE, ("iphone", "Safari")),
        (EDGE, ("windows", "Edge")),
        ("curl/8", ("", "")),
    ],
)
def test_what_a_device_is_called(agent: str, device: tuple[str, str]) -> None:
    assert rules.device_of(agent) == device


def test_a_qr_code_is_one_path_that_draws_the_same_modules() -> None:
    import re

    import segno

    from portal.accounts.views import qr_path

    text = "https://anwang.example.org/join/" + "K7" * 13
    size, path = qr_path(text)
    drawn = set()
    for x, y, run in re.findall(r"M(\d+) (\d+)h(\d+)", path):
        drawn |= {(int(x) + step, int(y)) for step in range(int(run))}
    matrix = segno.make(text, error="q", micro=False, mask=2, boost_error=False).matrix
    assert drawn == {(x + 4, y + 4) for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark}
    assert size == len(matrix) + 8
