"""The pages and acts of taking over, signing off, and the log of duty."""

from portal.duty.watching.routes import handovers, log

ROUTES = [*handovers.ROUTES, *log.ROUTES]
