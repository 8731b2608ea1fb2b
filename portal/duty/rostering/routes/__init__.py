"""The pages of rosters."""

from portal.duty.rostering.routes import briefs, rosters

ROUTES = [*briefs.ROUTES, *rosters.ROUTES]
