"""The PDF process, a program of its own: waits for documents on its standard input and answers on what was its output.

Frames both ways: one letter, the size in 4 bytes, the bytes. In: J (JSON: pieces, cpu_seconds, output, pixels, and
`extras` where it has some; or, instead of pieces, `alike`: one that has most of its words in common with others).
Out: R ready, P pieces set so far, D the PDF, N (JSON: code, params) no and why, E the same, and the process ends.
Its argument: memory in bytes.

Not forked for each document, as the photos' process is: newer pangos keep a thread, and a fork would lose it.
"""

import json
import os
import resource
import signal
import struct
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, NoReturn

BROKEN = 3  # the exit status after a failure: what such a document left behind is not trusted with the next
MAX_FRAME = 256 * 1024 * 1024
LOOK_SECONDS = 1.0


def main() -> None:
    """Ready, then one document after another until the other side closes."""
    source, target = os.dup(0), os.dup(1)
    os.dup2(2, 1)  # whatever a library prints is no answer
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    threading.Thread(target=end_with_parent, args=(os.getppid(),), daemon=True).start()
    try:
        from portal.rendering.pdf.typeset import Refused, Typesetter, Unprintable
    except (OSError, ImportError) as error:
        fail(target, "pdf.no_pango", library=_missing(error))
    try:
        typesetter = Typesetter()
    except Refused as refused:  # no mere Exception in WeasyPrint's family
        fail(target, refused.code, **refused.params)
    except Exception as error:
        fail(target, "pdf.not_ready", kind=type(error).__name__)
    limit_memory(int(sys.argv[1]))
    send(target, b"R")
    while (frame := receive(source)) is not None:
        job: dict[str, Any] = json.loads(frame)
        limit_cpu(int(job["cpu_seconds"]))
        try:
            pdf = _set(typesetter, job, told=lambda done: send(target, b"P", struct.pack(">I", done)))
            if len(pdf) > job["output"]:
                raise Unprintable("pdf.too_big", limit=job["output"] // 1024**2)
        except Unprintable as error:  # a plain no: nothing is left behind
            send(target, b"N", told_as(error.code, error.params))
            continue
        except RecursionError:
            fail(target, "pdf.too_deep")
        except MemoryError:
            fail(target, "pdf.too_much_memory")
        except Exception as error:
            fail(target, "pdf.broken", kind=type(error).__name__)
        send(target, b"D", pdf)


def _set(typesetter: Any, job: dict[str, Any], *, told: Callable[[int], None]) -> bytes:
    if "alike" in job:
        made = typesetter.printed(job["alike"], job["extras"], pixels=job["pixels"])
        head = json.dumps(made.pages).encode()
        return struct.pack(">I", len(head)) + head + bytes(made.pdf)
    pdf: bytes = typesetter.pdf_of(job["pieces"], pixels=job["pixels"], told=told, extras=job.get("extras"))
    return pdf


def limit_memory(more: int) -> None:
    """So much address space beyond what is in use now."""
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - before anything else is imported
        used = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (used + more, used + more))


def limit_cpu(seconds: int) -> None:
    """The kernel ends the process after so many seconds of computing from now."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds + 1, resource.RLIM_INFINITY))


def end_with_parent(parent: int) -> None:
    """The portal may be killed in the middle of a document: nobody would read it."""
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)


def fail(target: int, code: str, **params: Any) -> NoReturn:
    """Says why, and ends."""
    try:
        send(target, b"E", told_as(code, params))
    finally:
        os._exit(BROKEN)


def told_as(code: str, params: dict[str, Any]) -> bytes:
    """A reason as it goes over the pipe."""
    return json.dumps({"code": code, "params": params}).encode()


def send(target: int, kind: bytes, data: bytes = b"") -> None:
    """Writes one frame."""
    rest = memoryview(kind + struct.pack(">I", len(data)) + data)
    while rest:
        rest = rest[os.write(target, rest) :]


def receive(source: int) -> bytes | None:
    """Reads one frame; None when the other side has closed."""
    head = read(source, 5)
    if head is None:
        return None
    kind, size = head[:1], struct.unpack(">I", head[1:])[0]
    if kind != b"J" or size > MAX_FRAME:
        return None
    return read(source, size)


def read(source: int, size: int) -> bytes | None:
    """So many bytes, or None when there are not so many."""
    data = bytearray()
    while len(data) < size:
        piece = os.read(source, min(size - len(data), 1 << 20))
        if not piece:
            return None
        data += piece
    return bytes(data)


def _missing(error: Exception) -> str:
    """The library that could not be loaded, as far as the message names it."""
    text = str(error)
    known = ("harfbuzz", "pangoft2", "pango", "gobject", "fontconfig", "weasyprint")
    return next((name for name in known if name in text), type(error).__name__)


if __name__ == "__main__":
    main()
