"""The two commands."""

import os
import time
from pathlib import Path

from portal.backup.archive import Manifest, read
from portal.serving.folder import own_folder, prepare_folder
from portal.serving.words import Trouble, say
from portal.settings import Settings


async def backup(settings: Settings, file: str) -> int:
    """Writes FILE.tar, reads it back, and says how the key file is kept.

    Status 1 when files of the store were damaged.
    """
    from portal.backup.making import make_backup

    target, begun = Path(os.path.abspath(file)), time.monotonic()  # noqa: PTH100
    try:
        await make_backup(settings, target)
    except OSError as error:
        raise Trouble("folder.not_writable", path=target, why=error.strerror or error, status=1) from None
    manifest = read(target)
    say("backup.done", path=target, seconds=f"{time.monotonic() - begun:.1f}", **_figures(manifest))
    say("backup.key", key=settings.key_file)
    if manifest.bucket:
        say("backup.files_in_bucket", place=manifest.bucket)
    if manifest.damaged:
        say("backup.damaged_files", count=len(manifest.damaged), digests=" ".join(manifest.damaged[:5]))
    return 1 if manifest.damaged else 0


async def restore(settings: Settings, file: str) -> int:
    """Restores FILE.tar into the empty folder and database that the settings name."""
    from portal.backup.restoring import restore_backup

    prepare_folder(settings)
    lock, begun = own_folder(settings.data), time.monotonic()
    try:
        manifest = await restore_backup(settings, Path(file))
    finally:
        os.close(lock)
    say("restore.done", path=settings.data, seconds=f"{time.monotonic() - begun:.1f}", **_figures(manifest))
    if manifest.damaged:
        say("backup.damaged_files", count=len(manifest.damaged), digests=" ".join(manifest.damaged[:5]))
    if manifest.bucket:
        say("restore.files_in_bucket", place=manifest.bucket)
    elif settings.bucket is not None and manifest.of("files"):
        say("restore.copy_files")
    if not settings.key_file.exists():
        say("restore.key", key=settings.key_file)
    return 0


def _figures(manifest: Manifest) -> dict[str, object]:
    tables = manifest.of("tables").values()
    return {
        "made_at": manifest.made_at,
        "tables": len(tables),
        "rows": sum(table.rows for table in tables),
        "files": len(manifest.of("files")),
        "megabytes": f"{sum(content.size for content in manifest.members.values()) / 1e6:.1f}",
    }
