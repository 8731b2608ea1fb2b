"""The words of the check on the coverage page."""

from portal.core.provided import CheckWords
from portal.rendering.i18n import N_

LETTERS = CheckWords(N_("没有签好责任书的岗位"), N_("在岗的人都签好了责任书"), N_("看责任书"))
CARRIED = N_("{place} {title}")
