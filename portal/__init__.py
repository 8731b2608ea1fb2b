import sys

# Libraries take these where they find them, and we use neither: 17 MB in every process.
sys.modules.setdefault("rich", None)  # type: ignore[arg-type]  # structlog: coloured tracebacks, never printed
sys.modules.setdefault("pydantic", None)  # type: ignore[arg-type]  # Litestar: models of a kind that no handler has
