"""The sealing process, a program of its own: signs and checks PDFs within limits, one piece of work after another.

It speaks the frames of `portal.rendering.pdf.process`; a frame holds what `portal.letters.sealing.pipe` packs, after
the seconds of processor that it may take. A signer's secret comes in such a frame, is used, and is forgotten: it stands
on no command line, in no environment and in no log. Nothing that pyHanko prints or logs goes anywhere.

Its argument: memory in bytes.
"""

import asyncio
import gc
import logging
import os
import resource
import struct
import sys
import threading
import warnings
from typing import Any

from portal.letters.sealing.pipe import packed, unpacked
from portal.letters.sealing.plain import (
    Answers,
    Check,
    Extend,
    Key,
    MakeKey,
    NewKey,
    SignAll,
)
from portal.letters.sealing.wrapping import SealingFailed, unwrap_key, wrap_key
from portal.rendering.pdf.process import end_with_parent, fail, limit_cpu, limit_memory, receive, send, told_as


def main() -> None:
    """Ready, then one piece of work after another until the other side closes."""
    source, target = os.dup(0), os.dup(1)
    os.dup2(2, 1)  # whatever a library prints is no answer
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core would hold a key
    threading.Thread(target=end_with_parent, args=(os.getppid(),), daemon=True).start()
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    from portal.letters.sealing import checking, signing  # the costly part, before the memory is limited

    assert checking and signing
    gc.collect()
    gc.freeze()  # what was loaded stays: each later collection looks at what the work left behind, and at nothing else
    limit_memory(int(sys.argv[1]))
    send(target, b"R")
    while (frame := receive(source)) is not None:
        (seconds,) = struct.unpack_from(">I", frame)
        limit_cpu(seconds)
        try:
            answer = packed(asyncio.run(_done(unpacked(frame[4:]))))
        except SealingFailed as refused:  # a plain no: nothing is left behind
            send(target, b"N", told_as(refused.code, refused.params))
            continue
        except RecursionError:
            fail(target, "sealing.too_deep")
        except MemoryError:
            fail(target, "sealing.too_much_memory")
        except Exception as error:
            fail(target, "sealing.broken", kind=type(error).__name__)
        del frame
        send(target, b"D", answer)
        gc.collect()


async def _done(asked: Any) -> Any:
    from portal.letters.sealing import checking, signing

    match asked:
        case SignAll():
            return Answers(tuple(await signing.sign_all(asked, _opened(asked.key))))
        case Extend():
            return await signing.extend(asked)
        case Check():
            return await checking.check(asked)
        case MakeKey():
            return _made(asked)
    raise ValueError("nothing that is done here")


def _opened(key: Key) -> bytes:
    if key.bare is not None:
        return key.bare
    assert key.wrapped is not None and key.secret is not None
    return unwrap_key(key.wrapped, key.secret)


def _made(asked: MakeKey) -> NewKey:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
        PublicFormat,
        load_der_private_key,
    )

    if asked.kept is None:
        key: Any = ec.generate_private_key(ec.SECP256R1())
    else:
        key = load_der_private_key(_opened(asked.kept), password=None)
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return NewKey(public, wrap_key(private, asked.secret, cost=asked.cost))


if __name__ == "__main__":
    main()
