"""The pages and acts of letters."""

from portal.letters.routes.acts import ACTS
from portal.letters.routes.keys import KEYS
from portal.letters.routes.pages import PAGES
from portal.letters.routes.revoking import REVOKING
from portal.letters.routes.rounds import ROUNDS

ROUTES = [*ROUNDS, *PAGES, *ACTS, *REVOKING, *KEYS]
