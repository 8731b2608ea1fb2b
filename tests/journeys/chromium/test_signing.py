"""Letters signed on a phone: with a finger on the pad and the passphrase; with the phone's own fingerprint alone."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.journeys.chromium.judge import Judge
from tests.journeys.chromium.parts import People, Rows, path_of, phone
from tests.serving.portal_process import until

PASSPHRASE = "四把伞挂在蓝色的门后面呢"


def with_key(page: Page) -> None:
    """A key of one's own, made on its page."""
    page.goto("/account/signing-key")
    page.check("#consent")
    page.fill("#passphrase", PASSPHRASE)
    page.fill("#again", PASSPHRASE)
    page.locator("form[action='/account/signing-key'] .btn.main").tap()
    page.wait_for_selector(".flash.ok")


def virtual(page: Page, *, prf: bool = True) -> None:
    """The phone's own authenticator, whose owner shows themselves whenever they are asked."""
    wire = page.context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasUserVerification": True,
        "hasResidentKey": True, "isUserVerified": True, "automaticPresenceSimulation": True, "hasPrf": prf,
    }  # fmt: skip
    wire.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def waiting(page: Page) -> int:
    """A letter that waits for whoever looks, once the worker has set it; its whole text is opened, then its page."""

    def found() -> int:
        page.goto("/letters")
        link = page.locator("a[href^='/letters/']", has_text="读并签").first
        return int(str(link.get_attribute("href")).rsplit("/", 1)[1]) if link.count() else 0

    letter = int(str(until(found, seconds=60)))
    assert page.request.get(f"/letters/{letter}/file").status == 200
    page.goto(f"/letters/{letter}")
    return letter


def write(page: Page) -> list[Any]:
    """Two strokes on the pad; gives what the form holds then."""
    page.locator("[data-pad] canvas").scroll_into_view_if_needed()
    box = page.locator("[data-pad] canvas").bounding_box()
    assert box is not None
    for down, up in (((0.2, 0.3), (0.5, 0.7)), ((0.6, 0.2), (0.8, 0.8))):
        page.mouse.move(box["x"] + box["width"] * down[0], box["y"] + box["height"] * down[1])
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * up[0], box["y"] + box["height"] * up[1], steps=8)
        page.mouse.up()
    return list(json.loads(page.locator("[name=strokes]").input_value()))


def proof(rows: Rows, letter: int) -> dict[str, Any]:
    """What is kept of the first signature."""
    text = rows.value("SELECT proof FROM letter_party WHERE letter_id = ? AND signed_at IS NOT NULL", letter)
    return dict(json.loads(text or "{}"))


@pytest.mark.timeout(300)
def test_a_letter_is_signed_with_a_finger_and_the_passphrase(people: People, rows: Rows) -> None:
    me = people.of("chief", **phone())
    with_key(me)
    letter = waiting(me)
    assert len(write(me)) == 2
    me.locator("[data-undo]").tap()
    assert len(json.loads(me.locator("[name=strokes]").input_value())) == 1
    me.reload()  # the way to the file and back keeps what was written
    assert len(json.loads(me.locator("[name=strokes]").input_value())) == 1 and len(write(me)) == 3
    assert me.evaluate("document.documentElement.scrollWidth") == 360
    me.check("#read")
    me.fill("#passphrase", "不是这一句不是这一句")
    me.get_by_role("button", name="签字", exact=True).tap()
    me.wait_for_selector(".notice.red")
    assert len(json.loads(me.locator("[name=strokes]").input_value())) == 3
    assert me.locator("#passphrase").input_value() == ""
    me.fill("#passphrase", PASSPHRASE)
    me.get_by_role("button", name="签字", exact=True).tap()
    me.wait_for_selector(".flash.ok")
    assert path_of(me) == f"/letters/{letter}"
    kept = proof(rows, letter)
    assert (kept["mark"], kept["proved"]) == ("strokes", "passphrase")


@pytest.mark.timeout(300)
def test_a_phone_is_added_and_a_letter_signed_with_its_fingerprint(people: People, rows: Rows) -> None:
    me = people.of("keeper", **phone())
    with_key(me)
    virtual(me)
    me.goto("/account/signing-key")
    me.fill("#passkey", PASSPHRASE)
    me.get_by_role("button", name="用指纹或面容确认").tap()
    me.wait_for_selector(".flash.ok")
    assert me.locator("#devices").is_visible() and rows.value("SELECT count(*) FROM signing_passkey") == 1
    me.fill("#passkey", PASSPHRASE)  # the same phone once more
    me.get_by_role("button", name="用指纹或面容确认").tap()
    me.get_by_text("这台设备已经加过了").wait_for()
    letter = waiting(me)
    me.get_by_role("button", name="用指纹或面容签字").tap()
    me.get_by_text("先勾选").wait_for()
    me.check("#read")
    write(me)
    sent = []
    me.on("request", lambda request: sent.append(request.post_data or ""))
    me.get_by_role("button", name="用指纹或面容签字").tap()
    me.wait_for_selector(".flash.ok")
    [form] = [one for one in sent if "assertion=" in one]
    assert "&passphrase=&" in form and "prf=" in form and "prf" not in form.split("assertion=")[1].split("&")[0]
    assert path_of(me) == f"/letters/{letter}" and not me.locator("[name=prf]").count()
    kept = proof(rows, letter)
    assert (kept["mark"], kept["proved"]) == ("strokes", "passkey")
    at = Judge(people, "keeper")
    assert at.open("/account/signing-key") and at.page.locator("#devices").is_visible()
    others = rows.column("SELECT letter_id FROM letter_party WHERE signed_at IS NULL AND turn = 1 ORDER BY letter_id")
    shown = at.page.locator("[data-passkey]:not([hidden])")
    assert any(at.open(f"/letters/{one}") and shown.count() for one in others), "no letter is left to look at"
    at.verdict()


@pytest.mark.timeout(300)
def test_a_device_that_gives_no_secret_is_not_added(people: People, rows: Rows) -> None:
    me = people.of("teacher", **phone())
    with_key(me)
    virtual(me, prf=False)
    me.goto("/account/signing-key")
    me.fill("#passkey", PASSPHRASE)
    me.get_by_role("button", name="用指纹或面容确认").tap()
    me.get_by_text("这台设备不支持").wait_for()
    assert me.locator("#devices").count() == 0
    plain = people.of("teacher", **phone(java_script_enabled=False))
    plain.goto("/account/signing-key")
    assert not plain.locator("#passkey").is_visible()
