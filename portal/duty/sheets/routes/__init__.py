"""The sheet of a month, the page of screens, and what a screen shows."""

from portal.duty.sheets.routes import month, screens, wall

ROUTES = [*month.ROUTES, *screens.ROUTES, *wall.ROUTES]
