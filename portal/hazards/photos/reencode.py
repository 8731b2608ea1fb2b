"""The child process that decodes what strangers send: a program of its own, Pillow and nothing of ours.

It waits with Pillow loaded and *forks* for each photo. So none pays for a start-up, yet none meets what an
earlier one left behind, and the memory of each is capped and given back whole. It speaks with `child` only:

- in: kind (4 bytes), cut (8), size (4), the bytes;
- out: two sizes (4 bytes each) and two JPEGs; or nought (4 bytes) and a code of 32 bytes.
"""

import os
import resource
import struct
import sys
from contextlib import suppress
from io import BytesIO
from typing import NoReturn

from PIL import Image, ImageCms, JpegImagePlugin, MpoImagePlugin, WebPImagePlugin

MAX_PIXELS = 50_000_000  # these two again, of what Pillow itself believes: a header may lie to one parser
MAX_SIDE = 12_000
SIDES = {"whole": (2048, 480), "face": (320, 144)}  # px, the longer side of both pictures, by cut
FACE_BYTES = 30 * 1024  # a board shows sixty of them
NEARLY_FULL = 1900  # px; a JPEG is decoded at a half, a quarter or an eighth as long as that much remains
QUALITY, LOWER = 82, (70, 58, 46, 34, 22, 10)  # the lower ones for a face that is too many bytes
MEMORY = 448 * 1024 * 1024  # bytes beyond what the waiting process has; with that it stays below 512 MB
CPU_SECONDS = 10
SRGB = ImageCms.createProfile("sRGB")

PLUGINS = (JpegImagePlugin, MpoImagePlugin, WebPImagePlugin)  # loaded before the fork, not after each
STDIN, STDOUT, STDERR = 0, 1, 2


def main() -> None:
    """Serve photos, one after another, until the other side closes the pipe."""
    Image.preinit()
    while header := read(16):
        worker = os.fork()
        if worker == 0:
            serve(header)
        _, status = os.waitpid(worker, 0)
        code = os.waitstatus_to_exitcode(status)
        if code:  # it may have died in the middle of its answer: end, and say by which signal
            sys.exit(64 - code if code < 0 else code)


def serve(header: bytes) -> NoReturn:
    """Answer one request in the forked process, and end it."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), STDERR)
        put_limits()
        kind, cut, size = struct.unpack(">4s8sI", header)
        write(answer_to(kind.rstrip(b"\0").decode(), cut.rstrip(b"\0").decode(), read(size)))
    except BaseException:
        os._exit(3)  # not 1: that is what Python says when the program does not even start
    os._exit(0)


def answer_to(kind: str, cut: str, data: bytes) -> bytes:
    """The two JPEGs or the code of a refusal, as they go over the pipe."""
    try:
        full, thumb = develop(kind, cut, data)
    except (MemoryError, Image.DecompressionBombWarning, Image.DecompressionBombError):
        return refusal("photo.too_many_pixels")
    except Exception:  # decoders raise whatever they like
        return refusal("photo.broken")
    return struct.pack(">II", len(full), len(thumb)) + full + thumb


def refusal(code: str) -> bytes:
    """A code as it goes over the pipe."""
    return struct.pack(">I32s", 0, code.encode())


def develop(kind: str, cut: str, data: bytes) -> tuple[bytes, bytes]:
    """The picture upright, in sRGB, shrunk, and nothing else of the file; as JPEG, full and thumbnail."""
    full_side, thumb_side = SIDES[cut]
    image: Image.Image = Image.open(BytesIO(data), formats=[kind])
    if max(image.size) > MAX_SIDE or image.width * image.height > MAX_PIXELS:
        raise MemoryError
    turn = orientation(image)
    profile = image.info.get("icc_profile")
    full = flat(shrunk(decoded(image), SIDES["whole"][0]), profile)
    if turn is not None:  # FLIP_LEFT_RIGHT is nought
        full = full.transpose(turn)
    if cut == "face":
        face = shrunk(square(full), full_side)
        return jpeg_within(face, FACE_BYTES), jpeg_within(shrunk(face, thumb_side), FACE_BYTES)
    return jpeg(full), jpeg(shrunk(full, thumb_side))


def decoded(image: Image.Image) -> Image.Image:
    """The pixels; of a large JPEG only every second, fourth or eighth, which is what makes it quick."""
    side = max(image.size)
    image.draft(None, (max(1, image.width * NEARLY_FULL // side), max(1, image.height * NEARLY_FULL // side)))
    image.load()
    if image.mode in ("P", "PA") or "transparency" in image.info:
        return image.convert("RGBA" if "transparency" in image.info or image.mode == "PA" else "RGB")
    return image.convert("L") if image.mode == "1" or image.mode.startswith("I") else image


def shrunk(image: Image.Image, side: int) -> Image.Image:
    """At most `side` px on the longer side; smaller pictures stay as they are."""
    if max(image.size) <= side:
        return image
    scale = side / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def square(image: Image.Image) -> Image.Image:
    """The largest square: from the middle of a wide picture, from above the middle of a high one, where faces are."""
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 4
    return image.crop((left, top, left + side, top + side))


def flat(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Without transparency (white shows through) and in sRGB, whatever colours the camera meant."""
    if image.mode in ("RGBA", "LA", "La", "RGBa"):
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image.convert("RGBA")).convert("RGB")
    if profile and image.mode in ("RGB", "CMYK", "L"):
        with suppress(ImageCms.PyCMSError, OSError):  # a profile that cannot be read is no reason to refuse
            image = in_srgb(image, profile)
    return image.convert("RGB")


def in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """The same colours, said in sRGB."""
    source = ImageCms.ImageCmsProfile(BytesIO(profile))
    if "sRGB" in ImageCms.getProfileDescription(source):
        return image
    turned = ImageCms.profileToProfile(image, source, SRGB, outputMode="RGB")
    return turned if turned is not None else image


def orientation(image: Image.Image) -> Image.Transpose | None:
    """How the picture must be turned to stand upright, by what the camera noted (EXIF 0x0112)."""
    try:
        noted = image.getexif().get(0x0112)
    except Exception:  # damaged notes: the picture itself may be sound
        return None
    turns = Image.Transpose
    return {
        2: turns.FLIP_LEFT_RIGHT,
        3: turns.ROTATE_180,
        4: turns.FLIP_TOP_BOTTOM,
        5: turns.TRANSPOSE,
        6: turns.ROTATE_270,
        7: turns.TRANSVERSE,
        8: turns.ROTATE_90,
    }.get(noted if isinstance(noted, int) else 1)


def jpeg(image: Image.Image, quality: int = QUALITY) -> bytes:
    """A plain JPEG of these pixels."""
    image.info = {}  # Pillow would write a comment found here
    out = BytesIO()
    image.save(out, "JPEG", quality=quality, subsampling="4:2:0")
    return out.getvalue()


def jpeg_within(image: Image.Image, most: int) -> bytes:
    """A plain JPEG of so many bytes at most, as good as they allow."""
    made = jpeg(image)
    for quality in LOWER:
        if len(made) <= most:
            break
        made = jpeg(image, quality)
    return made


def put_limits() -> None:
    """Cap memory and time, forbid files and further processes; be polite to the web process."""
    for what, limit in (
        (resource.RLIMIT_AS, address_space() + MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        _, allowed = resource.getrlimit(what)
        if allowed != resource.RLIM_INFINITY:
            limit = min(limit, allowed)  # noqa: PLW2901 - whoever runs the portal may be stricter
        resource.setrlimit(what, (limit, limit))
    os.nice(5)


def address_space() -> int:
    """What this process has mapped already, in bytes."""
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - one file, no need of pathlib
        return int(file.read().split()[0]) * resource.getpagesize()


def read(size: int) -> bytes:
    """Exactly so many bytes from the pipe; nothing if the other side has closed it."""
    data = bytearray()
    while len(data) < size:
        piece = os.read(STDIN, min(size - len(data), 1 << 20))
        if not piece:
            return b""
        data += piece
    return bytes(data)


def write(data: bytes) -> None:
    """All of it into the pipe."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(STDOUT, rest) :]


if __name__ == "__main__":
    main()
