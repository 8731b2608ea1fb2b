import sys
from importlib.util import find_spec

# Libraries take these where they find them, and we use neither: 17 MB in every process.
sys.modules.setdefault("rich", None)  # type: ignore[arg-type]  # structlog: coloured tracebacks, never printed
sys.modules.setdefault("pydantic", None)  # type: ignore[arg-type]  # Litestar: models of a kind that no handler has

# Piccolo loads the driver of PostgreSQL to know its kind of UUID, which no table of ours has: 4 MB where SQLite serves.
# Not where setting up begins: there is no library yet.
if "asyncpg" not in sys.modules and find_spec("piccolo"):
    sys.modules["asyncpg"] = None  # type: ignore[assignment]
    import piccolo.querystring  # noqa: F401

    del sys.modules["asyncpg"]
