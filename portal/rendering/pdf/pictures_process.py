"""The process that draws the pages of our own PDFs: the frames of `portal.rendering.pdf.process`.

In: J (JSON: pdf in base64, width, pages, cpu_seconds). Out: D, each picture behind its size in 4 bytes.
"""

import base64
import io
import json
import os
import resource
import sys
import threading
from importlib import import_module
from typing import Any

from PIL import Image

from portal.rendering.pdf.process import (
    end_with_parent,
    fail,
    limit_cpu,
    limit_memory,
    receive,
    send,
    told_as,
)

COLOURS = 16  # greys of the text, blues of the ink and reds of the seal: two thirds of the size of all greys


def main() -> None:
    """Ready, then one file after another until the other side closes."""
    source, target = os.dup(0), os.dup(1)
    os.dup2(2, 1)  # whatever a library prints is no answer
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    threading.Thread(target=end_with_parent, args=(os.getppid(),), daemon=True).start()
    try:
        pypdfium2: Any = import_module("pypdfium2")
    except (OSError, ImportError):
        fail(target, "pdf.no_pictures")
    limit_memory(int(sys.argv[1]))
    send(target, b"R")
    while (frame := receive(source)) is not None:
        job: dict[str, Any] = json.loads(frame)
        limit_cpu(int(job["cpu_seconds"]))
        try:
            packed = drawn(pypdfium2, base64.b64decode(job["pdf"]), int(job["width"]), int(job["pages"]))
        except pypdfium2.PdfiumError:
            send(target, b"N", told_as("pdf.picture_broken", {}))
            continue
        except MemoryError:
            fail(target, "pdf.too_much_memory")
        except Exception as error:
            fail(target, "pdf.broken", kind=type(error).__name__)
        send(target, b"D", packed)


def drawn(pdfium: Any, pdf: bytes, width: int, most: int) -> bytes:
    """Every page in so many pixels, what stands in its signature fields included."""
    packed = []
    document = pdfium.PdfDocument(pdf)
    try:
        document.init_forms()
        for number in range(min(len(document), most)):
            page = document[number]
            bitmap = page.render(scale=width / page.get_width(), may_draw_forms=True)
            picture = bitmap.to_pil().convert("RGB").quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=0)
            out = io.BytesIO()
            picture.convert("RGB").save(out, "WEBP", lossless=True, method=4)  # two thirds of a PNG
            packed.append(len(out.getvalue()).to_bytes(4, "big") + out.getvalue())
            bitmap.close()
            page.close()
    finally:
        document.close()
    return b"".join(packed)


if __name__ == "__main__":
    main()
