"""The addresses of this room."""

from litestar.types import ControllerRouterHandler

from portal.coverage.routes.coverage import COVERAGE
from portal.coverage.routes.maps import MAPS

ROUTES: list[ControllerRouterHandler] = [*COVERAGE, *MAPS]
