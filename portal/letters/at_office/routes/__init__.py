"""Routes of signing without an account."""

from portal.letters.at_office.routes.classes import CLASSES
from portal.letters.at_office.routes.device import DEVICE
from portal.letters.at_office.routes.papers import PAPERS

ROUTES = [*DEVICE, *PAPERS, *CLASSES]
