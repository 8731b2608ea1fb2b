"""The pages of wordings and chains."""

from portal.letters.wordings.routes.chains import CHAINS
from portal.letters.wordings.routes.wordings import WORDINGS

ROUTES = [*WORDINGS, *CHAINS]
