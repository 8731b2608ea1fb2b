"""The pages and acts of the people room."""

from portal.people.routes.appointments import APPOINTMENTS
from portal.people.routes.persons import PERSONS
from portal.people.routes.posts import POSTS
from portal.people.routes.schools import SCHOOLS

ROUTES = [*PERSONS, *POSTS, *APPOINTMENTS, *SCHOOLS]
