"""The English catalogue is complete, fresh and compiled."""

import pytest

from portal.rendering.i18n import LANGUAGES, SOURCE
from portal.rendering.messages import faults


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != SOURCE])
def test_every_message_is_translated(language):
    said = faults(language)
    remedy = "python -m portal.rendering.messages extract, write the English, then compile"
    assert not said, "\n".join([f"{len(said)} faults; {remedy}", *said[:60]])
