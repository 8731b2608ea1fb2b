import sys

# structlog takes `rich` where it finds it, for coloured tracebacks that we do not print: megabytes in every process.
sys.modules.setdefault("rich", None)  # type: ignore[arg-type]
