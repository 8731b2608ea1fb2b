"""The pages and acts of the grids room."""

from portal.grids.routes.editing import EDITING
from portal.grids.routes.kinds import KINDS
from portal.grids.routes.reading import READING

ROUTES = [*READING, *EDITING, *KINDS]
