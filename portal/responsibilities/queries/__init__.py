"""Reading the dated rows that say who answers for what, and asking the rules about them."""

from portal.responsibilities.queries.answers import Categorised, answer_for, duty_of_category
from portal.responsibilities.queries.facts import facts_of_line, facts_of_org
from portal.responsibilities.queries.holders import Holders, holders_answering, holders_of_posts
from portal.responsibilities.queries.names import Names, PostName, names_for

__all__ = [
    "Categorised",
    "Holders",
    "Names",
    "PostName",
    "answer_for",
    "duty_of_category",
    "facts_of_line",
    "facts_of_org",
    "holders_answering",
    "holders_of_posts",
    "names_for",
]
