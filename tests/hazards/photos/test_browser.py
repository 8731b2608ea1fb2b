"""The two scripts in a real Chromium, against a small server of the test's own."""

import os
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import piexif
import pytest
from PIL import Image, ImageOps

from portal.web.headers import CSP
from tests.hazards.photos.pictures import corners, flag, phone_photo, saved

pytestmark = pytest.mark.browser
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
SCRIPTS = Path(__file__).parents[3] / "static" / "js"
FORM = """
<div data-draft-owner="%s"><form method="post" action="/report" enctype="multipart/form-data" data-draft="report">
<input type="hidden" name="key" value="%s"><input type="hidden" name="_csrf_token" value="token">
<input name="what" value=""><input name="phone" type="tel"><input type="password" name="pin">
<label><input type="radio" name="level" value="red">red</label>
<label><input type="radio" name="level" value="blue">blue</label>
<select name="place"><option value="1">A</option><option value="2">B</option></select>
<input type="file" name="photos" accept="image/*" multiple>
<p role="status" data-draft-status hidden data-saved="kept {time}" data-restored="back {time}"
 data-offline="offline" data-sending="sending" data-refused="refused"></p><button>send</button></form></div>"""
READY = """void (window.readyPhotos = new Promise(ready =>
 addEventListener('photos:ready', ready, {once: true})))"""
KEPT = """() => new Promise(done => {
 const request = indexedDB.open('anwang-report', 1);
 request.onsuccess = () => {
  const all = request.result.transaction('photos').objectStore('photos').getAll();
  all.onsuccess = () => {
   request.result.close();
   done(all.result.some(kept => kept.photos && kept.photos.length));
  };
 };
})"""
CHOSEN = """Promise.all([...document.querySelector('[name=photos]').files].map(async file => {
 const {width, height} = await createImageBitmap(file);
 return {type: file.type, size: file.size, width, height};
}))"""
AS_BEFORE_2020 = """() => {
 const make = window.createImageBitmap;
 window.createImageBitmap = async blob => { // the note on how to turn it is not looked at
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const exif = bytes.findIndex((byte, at) => byte === 0x45 && bytes[at + 1] === 0x78 && bytes[at + 2] === 0x69);
  if (exif > 0) bytes[exif] = 0x58;
  return make(new Blob([bytes], {type: blob.type}));
 };
}"""


class Portal:
    """Remembers what it was sent; answers as the real one: 303 to a page that says which report is done."""

    def __init__(self) -> None:
        self.owner, self.keys, self.status = "7", 0, 303
        self.sent: list[bytes] = []
        portal = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_args) -> None:
                pass

            def do_GET(self) -> None:
                portal.get(self)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                portal.post(self, body)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def get(self, request) -> None:
        path = request.path
        if path.startswith("/js/"):
            return self.answer(request, (SCRIPTS / path[4:]).read_text(), "text/javascript")
        if path.startswith("/done/"):
            return self.page(request, f'<p data-draft-done="{path[6:]}">done</p>')
        if path == "/signed-out":
            return self.page(request, "<p data-draft-clear>bye</p>")
        if path == "/":
            self.keys += 1
        return self.page(request, FORM % (self.owner, f"key-{self.keys}"))

    def post(self, request, body: bytes) -> None:
        self.sent.append(body)
        if self.status == 303:
            key = body.split(b'name="key"\r\n\r\n')[1].split(b"\r\n")[0].decode()
            request.send_response(303)
            request.send_header("Location", f"/done/{key}")
            request.send_header("Content-Length", "0")
            request.end_headers()
        else:
            form = FORM.replace('name="what" value=""', 'name="what" value="as typed" aria-invalid="true"')
            self.page(request, form % (self.owner, "key-of-the-answer"), status=self.status)

    def page(self, request, body: str, *, status: int = 200) -> None:
        scripts = "".join(f'<script src="/js/{name}.js" defer></script>' for name in ("app", "photos", "draft"))
        html = f"<!doctype html><meta charset=utf-8><title>t</title>{scripts}{body}"
        self.answer(request, html, "text/html; charset=utf-8", status=status)

    def answer(self, request, text: str, media_type: str, *, status: int = 200) -> None:
        data = text.encode()
        request.send_response(status)
        for name, value in {
            "Content-Type": media_type,
            "Content-Length": str(len(data)),
            "Content-Security-Policy": CSP,
            "Cache-Control": "no-store",
        }.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(data)


@pytest.fixture(scope="module")
def chromium():
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing: apt-get install chromium")
        pytest.skip("no Chromium: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield browser
        browser.close()


@pytest.fixture
def portal() -> Iterator[Portal]:
    portal = Portal()
    yield portal
    portal.server.shutdown()
    portal.server.server_close()


@pytest.fixture
def page(chromium, portal):
    """A phone at the report form; a complaint of the browser fails the test."""
    phone = chromium.new_context(viewport={"width": 360, "height": 740})
    phone.set_default_timeout(10_000)
    page = phone.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Security Policy" in said.text else None)
    page.goto(portal.address)
    yield page
    phone.close()
    assert complaints == []


def status(page) -> str:
    said: str = page.locator("[data-draft-status]").inner_text()
    return said


def choose(page, *photos: bytes) -> None:
    page.evaluate(READY)
    files = [{"name": f"p{at}.jpg", "mimeType": "image/jpeg", "buffer": data} for at, data in enumerate(photos)]
    page.set_input_files("[name=photos]", files)
    page.evaluate("window.readyPhotos.then(() => 1)")


def fill_in(page) -> None:
    page.fill("[name=what]", "a lock is broken")
    page.fill("[name=phone]", "13800001234")
    page.fill("[name=pin]", "secret")
    page.check("[value=red]")
    page.select_option("[name=place]", "2")


def wait_for_kept_photos(page) -> None:
    page.wait_for_function(KEPT)


def chosen(page) -> list[dict]:
    files: list[dict] = page.evaluate(CHOSEN)
    return files


def pictures_in(body: bytes) -> list[Image.Image]:
    parts = [part.split(b"\r\n\r\n", 1)[1] for part in body.split(b'name="photos"')[1:]]
    return [Image.open(BytesIO(part.rsplit(b"\r\n--", 1)[0]), formats=["JPEG"]) for part in parts]


def test_a_large_photo_is_small_when_it_leaves_the_phone(page, portal):
    large = phone_photo(4032, 3024, orientation=6)
    choose(page, large, phone_photo())
    first, second = chosen(page)
    assert (first["width"], first["height"]) == (1536, 2048)
    assert (second["width"], second["size"]) == (320, len(phone_photo()))
    page.click("button")
    page.wait_for_url("**/done/*")
    (image, _) = pictures_in(portal.sent[0])
    assert image.size == (1536, 2048)
    assert corners(image.convert("RGB")) == ("blue", "red", "white", "green")
    assert not image.getexif()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_browser_that_does_not_turn_photos_itself_is_helped(page, portal, orientation):
    page.evaluate(AS_BEFORE_2020)
    exif = piexif.dump({"0th": {piexif.ImageIFD.Make: b"x", piexif.ImageIFD.Orientation: orientation}})
    choose(page, saved(flag(2400, 1800), exif=exif))
    page.click("button")
    page.wait_for_url("**/done/*")
    (image,) = pictures_in(portal.sent[0])
    expected = Image.open(BytesIO(saved(flag(2400, 1800), exif=exif)))
    assert corners(image.convert("RGB")) == corners(ImageOps.exif_transpose(expected))
    assert max(image.size) == 2048


def test_a_browser_that_cannot_shrink_sends_the_photo_as_it_is(chromium, portal):
    phone = chromium.new_context()
    phone.add_init_script("delete window.createImageBitmap")
    page = phone.new_page()
    page.goto(portal.address)
    data = phone_photo(3000, 2000)
    page.set_input_files("[name=photos]", {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": data})
    page.click("button")
    page.wait_for_url("**/done/*")
    assert data in portal.sent[0]
    phone.close()


def test_a_file_that_is_no_picture_is_left_to_the_server(page, portal):
    page.set_input_files("[name=photos]", {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"})
    page.click("button")
    page.wait_for_url("**/done/*")
    assert b"no picture" in portal.sent[0]


def test_sent_at_once_after_choosing_it_still_goes_small_and_once(page, portal):
    page.set_input_files(
        "[name=photos]", {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": phone_photo(6000, 4000)}
    )
    page.click("button")
    page.wait_for_url("**/done/*")
    assert len(portal.sent) == 1
    assert pictures_in(portal.sent[0])[0].size == (2048, 1365)


def test_a_draft_survives_a_page_that_was_thrown_away(page, portal):
    fill_in(page)
    choose(page, phone_photo(3000, 2000))
    assert status(page).startswith("kept ") and len(status(page)) == len("kept 14:03")
    wait_for_kept_photos(page)
    page.goto("about:blank")
    page.goto(portal.address)
    page.wait_for_function("() => document.querySelector('[name=photos]').files.length === 1")
    assert page.input_value("[name=what]") == "a lock is broken"
    assert page.is_checked("[value=red]")
    assert page.input_value("[name=place]") == "2"
    assert page.input_value("[name=key]") == "key-1"
    assert status(page).startswith("back ")
    assert chosen(page)[0]["width"] == 2048
    kept = page.evaluate("JSON.stringify(localStorage)")
    assert "13800001234" not in kept and "secret" not in kept and "token" not in kept
    page.click("button")
    page.wait_for_url("**/done/key-1")
    page.wait_for_function("() => Object.keys(localStorage).filter(k => k.startsWith('anwang.report')).length === 0")
    page.goto(portal.address)
    assert page.input_value("[name=what]") == ""
    assert page.input_value("[name=key]") == f"key-{portal.keys}"
    assert chosen(page) == []


def test_another_account_on_the_same_phone_sees_nothing_of_it(page, portal):
    fill_in(page)
    portal.owner = "8"
    page.reload()
    assert page.input_value("[name=what]") == ""
    portal.owner = "7"
    page.reload()
    assert page.input_value("[name=what]") == "a lock is broken"


def test_signing_out_leaves_nothing_on_the_phone(page, portal):
    fill_in(page)
    choose(page, phone_photo())
    wait_for_kept_photos(page)
    page.goto(portal.address + "/signed-out")
    page.wait_for_function("() => Object.keys(localStorage).length === 0")
    page.goto(portal.address)
    page.wait_for_timeout(100)
    assert page.input_value("[name=what]") == ""
    assert chosen(page) == []


def test_a_report_without_a_network_goes_by_itself_when_there_is_one_again(page, portal):
    fill_in(page)
    choose(page, phone_photo())
    page.context.set_offline(True)
    page.click("button")
    assert status(page) == "offline"
    assert portal.sent == []
    page.context.set_offline(False)
    page.wait_for_url("**/done/key-1")
    assert len(portal.sent) == 1
    assert b"a lock is broken" in portal.sent[0] and b"token" in portal.sent[0]
    assert len(pictures_in(portal.sent[0])) == 1


def test_a_report_whose_answer_was_lost_is_sent_again_under_the_same_key(page, portal):
    fill_in(page)
    page.route("**/report", lambda route: route.abort("connectionreset"), times=1)
    page.click("button")
    page.wait_for_timeout(200)
    page.goto(portal.address)
    page.wait_for_url("**/done/key-1")
    assert len(portal.sent) == 1


def test_a_report_that_is_refused_when_sent_by_itself_waits_for_its_author(page, portal):
    portal.status = 422
    fill_in(page)
    page.context.set_offline(True)
    page.click("button")
    page.context.set_offline(False)
    page.wait_for_function("() => document.querySelector('[data-draft-status]').textContent === 'refused'")
    assert page.input_value("[name=what]") == "a lock is broken"
    page.reload()
    page.wait_for_timeout(200)
    assert len(portal.sent) == 1
    assert page.input_value("[name=what]") == "a lock is broken"


def test_an_untouched_form_leaves_no_draft(page, portal):
    page.click("[name=what]")
    page.reload()
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_a_form_that_comes_back_with_errors_keeps_words_photos_and_key_and_waits(page, portal):
    portal.status = 422
    fill_in(page)
    choose(page, phone_photo())
    wait_for_kept_photos(page)
    page.click("button")
    page.wait_for_function("() => document.querySelector('[aria-invalid]')")
    page.wait_for_function("() => document.querySelector('[name=photos]').files.length === 1")
    page.wait_for_timeout(200)
    assert len(portal.sent) == 1
    assert page.input_value("[name=what]") == "as typed"
    assert page.input_value("[name=key]") == "key-1"
    portal.status = 303
    page.click("button")
    page.wait_for_url("**/done/key-1")
    assert len(pictures_in(portal.sent[1])) == 1


def test_a_report_waits_out_a_portal_that_is_down(page, portal):
    portal.status = 503
    fill_in(page)
    page.context.set_offline(True)
    page.click("button")
    page.context.set_offline(False)
    page.wait_for_function("() => document.querySelector('[data-draft-status]').textContent === 'offline'")
    portal.status = 303
    page.wait_for_url("**/done/key-1")
    assert len(portal.sent) == 2


def test_a_form_without_a_key_is_kept_but_never_sent_by_itself(page, portal):
    page.evaluate("document.querySelector('[name=key]').remove()")
    fill_in(page)
    page.route("**/report", lambda route: route.abort("connectionreset"), times=1)
    page.click("button")
    page.wait_for_timeout(200)
    page.goto(portal.address)
    page.wait_for_timeout(200)
    assert page.input_value("[name=what]") == "a lock is broken"
    assert portal.sent == []
    page.goto(portal.address + "/done/report")
    page.wait_for_function("() => Object.keys(localStorage).length === 0")
