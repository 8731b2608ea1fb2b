"""What the tests of sealing stand on: a small letter with fields, a school with its authority, a time-stamp server."""

import io
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from portal.letters.sealing import (
    Authority,
    Cost,
    Expected,
    ExpectedSigner,
    NewKey,
    Registered,
    SealKey,
    Secret,
    Signed,
    Signing,
    Stamp,
    Strokes,
    TimeStamping,
    extend,
    facts_of,
    issue_certificate,
    make_authority,
    make_seal,
    new_key,
    revocation_list,
    sign,
    sign_with_seal,
)
from portal.letters.sealing.plain import Appearance

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SCHOOL = "安网示范学校"
QUICK = Cost(memory=64, time=1)  # the real cost is measured in a test of its own
SECRET = Secret.passphrase("a stone bridge over quiet water")
INK = Appearance(Strokes((((0, 0), (30, 12), (60, 3), (90, 18)), ((10, 20), (80, 22)))), "2026-11-23 10:00")
MARK = Appearance(Stamp(SCHOOL, "电子印章"), "2026-11-23 10:00")


@cache
def unsigned(people: int = 2, number: str = "安责〔2026〕7号", body: str = "双方订立本责任书。") -> bytes:
    """A page with a number, an attached copy, and empty fields: party_1 …, seal."""
    from weasyprint import HTML, Attachment

    copy = Attachment(string=json.dumps({"number": number}), name="letter.json")
    html = f"<style>@page {{ size: A4 }}</style><h1>{number}</h1><p>{body}</p>" + "<p>第一条 职责。</p>" * 8
    pdf = HTML(string=html).write_pdf(attachments=[copy])
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    names = [f"party_{turn}" for turn in range(1, people + 1)] + ["seal"]
    for place, name in enumerate(names):
        x, y = 60 + 165 * (place % 3), 180 - 80 * (place // 3)
        append_signature_field(writer, SigFieldSpec(name, box=(x, y, x + 150, y + 60)))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@dataclass
class Signer:
    """A person with a key."""

    name: str
    key: NewKey
    certificate: str
    secret: Secret = SECRET

    @property
    def serial(self) -> str:
        return facts_of(self.certificate).serial


@dataclass
class School:
    """An authority, a seal, people who sign, a list of nobody taken back."""

    authority: Authority
    seal: SealKey
    people: list[Signer]
    revocations: bytes
    at: datetime = START

    @property
    def chain(self) -> tuple[str, ...]:
        return (self.authority.certificate,)


async def make_school(people: int = 2, *, at: datetime = START, lives: timedelta = timedelta(days=365)) -> School:
    authority = make_authority(SCHOOL, at=at)
    seal = make_seal(authority, name=f"{SCHOOL} 单位电子印章", school=SCHOOL, at=at, lives=lives)
    signers = []
    for turn in range(1, people + 1):
        key = await new_key(SECRET, cost=QUICK)
        name = f"教师{turn:03}"
        certificate = issue_certificate(authority, key.public, name=name, school=SCHOOL, at=at, lives=lives)
        signers.append(Signer(name, key, certificate))
    return School(authority, seal, signers, revocation_list(authority, [], number=1, at=at), at)


@dataclass
class Letter:
    """A letter's stages, as the register would keep them."""

    number: str
    draft: bytes = b""
    stages: list[Registered] = field(default_factory=list)
    files: list[bytes] = field(default_factory=list)
    levels: list[str] = field(default_factory=list)
    signers: list[ExpectedSigner] = field(default_factory=list)

    def add(self, stage: str, signed: Signed, *, final: bool = False) -> bytes:
        self.stages.append(Registered(signed.digest, stage, final))
        self.files.append(signed.pdf)
        self.levels.append(signed.level)
        return signed.pdf

    def expected(self, school: School, server: "TimeServer | None" = None) -> Expected:
        return Expected(
            registered=tuple(self.stages),
            signers=tuple(self.signers),
            number=self.number,
            authorities=school.chain,
            time_authorities=(server.root,) if server else (),
            revocations=(school.revocations,),
        )


async def sign_as(
    school: School, pdf: bytes, turn: int, *, server: "TimeServer | None" = None, at: datetime | None = None, **more
) -> Signed:
    signer = school.people[turn - 1]
    signing = Signing(
        pdf,
        **({"field": f"party_{turn}", "certify": turn == 1, "appearance": INK} | more),
        at=at or school.at,
        reason="签署责任书",
        place=SCHOOL,
        time_stamping=server.stamping if server else None,
    )
    return await sign(
        signing, wrapped=signer.key.wrapped, secret=signer.secret, certificate=signer.certificate, chain=school.chain
    )


async def seal_it(
    school: School, pdf: bytes, *, server: "TimeServer | None" = None, at: datetime | None = None, **more
) -> Signed:
    signing = Signing(
        pdf,
        **({"field": "seal", "lock": True, "appearance": MARK} | more),
        at=at or school.at,
        time_stamping=server.stamping if server else None,
        revocations=(school.revocations,),
    )
    return await sign_with_seal(signing, seal=school.seal, chain=school.chain)


async def make_letter(
    school: School,
    people: int = 2,
    *,
    server: "TimeServer | None" = None,
    number: str = "安责〔2026〕7号",
    extended: bool = True,
    body: str = "双方订立本责任书。",
) -> Letter:
    """Signed by so many people, sealed, and (with a server) extended."""
    pdf = unsigned(people, number, body)
    letter = Letter(number, pdf)
    for turn in range(1, people + 1):
        pdf = letter.add(f"signed_{turn}", await sign_as(school, pdf, turn, server=server))
        letter.signers.append(ExpectedSigner(f"party_{turn}", school.people[turn - 1].serial))
    pdf = letter.add("sealed", await seal_it(school, pdf, server=server), final=True)
    letter.signers.append(ExpectedSigner("seal", facts_of(school.seal.certificate).serial))
    if server and extended:
        letter.add("extended", await lift(school, pdf, server), final=True)
    return letter


async def lift(school: School, pdf: bytes, server: "TimeServer", *, revocations: Sequence[bytes] = ()) -> Signed:
    return await extend(
        pdf,
        authorities=school.chain,
        revocations=(*(revocations or (school.revocations,)), server.revocations),
        time_stamping=server.stamping,
        at=school.at,
    )


class TimeServer:
    """A time-stamp server with an authority of its own. RSA: pyHanko's stamper, which does the work, knows no other."""

    def __init__(self, *, at: datetime = START, lives: timedelta = timedelta(days=1200)) -> None:
        self.at: datetime = at
        self.is_down = False
        self.asked = 0
        self._authority = _time_authority(START)
        self.key, leaf = _time_leaf(self._authority, at, lives)
        root = self._authority[1]
        self.root = root.public_bytes(Encoding.PEM).decode()
        key_der = self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        self._stamper = DummyTimeStamper(
            asn1_x509.Certificate.load(leaf.public_bytes(Encoding.DER)), asn1_keys.PrivateKeyInfo.load(key_der)
        )
        self.url = ""

    @property
    def stamping(self) -> TimeStamping:
        return TimeStamping(self.url, (self.root,), seconds=3.0)

    @property
    def revocations(self) -> bytes:
        """The list of its authority: nobody taken back."""
        key, root = self._authority
        made = x509.CertificateRevocationListBuilder().issuer_name(root.subject)
        made = made.last_update(self.at - timedelta(minutes=1)).next_update(self.at + timedelta(days=60))
        return made.sign(key, SHA256()).public_bytes(Encoding.DER)

    def also_send(self, certificates: Sequence[str]) -> None:
        """From now on each stamp brings these along."""
        ders = [x509.load_pem_x509_certificate(one.encode()).public_bytes(Encoding.DER) for one in certificates]
        self._stamper.certs_to_embed = [asn1_x509.Certificate.load(der) for der in ders]

    def answer(self, question: bytes) -> bytes:
        self.asked += 1
        self._stamper.fixed_dt = self.at
        return self._stamper.request_tsa_response(tsp.TimeStampReq.load(question)).dump()


@contextmanager
def serving(server: TimeServer) -> Iterator[TimeServer]:
    """The server on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = self.rfile.read(int(self.headers["Content-Length"]))
            if server.is_down:
                self.send_error(503)
                return
            body = server.answer(question)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing is said."""

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{httpd.server_port}/"
    thread = threading.Thread(target=httpd.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        httpd.shutdown()
        httpd.server_close()
        thread.join()


@cache
def _time_authority(at: datetime) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "time authority")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(at - timedelta(days=400))
        .not_valid_after(at + timedelta(days=365 * 30))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )
    return key, made


def _time_leaf(
    authority: tuple[ec.EllipticCurvePrivateKey, x509.Certificate], at: datetime, lives: timedelta
) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"time server of {at.year}")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(authority[1].subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + lives)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority[0].public_key()), critical=False)
        .sign(authority[0], SHA256())
    )
    return key, made
