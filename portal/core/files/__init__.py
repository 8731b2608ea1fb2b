"""Files, kept by what they hold: the name of a file is the SHA-256 of its bytes.

Photos live here now, sealed letters later. The row that refers to a file keeps its digest, size and media
type; the store keeps bytes and nothing else, so that a bucket can take the folder's place one day.
"""

from portal.core.files.folder import FolderStore
from portal.core.files.store import FileStore, StoredFile, digest_of, remove_orphans

__all__ = ["FileStore", "FolderStore", "StoredFile", "digest_of", "remove_orphans"]
