"""The pages of the duty room."""

from portal.duty.routes import conflicts, leaders, shifts, today, week

ROUTES = [*today.ROUTES, *week.ROUTES, *leaders.ROUTES, *shifts.ROUTES, *conflicts.ROUTES]
