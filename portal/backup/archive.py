"""The backup file: a tar of tables, files and anchors, with a manifest of checksums at its end."""

import hashlib
import io
import json
import re
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

from portal.serving.words import Trouble

FORMAT = 1
PIECE = 1024 * 1024
_NAMES = re.compile(r"tables/[a-z][a-z0-9_]{0,62}\.jsonl|files/[0-9a-f]{64}|anchors/[A-Za-z0-9_.-]{1,100}")


@dataclass(frozen=True)
class Content:
    """What the manifest says of one member: size in bytes, SHA-256, and for a table its rows and last id."""

    size: int
    sha256: str
    rows: int = 0
    series: int = 0


@dataclass
class Manifest:
    """What is in a backup. `members` by name; `damaged` are files of the store that were broken already.

    `bucket` is where the files lay when they were not on this machine; then none of them is in it.
    """

    format: int
    made_at: str
    engine: str
    migrations: list[str]
    members: dict[str, Content] = field(default_factory=dict)
    damaged: list[str] = field(default_factory=list)
    bucket: str = ""

    def of(self, folder: str) -> dict[str, Content]:
        """The members of one folder, by the rest of their names."""
        return {
            name.removeprefix(f"{folder}/"): content
            for name, content in self.members.items()
            if name.startswith(f"{folder}/")
        }


class Writer:
    """Adds members; what it wrote is in the manifest by construction."""

    def __init__(self, tar: tarfile.TarFile, manifest: Manifest) -> None:
        self.tar = tar
        self.manifest = manifest

    def add(self, name: str, source: IO[bytes], *, rows: int = 0, series: int = 0) -> Content:
        """Adds what `source` holds from its present place to its end."""
        begin = source.tell()
        size = source.seek(0, io.SEEK_END) - begin
        source.seek(begin)
        counted = _Counted(source)
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        self.tar.addfile(member, counted)
        content = Content(size, counted.digest.hexdigest(), rows, series)
        self.manifest.members[name] = content
        return content

    def finish(self) -> None:
        """Writes the manifest and its own checksum."""
        text = json.dumps(asdict(self.manifest), ensure_ascii=False, indent=1).encode()
        for name, data in (
            ("manifest.json", text),
            ("manifest.sha256", hashlib.sha256(text).hexdigest().encode()),
        ):
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(data), 0o600
            self.tar.addfile(member, io.BytesIO(data))


class _Counted(io.RawIOBase):
    """Reads on, and digests what passes."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source = source
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self.source.read(size)
        self.digest.update(data)
        return data


@contextmanager
def writing(target: Path, manifest: Manifest) -> Iterator[Writer]:
    """A new file, whole or not there: it gets its name when all of it is on the disk."""
    part = target.with_name(target.name + ".part")
    try:
        with part.open("wb") as file:
            part.chmod(0o600)
            with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
                writer = Writer(tar, manifest)
                yield writer
                writer.finish()
            file.flush()
            sync(file)
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)


def sync(file: IO[bytes]) -> None:
    """Waits until the disk has it."""
    import os

    os.fsync(file.fileno())


def read(path: Path, *, into: Path | None = None) -> Manifest:
    """Checks every byte of a backup against its manifest; with `into`, its members are laid there as files.

    Nothing is trusted before the end: what is missing, too much, changed or cut is a `Trouble`.
    """
    found: dict[str, Content] = {}
    ends: dict[str, bytes] = {}
    try:
        with tarfile.open(path, mode="r:") as tar:
            for member in tar:
                source = tar.extractfile(member) if member.isfile() else None
                if source is None:
                    raise _broken(path, member.name)
                if member.name in ("manifest.json", "manifest.sha256"):
                    ends[member.name] = source.read(64 * PIECE)
                elif _NAMES.fullmatch(member.name) and member.name not in found:
                    found[member.name] = _take(source, into / member.name if into else None)
                else:
                    raise _broken(path, member.name)
    except (tarfile.TarError, EOFError) as error:
        raise _broken(path, str(error)) from None
    except FileNotFoundError:
        raise Trouble("backup.no_such_file", path=path) from None
    manifest = _manifest(path, ends)
    for name in sorted(manifest.members.keys() | found.keys()):
        wanted, here = manifest.members.get(name), found.get(name)
        if wanted is None or here is None or (wanted.size, wanted.sha256) != (here.size, here.sha256):
            raise _broken(path, name)
    for digest, content in manifest.of("files").items():
        if digest != content.sha256:
            raise _broken(path, f"files/{digest}")
    return manifest


def _take(source: IO[bytes], target: Path | None) -> Content:
    digest, size = hashlib.sha256(), 0
    if target is not None:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with target.open("wb") if target else io.BytesIO() as out:
        while piece := source.read(PIECE):
            digest.update(piece)
            size += len(piece)
            if target:
                out.write(piece)
        if target:
            target.chmod(0o600)
            out.flush()
            sync(out)
    return Content(size, digest.hexdigest())


def _manifest(path: Path, ends: dict[str, bytes]) -> Manifest:
    text = ends.get("manifest.json", b"")
    if hashlib.sha256(text).hexdigest().encode() != ends.get("manifest.sha256"):
        raise _broken(path, "manifest.json")
    try:
        raw = json.loads(text)
        if raw["format"] != FORMAT:
            raise Trouble("backup.newer_format", path=path)
        raw["members"] = {name: Content(**content) for name, content in raw["members"].items()}
        return Manifest(**raw)
    except (ValueError, KeyError, TypeError):
        raise _broken(path, "manifest.json") from None


def _broken(path: Path, what: str) -> Trouble:
    return Trouble("backup.broken", path=path, what=what, status=1)
