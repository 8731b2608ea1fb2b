"""Reading the dated rows that say who answers for what, and asking the rules about them."""

from portal.responsibilities.queries.answers import Categorised, answer_for, duty_of_category
from portal.responsibilities.queries.at_once import AskedCategory, facts_of_category
from portal.responsibilities.queries.facts import facts_of_line, facts_of_lines, facts_of_org
from portal.responsibilities.queries.holders import Holders, answers_of_grids, holders_answering, holders_of_posts
from portal.responsibilities.queries.names import Names, PostName, names_for
from portal.responsibilities.queries.offices import answering_for_offices

__all__ = [
    "AskedCategory",
    "Categorised",
    "Holders",
    "Names",
    "PostName",
    "answer_for",
    "answering_for_offices",
    "answers_of_grids",
    "duty_of_category",
    "facts_of_category",
    "facts_of_line",
    "facts_of_lines",
    "facts_of_org",
    "holders_answering",
    "holders_of_posts",
    "names_for",
]
