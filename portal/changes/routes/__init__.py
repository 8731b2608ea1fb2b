"""The pages and acts of personnel change."""

from portal.changes.routes.changes import CHANGES
from portal.changes.routes.handovers import HANDOVERS
from portal.changes.routes.wizard import WIZARD
from portal.changes.routes.years import YEARS

ROUTES = [*WIZARD, *CHANGES, *HANDOVERS, *YEARS]
