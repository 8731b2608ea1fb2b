"""The pages and acts of letters."""

from portal.letters.routes.acts import ACTS
from portal.letters.routes.at_once import AT_ONCE
from portal.letters.routes.keys import KEYS
from portal.letters.routes.pages import PAGES
from portal.letters.routes.passkeys import PASSKEYS
from portal.letters.routes.revoking import REVOKING
from portal.letters.routes.rounds import ROUNDS
from portal.letters.routes.stamps import STAMPS
from portal.letters.wordings.routes import ROUTES as WORDINGS

ROUTES = [*WORDINGS, *ROUNDS, *PAGES, *ACTS, *STAMPS, *REVOKING, *AT_ONCE, *KEYS, *PASSKEYS]
