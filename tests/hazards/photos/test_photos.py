import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import piexif
import pytest
from PIL import Image, ImageCms

from portal.core.refusals import Refused
from portal.hazards.photos import Photo, child, make_photo, shutdown
from portal.hazards.photos.darkroom import Darkroom
from portal.hazards.photos.rules import is_bare_jpeg
from tests.hazards.photos.pictures import chunk, corners, flag, phone_photo, png, saved, with_size

UPRIGHT = ("red", "green", "blue", "white")
# how each of the eight ways of holding a camera shows the flag, by the EXIF standard
TURNED = {
    1: ("red", "green", "blue", "white"),
    2: ("green", "red", "white", "blue"),
    3: ("white", "blue", "green", "red"),
    4: ("blue", "white", "red", "green"),
    5: ("red", "blue", "green", "white"),
    6: ("blue", "red", "white", "green"),
    7: ("white", "green", "blue", "red"),
    8: ("green", "white", "red", "blue"),
}
FLAT_12_MP = {"width": 4032, "height": 3024}


@pytest.fixture(scope="module", autouse=True)
def _children_end() -> Iterator[None]:
    yield
    shutdown()


@pytest.fixture
def darkroom() -> Iterator[Darkroom]:
    shutdown()  # so that the children seen are those of this test
    room = Darkroom(seconds=5)
    yield room
    room.close()


def opened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data), formats=["JPEG"])
    image.load()
    return image


def noisy(width: int, height: int) -> bytes:
    """A JPEG of about the bytes and the work of a phone's photo."""
    noise = Image.frombytes("L", (width // 8, height // 8), random.Random(7).randbytes(width // 8 * (height // 8)))
    return saved(noise.resize((width, height), Image.Resampling.BILINEAR).convert("RGB"), quality=92)


async def refused(data: bytes, room: Darkroom | None = None) -> str:
    with pytest.raises(Refused) as caught:
        await (room.develop(data, owner=1) if room else make_photo(data, owner=1))
    return caught.value.code


def pids_of_children() -> list[int]:
    listed = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return [int(pid) for path in listed for pid in path.read_text().split() if _is_reencode(int(pid))]


def _is_reencode(pid: int) -> bool:
    try:
        return b"reencode.py" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


async def test_a_photo_becomes_two_bare_jpegs_of_the_right_size():
    photo = await make_photo(phone_photo(3000, 1500), owner=1)
    assert (photo.width, photo.height) == (2048, 1024)
    assert opened(photo.full).size == (2048, 1024)
    assert opened(photo.thumb).size == (480, 240)
    assert corners(opened(photo.full)) == corners(opened(photo.thumb)) == UPRIGHT
    assert is_bare_jpeg(photo.full, side=2048)
    assert is_bare_jpeg(photo.thumb, side=480)


async def test_a_small_picture_is_not_made_larger():
    photo = await make_photo(phone_photo(100, 50), owner=1)
    assert opened(photo.full).size == opened(photo.thumb).size == (100, 50)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1), (640, 480)])
async def test_every_kind_in_any_shape(kind, size):
    photo = await make_photo(saved(flag(*size), kind), owner=1)
    assert max(photo.width, photo.height) == min(max(size), 2048)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16", "PA"])
async def test_every_way_to_say_colours(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG" if mode != "PA" else "GIF"
    picture = Image.new("L", (64, 64), 255).convert("I;16" if mode == "I;16" else "RGB" if mode == "PA" else mode)
    photo = await make_photo(saved(picture, kind), owner=1)
    assert opened(photo.full).mode == "RGB"


async def test_what_is_transparent_becomes_white():
    clear = Image.new("RGBA", (64, 64), (255, 0, 0, 0))
    photo = await make_photo(saved(clear, "PNG"), owner=1)
    assert opened(photo.full).getpixel((30, 30)) == (255, 255, 255)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", sorted(TURNED))
async def test_a_photo_stands_upright_however_the_phone_was_held(kind, orientation):
    exif = piexif.dump({"0th": {piexif.ImageIFD.Orientation: orientation}})
    photo = await make_photo(saved(flag(), kind, exif=exif), owner=1)
    assert corners(opened(photo.full)) == TURNED[orientation]
    assert corners(opened(photo.thumb)) == TURNED[orientation]
    assert (photo.width, photo.height) == ((240, 320) if orientation > 4 else (320, 240))


async def test_a_large_photo_held_upright_keeps_its_shape():
    photo = await make_photo(phone_photo(4032, 3024, orientation=6), owner=1)
    assert (photo.width, photo.height) == (1512, 2016)
    assert corners(opened(photo.full)) == TURNED[6]


async def test_where_when_and_by_which_phone_are_gone():
    data = phone_photo()
    assert b"HUAWEI-SECRET" in data and b"SECRET-XMP" in data and b"SECRET-COMMENT" in data
    assert piexif.load(data)["GPS"]
    photo = await make_photo(data, owner=1)
    for made in (photo.full, photo.thumb):
        image = opened(made)
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        for secret in (b"SECRET", b"SERIAL", b"2026", b"Exif", b"http", b"secret", b"adobe", b"ICC"):
            assert secret not in made


@pytest.mark.parametrize(
    "data",
    [
        saved(flag()) + b"<html><script>alert(1)</script></html>",
        saved(flag(), comment=b"<script>alert(1)</script>"),
        saved(flag())[:2] + b"\xff\xe1\x00\x1b<script>alert(1)</script>" + saved(flag())[2:],
        png(64, 64, before=chunk(b"tEXt", b"Comment\0<script>alert(1)</script>")) + b"<script>alert(1)</script>",
        saved(flag(), "WEBP") + b"<script>alert(1)</script>",
        saved(flag(), "GIF") + b"<script>alert(1)</script>",
        saved(flag()) + b"PK\x03\x04<script>alert(1)</script>",
    ],
)
async def test_nothing_that_hides_in_a_picture_comes_out(data):
    photo = await make_photo(data, owner=1)
    for made in (photo.full, photo.thumb):
        assert b"script" not in made and b"alert" not in made and b"PK\x03\x04" not in made
        assert made.startswith(b"\xff\xd8\xff") and made.endswith(b"\xff\xd9")


async def test_colours_of_another_colour_space_are_told_in_srgb():
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = srgb.replace(b"rXYZ", b"????").replace(b"bXYZ", b"rXYZ").replace(b"????", b"bXYZ")
    other = swapped.replace("sRGB".encode("utf-16-be"), "test".encode("utf-16-be"))  # red means blue here
    shown = {}
    for name, profile in {"none": None, "sRGB": srgb, "broken": b"no profile", "other": other}.items():
        photo = await make_photo(saved(flag(), icc_profile=profile), owner=1)
        shown[name] = corners(opened(photo.full))
    assert shown["none"] == shown["sRGB"] == shown["broken"] == UPRIGHT
    assert shown["other"] == ("blue", "green", "red", "white")


async def test_the_still_of_a_phone_that_takes_two_at_once():
    both = saved(flag(), "MPO", save_all=True, append_images=[Image.new("RGB", (320, 240))])
    assert corners(opened((await make_photo(both, owner=1)).full)) == UPRIGHT


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
async def test_a_photo_that_arrived_in_part_is_refused(kind, part):
    data = noisy(400, 300) if kind == "JPEG" else saved(Image.effect_noise((200, 150), 90), kind)
    assert await refused(data[: int(len(data) * part)]) == "photo.broken"


@pytest.mark.parametrize(
    "data", [b"\xff\xd8\xff\xe0" + random.Random(3).randbytes(5000), saved(flag())[:400] + bytes(5000)]
)
async def test_a_picture_of_rubbish_is_refused(data):
    assert await refused(data) == "photo.broken"


@pytest.mark.parametrize("data", [with_size(saved(flag()), 7000, 7000), png(7000, 7000, rows=10)])
async def test_a_header_that_lies_costs_no_more_than_a_true_one(data):
    began = time.perf_counter()
    assert (await make_photo(data, owner=1)).width <= 2048  # what is missing is grey or black
    assert time.perf_counter() - began < 5


async def test_after_any_refusal_the_next_photo_is_made(darkroom):
    good = phone_photo()
    for bad in (b"x", saved(flag())[:500], png(9000, 9000), b"GIF89a"):
        await refused(bad, darkroom)
        assert isinstance(await darkroom.develop(good, owner=1), Photo)


async def test_a_child_killed_in_the_middle_is_told_and_the_next_photo_is_made(darkroom):
    data = noisy(3264, 2448)
    await darkroom.develop(phone_photo(), owner=1)
    work = asyncio.create_task(darkroom.develop(data, owner=1))
    await asyncio.sleep(0.06)
    (pid,) = pids_of_children()
    os.killpg(pid, signal.SIGKILL)
    with pytest.raises(Refused) as caught:
        await work
    assert caught.value.code == "photo.interrupted"
    assert (await darkroom.develop(data, owner=1)).width == 2048


async def test_a_child_killed_while_it_waits_is_not_noticed_by_anyone(darkroom):
    await darkroom.develop(phone_photo(), owner=1)
    (pid,) = pids_of_children()
    os.kill(pid, signal.SIGKILL)
    await asyncio.sleep(0.05)
    assert (await darkroom.develop(phone_photo(), owner=1)).width == 320


async def test_a_photo_that_takes_too_long_is_stopped(darkroom):
    slow = Darkroom(seconds=0.15)
    data = saved(Image.effect_noise((5000, 5000), 40), progressive=True)
    try:
        began = time.perf_counter()
        assert await refused(data, slow) == "photo.too_slow"
        assert time.perf_counter() - began < 1.5
        assert pids_of_children() == []
    finally:
        slow.close()
    assert (await darkroom.develop(phone_photo(), owner=1)).width == 320


async def test_whoever_leaves_stops_the_work_on_their_photo(darkroom):
    work = asyncio.create_task(darkroom.develop(noisy(3264, 2448), owner=1))
    await asyncio.sleep(0.1)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    for _ in range(100):
        if not pids_of_children():
            break
        await asyncio.sleep(0.01)
    assert pids_of_children() == []
    assert (await darkroom.develop(phone_photo(), owner=1)).width == 320


async def test_whoever_leaves_before_the_work_begins_leaves_no_child(monkeypatch, darkroom):
    async def never(*_args):
        await asyncio.sleep(60)

    with monkeypatch.context() as patched:
        patched.setattr(asyncio, "to_thread", never)  # as when every thread is taken
        work = asyncio.create_task(darkroom.develop(phone_photo(), owner=1))
        await asyncio.sleep(0.02)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
    assert pids_of_children() == []


async def test_a_child_that_speaks_unasked_never_answers_for_the_next_person(monkeypatch, tmp_path, darkroom):
    talker = tmp_path / "reencode.py"
    program = Path(child.__file__).with_name("reencode.py").read_text()
    talker.write_text(program.replace("    os._exit(0)", "    write(bytes(4) + b'photo.planted')\n    os._exit(0)"))
    monkeypatch.setattr(child, "_PROGRAM", talker)
    await darkroom.develop(phone_photo(), owner=1)
    for _ in range(200):  # on a busy machine it speaks later
        if not darkroom._idle[0].is_sound():
            break
        await asyncio.sleep(0.02)
    assert (await darkroom.develop(phone_photo(100, 100), owner=2)).width == 100


async def test_one_at_a_time_for_a_person_and_two_at_once_in_all(monkeypatch, darkroom):
    at_work: dict[int, int] = {}
    most = {"person": 0, "all": 0}
    develop = child.Child.develop

    def watched(self, header, data, seconds, cut):
        owner = header.width
        at_work[owner] = at_work.get(owner, 0) + 1
        most["person"] = max(most["person"], at_work[owner])
        most["all"] = max(most["all"], sum(at_work.values()))
        try:
            return develop(self, header, data, seconds, cut)
        finally:
            at_work[owner] -= 1

    monkeypatch.setattr(child.Child, "develop", watched)
    photos = [(phone_photo(300 + owner, 200), 300 + owner) for owner in range(4) for _ in range(4)]
    made = await asyncio.gather(*(darkroom.develop(data, owner=owner) for data, owner in photos))
    assert [photo.width for photo in made] == [owner for _, owner in photos]
    assert most == {"person": 1, "all": 2}
    assert len(pids_of_children()) <= 2


async def test_a_crowd_is_told_to_wait_before_it_fills_the_memory(darkroom):
    padded = phone_photo() + bytes(14_000_000)
    made = await asyncio.gather(*(darkroom.develop(padded, owner=owner) for owner in range(6)), return_exceptions=True)
    codes = [answer.code for answer in made if isinstance(answer, Refused)]
    assert codes == ["photo.busy"] * 3
    assert (await darkroom.develop(padded, owner=1)).width == 320


async def test_nothing_is_left_when_the_portal_stops(darkroom):
    await darkroom.develop(phone_photo(), owner=1)
    assert len(pids_of_children()) == 1
    darkroom.close()
    assert pids_of_children() == []


async def test_a_child_without_a_portal_ends_by_itself():
    program = (
        "import asyncio, os; from portal.hazards.photos import make_photo;"
        f"asyncio.run(make_photo({phone_photo()!r}, owner=1));"
        "print(open(f'/proc/{os.getpid()}/task/{os.getpid()}/children').read(), flush=True); os._exit(9)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 9
    (pid,) = done.stdout.split()
    for _ in range(100):
        if not _is_reencode(int(pid)):
            break
        await asyncio.sleep(0.01)
    assert not _is_reencode(int(pid))


def test_the_memory_cap_is_real(tmp_path):
    program = Path(child.__file__).with_name("reencode.py")
    greedy = f"""
import importlib.util, json
spec = importlib.util.spec_from_file_location("reencode", {str(program)!r})
reencode = importlib.util.module_from_spec(spec); spec.loader.exec_module(reencode)
reencode.put_limits()
held = []
try:
    while True:
        held.append(bytearray(16 << 20))
except MemoryError:
    held, got = [], len(held) * 16
try:
    with open("planted", "w") as file: file.write("x")
    wrote = True
except OSError:
    wrote = False
print(json.dumps([got, wrote]))
"""
    done = subprocess.run([sys.executable, "-I", "-c", greedy], capture_output=True, text=True, cwd=tmp_path)
    got, wrote = json.loads(done.stdout)
    assert 384 <= got <= 448
    assert not wrote


async def test_pillow_is_never_loaded_where_pages_are_served():
    program = "import sys, portal.hazards.photos; print([name for name in sys.modules if name.startswith('PIL')])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_what_a_bomb_and_a_phone_photo_cost():
    figures = {}
    bombs = {
        "9 KB, 9000²": png(9000, 9000),
        "13000²": png(13_000, 13_000),
        "20000²": png(20_000, 20_000, rows=9),
    }
    for name, bomb in bombs.items():
        began = time.perf_counter()
        assert await refused(bomb) == "photo.too_many_pixels"
        figures[f"{name} refused"] = time.perf_counter() - began
    await make_photo(phone_photo(), owner=1)
    for name, data in {"49 Mpx PNG": png(7000, 7000), "12 Mpx phone photo": noisy(4032, 3024)}.items():
        began = time.perf_counter()
        await make_photo(data, owner=1)
        figures[name] = time.perf_counter() - began
    print("\nphotos:", ", ".join(f"{name} {seconds * 1000:.1f} ms" for name, seconds in figures.items()))
    assert max(figures.values()) < 5
