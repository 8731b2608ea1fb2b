"""Files, kept by what they hold: the name of a file is the SHA-256 of its bytes.

The row that refers to a file keeps its digest, size and media type; the store keeps bytes and nothing else. It is a
folder of this machine, or a bucket that several machines share; `store_of(settings)` says which.
"""

from portal.core.files.choosing import store_of
from portal.core.files.folder import FolderStore
from portal.core.files.store import FileStore, StoredFile, digest_of, remove_orphans

__all__ = ["FileStore", "FolderStore", "StoredFile", "digest_of", "remove_orphans", "store_of"]
