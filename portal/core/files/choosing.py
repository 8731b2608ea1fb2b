"""Which store this portal keeps its files in: the one place that decides it."""

from functools import lru_cache
from typing import TYPE_CHECKING

from portal.core.files.folder import FolderStore
from portal.core.files.store import FileStore
from portal.settings import Settings, bucket_of, read_files_key

if TYPE_CHECKING:
    from portal.core.files.bucket import BucketStore


def store_of(settings: Settings) -> FileStore:
    """The folder of this machine, or the bucket that is set."""
    if settings.files_url is None:
        return FolderStore(settings.files)
    return _bucket_store(settings.files_url, settings.files_key or "")


@lru_cache(maxsize=4)
def _bucket_store(url: str, key: str) -> "BucketStore":
    """One for the process: its connections stay open. A new key in the key's file needs a restart."""
    from portal.core.files.bucket import BucketStore  # its client is loaded only where it is needed

    return BucketStore(bucket_of(url), read_files_key(key))
