"""For developers: writes the next migration from the difference between the tables and the chain.

Review what it wrote.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from piccolo.apps.migrations.commands.new import new

from portal.core.database import close_database, open_database


async def _write(description: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        await open_database(f"sqlite:///{Path(folder) / 'empty.sqlite'}")
        await new("anwang", auto=True, desc=description)
        await close_database()


if __name__ == "__main__":
    asyncio.run(_write(" ".join(sys.argv[1:])))
