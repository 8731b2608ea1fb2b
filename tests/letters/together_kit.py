"""Many letters that wait for one person: made at once, of the same few bytes, each with its number."""

from portal.core.actors import SYSTEM
from portal.core.clock import start_of_day, today
from portal.core.database import execute, fetch_column, fetch_value
from portal.core.files import FolderStore
from portal.letters.document.text import Clause, Duty, LetterText, Provision, to_json
from portal.letters.document.text import Party as LetterSide
from portal.letters.services.making import claim_letter, finish_letter
from portal.people.services import appoint, make_person
from portal.settings import Settings
from tasks.outbox import drain
from tests.browser import Browser
from tests.cast import Cast
from tests.letters.sealing_kit import unsigned

SECRET = "四把伞挂在蓝色的门后面呢"


def words(*duties: str, days: int = 2, name: str = "甄新人", boundary: str = "") -> str:
    """What a letter says."""
    said = LetterText(
        kind="post", title="化学实验室(东)安全责任书", number="", edition=1, school="明德中学", year="2026", opening="",
        parties=(LetterSide("giver", "甲方", "明德中学", "楼层负责", "甄层长"), LetterSide("taker", "乙方", "", "", name)),
        grid="化学实验室(东)", grid_code="", role="", boundary=boundary, key_places=(), grounds=(), starts_on=today(),
        ends_on=None, duties=tuple(Duty(one) for one in duties or ("看插座。",)), standing=(),
        provisions=(Provision("training", "每学期一次培训。"),),
        clauses=(
            Clause("duties", "乙方职责"), Clause("means", "甲方保障"),
            Clause("answer", "答复", f"收到上报后 {days} 个工作日内派电工到场。"), Clause("signing", "签署", "摘要 {digest}"),
        ),
        tables=(), signature_kind="own", fields=(), code="", address="", note="",
    )  # fmt: skip
    return to_json(said)


async def many(cast: Cast, settings: Settings, me: int, texts: list[str]) -> list[int]:
    """Letters of new people in the keeper's post, with these texts; the taker's place in each is this person's."""
    await drain()
    store, before = FolderStore(settings.files), await fetch_value("SELECT coalesce(max(id), 0) FROM letter")
    for number, _ in enumerate(texts):
        person = await make_person(f"甄{before + number}", org_id=cast.school, by=SYSTEM)
        await appoint(person, post_id=cast.keeper_post, by=SYSTEM, is_primary=False, starts_at=start_of_day(today()))
    await drain()
    ids = await fetch_column("SELECT id FROM letter WHERE id > {} ORDER BY id", before)
    assert len(ids) == len(texts)
    for text in texts:
        held = await claim_letter()
        assert held is not None
        number = await fetch_value("SELECT seq FROM letter WHERE id = {}", held.id)
        file = await store.put(unsigned(number=f"安责〔2026〕{number}号"), media_type="application/pdf")
        assert await finish_letter(held, text, "1" * 64, file)
    await drain()
    for letter in ids:
        await execute("UPDATE letter_party SET person_id = {} WHERE letter_id = {} AND part = 'taker'", me, letter)
    return [int(one) for one in ids]


async def with_key(browser: Browser) -> None:
    """A key of one's own."""
    await browser.get("/account/signing-key")
    await browser.submit(browser.form("/account/signing-key"), consent="1", passphrase=SECRET, again=SECRET)


async def opened(browser: Browser, ids: list[int]) -> None:
    """The whole text of each, before this person."""
    for letter in ids:
        assert (await browser.client.get(f"/letters/{letter}/file")).status_code == 200
