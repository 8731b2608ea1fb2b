"""What Piccolo's own commands ask for.

That is the engine that is open, and the one app whose migrations stand in `migrations/`.
"""

from typing import Any

from piccolo.conf.apps import AppRegistry

APP_REGISTRY = AppRegistry(apps=["portal.piccolo_app"])


def __getattr__(name: str) -> Any:
    if name == "DB":
        from portal.core.database import engine

        return engine()
    raise AttributeError(name)
