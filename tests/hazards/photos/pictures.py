"""Pictures as phones, joiners and attackers make them. Small ones, so that the tests stay quick."""

import struct
import zlib
from io import BytesIO

import piexif
from PIL import Image

RED, GREEN, BLUE, WHITE = (200, 0, 0), (0, 160, 0), (0, 0, 200), (255, 255, 255)
CORNERS = (RED, GREEN, BLUE, WHITE)  # top left, top right, bottom left, bottom right


def flag(width: int = 320, height: int = 240) -> Image.Image:
    """Four quarters of four colours: whoever turns it, it shows."""
    image = Image.new("RGB", (2, 2))
    image.putdata(CORNERS)
    return image.resize((width, height), Image.Resampling.NEAREST)


def saved(image: Image.Image, kind: str = "JPEG", **how) -> bytes:
    out = BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def phone_photo(width: int = 320, height: int = 240, *, orientation: int = 1) -> bytes:
    """A JPEG that tells where it was taken, by which phone of which number, and how it was held."""
    exif = piexif.dump(
        {
            "0th": {
                piexif.ImageIFD.Orientation: orientation,
                piexif.ImageIFD.Make: b"HUAWEI-SECRET",
                piexif.ImageIFD.ImageDescription: b"secret words",
            },
            "Exif": {
                piexif.ExifIFD.BodySerialNumber: b"SERIAL-4711",
                piexif.ExifIFD.DateTimeOriginal: b"2026:11:22 10:00:00",
            },
            "GPS": {
                piexif.GPSIFD.GPSLatitudeRef: b"N",
                piexif.GPSIFD.GPSLatitude: ((30, 1), (15, 1), (42, 1)),
                piexif.GPSIFD.GPSLongitudeRef: b"E",
                piexif.GPSIFD.GPSLongitude: ((120, 1), (9, 1), (7, 1)),
            },
        }
    )
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">SECRET-XMP</x:xmpmeta>'
    return saved(flag(width, height), exif=exif, xmp=xmp, comment=b"SECRET-COMMENT", quality=90)


def corners(image: Image.Image) -> tuple[str, ...]:
    """The names of the colours in the four corners, in the order of `CORNERS`."""
    x, y = image.width - 8, image.height - 8
    return tuple(_name(image.getpixel(at)) for at in ((8, 8), (x, 8), (8, y), (x, y)))


def _name(pixel) -> str:
    names = {"red": RED, "green": GREEN, "blue": BLUE, "white": WHITE}
    return min(names, key=lambda name: sum((a - b) ** 2 for a, b in zip(pixel, names[name], strict=True)))


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, *, rows: int | None = None, before: bytes = b"") -> bytes:
    """A black grey-scale PNG of any size in a few KB; `rows` of data when it does not hold what it says."""
    packer = zlib.compressobj(9)
    line = bytes(1 + width)
    data = b"".join(packer.compress(line) for _ in range(height if rows is None else rows)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + before + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def animation(kind: str, frames: int = 30) -> bytes:
    pictures = [Image.new("RGB", (40, 30), (number % 256, 0, 0)) for number in range(frames)]
    return saved(pictures[0], kind, save_all=True, append_images=pictures[1:], duration=10)


def long_gif(frames: int) -> bytes:
    """A GIF of one pixel and very many frames."""
    frame = b"\x21\xf9\x04\x00\x01\x00\x00\x00\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00"
    return b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00" + frame * frames + b";"


def with_size(jpeg: bytes, width: int, height: int) -> bytes:
    """The same JPEG, whose header lies about its size."""
    at = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:at] + struct.pack(">HH", height, width) + jpeg[at + 4 :]


def heic(brand: bytes = b"heic") -> bytes:
    return struct.pack(">I", 24) + b"ftyp" + brand + b"\0\0\0\0mif1heic" + bytes(200)
