"""What signing costs, against pyHanko's stock way in the same run; what it adds to a file; what the process holds."""

import asyncio
import io
import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from portal.letters.sealing import COST, Secret, check, new_key, shutdown, unwrap_key, wrap_key
from portal.letters.sealing.plain import Key, SignAll, Signing
from portal.letters.sealing.room import pids
from portal.letters.sealing.signing import sign_all
from tests.letters.sealing_kit import INK, START, TimeServer, make_letter, make_school, serving, unsigned

pytestmark = pytest.mark.bench
ROUNDS = 30
MB = 1024 * 1024


def test_a_guess_at_a_passphrase_is_costly_and_signing_is_not_slow():
    began = time.perf_counter()
    secret = Secret.passphrase("a stone bridge over quiet water")
    kept = wrap_key(b"a key", secret)
    wrapping = time.perf_counter() - began
    unwrap_key(kept, secret)
    print(f"\nargon2id {COST.memory // 1024} MiB × {COST.time}: {wrapping * 1000:.0f} ms a guess")
    assert 0.1 < wrapping < 3


async def test_a_signature_is_three_times_as_fast_as_the_stock_way():
    school = await make_school(2)
    who, draft = school.people[0], unsigned(2)
    key = unwrap_key(who.key.wrapped, who.secret)
    signing = Signing(draft, "party_1", START, certify=True, appearance=INK)

    async def ours() -> bytes:
        (done,) = await sign_all(SignAll(Key(bare=key), who.certificate, school.chain, (signing,)), key)
        return done.pdf

    stock = stock_signer()

    async def theirs() -> bytes:
        writer, out = IncrementalPdfFileWriter(io.BytesIO(draft)), io.BytesIO()
        meta = PdfSignatureMetadata(field_name="party_1", certify=True)
        await PdfSigner(meta, stock).async_sign_pdf(writer, output=out)
        return out.getvalue()

    seconds = {}
    for name, way in (("stock", theirs), ("ours", ours)):
        grown = len(await way()) - len(draft)
        began = time.process_time()
        for _ in range(ROUNDS):
            await way()
        seconds[name] = (time.process_time() - began) / ROUNDS
        print(f"\n{name}: {seconds[name] * 1000:.1f} ms a signature, {grown} bytes", end="")
    shutdown()
    print(f", {seconds['stock'] / seconds['ours']:.1f} times as fast")
    assert seconds["ours"] * 3 <= seconds["stock"]


def stock_signer() -> SimpleSigner:
    """As the tutorial has it: RSA 2048, parsed again at each signature, room estimated by a trial signature."""
    from asn1crypto import keys
    from asn1crypto import x509 as asn1_x509

    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "stock")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(START)
        .not_valid_after(START + timedelta(days=9))
        .sign(key, SHA256())
    )
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    certificate = asn1_x509.Certificate.load(made.public_bytes(Encoding.DER))
    return SimpleSigner(certificate, keys.PrivateKeyInfo.load(der), SimpleCertificateStore())


def held_by(pid: int) -> int:
    """Bytes of memory that a process has in hand."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def test_what_is_added_and_what_the_processes_hold():
    school = await make_school(2)
    with serving(TimeServer()) as server:
        began = time.perf_counter()
        letters = [await make_letter(school, 2, server=server) for _ in range(10)]
        each = (time.perf_counter() - began) / 10
        letter = letters[-1]
        grown = [
            len(after) - len(before) for before, after in zip([letter.draft, *letter.files], letter.files, strict=False)
        ]
        began = time.perf_counter()
        for one in letters:
            assert (await check(one.files[-1], one.expected(school, server), at=START + timedelta(hours=1))).is_green
        checking = (time.perf_counter() - began) / 10
    held = {side: [held_by(pid) // MB for pid in pids(side)] for side in ("signing", "checking")}
    print(
        f"\ntwo people, seal, extension: {each * 1000:.0f} ms; a check {checking * 1000:.0f} ms; grown {grown}; MB {held}"
    )
    shutdown()
    assert sum(grown) < 60_000
    assert all(size < 160 for sizes in held.values() for size in sizes)


async def test_a_real_secret_from_the_question_to_the_signature():
    secret = Secret.passphrase("a stone bridge over quiet water")
    await new_key(secret)
    began = time.perf_counter()
    await new_key(secret)
    print(f"\na key under a real secret: {(time.perf_counter() - began) * 1000:.0f} ms")
    (pid,) = pids("signing")
    peak = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    print(peak, os.cpu_count(), "cores")
    shutdown()
    assert asyncio.get_running_loop()
