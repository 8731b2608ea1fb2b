"""The pages and acts of the responsibilities room."""

from portal.responsibilities.routes.items import ITEMS
from portal.responsibilities.routes.lists import LISTS
from portal.responsibilities.routes.mappings import MAPPINGS
from portal.responsibilities.routes.matrix import MATRIX
from portal.responsibilities.routes.proposals import PROPOSALS
from portal.responsibilities.routes.row import ROWS
from portal.responsibilities.routes.sheets import SHEETS

ROUTES = [*MATRIX, *ROWS, *PROPOSALS, *SHEETS, *LISTS, *ITEMS, *MAPPINGS]
