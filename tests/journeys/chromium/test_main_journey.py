"""The main journey: reported on a phone, assigned, put right, rechecked, seen by those above and by nobody else."""

import io
from typing import Any

import pytest
from PIL import Image

from tests.journeys.chromium.parts import People, Rows, card, choose, column_of, hazard_of, phone


def photo(path: Any, colour: str) -> str:
    out = io.BytesIO()
    Image.new("RGB", (2400, 1800), colour).save(out, "JPEG")
    path.write_bytes(out.getvalue())
    return str(path)


@pytest.mark.parametrize("script", [True, False], ids=["javascript", "plain"])
def test_a_hazard_goes_from_the_phone_that_found_it_to_struck_off(
    people: People, rows: Rows, tmp_path: Any, script: bool
) -> None:
    def of(login: str) -> Any:
        return people.of(login, form=script or login == "teacher", **phone(java_script_enabled=script))

    title = f"后门玻璃裂了一道缝（{'有脚本' if script else '无脚本'}）"
    teacher = of("teacher")
    teacher.get_by_role("link", name="报隐患").first.tap()
    assert "高一1班" in teacher.inner_text("#report"), "somebody with one place of their own is there already"
    teacher.get_by_role("link", name="换地点").tap()
    teacher.wait_for_url("**/hazards/new?grid=")
    teacher.set_input_files("#photos", photo(tmp_path / "before.jpg", "gray"))
    teacher.fill("#grid_id", "高一1班")
    teacher.fill("#title", title)
    teacher.locator("#report form .btn.main").tap()
    teacher.wait_for_url("**/hazards/*reported=*")
    hazard = hazard_of(teacher)
    assert teacher.locator("h1").inner_text() == title
    assert teacher.locator("#card img").count() == 1
    assert teacher.locator("#card img").first.evaluate("node => node.decode().then(() => node.naturalWidth > 0)")

    safety = of("safety")
    safety.goto("/board?column=reported")
    safety.goto(f"/grids/{rows.grid('青云一中')}/board?column=reported")
    card(safety, hazard).locator(".card-title a").tap()
    safety.wait_for_url(f"**/hazards/{hazard}*")
    form = safety.locator("form[data-move=assigned]")
    form.locator("[name=category]").select_option(index=1)
    form.locator("[name=level][value=orange]").check(force=True)
    choose(form.locator("[name=responsible]"), "教师018")
    form.get_by_role("button").last.tap()
    safety.wait_for_selector(".notice.red")  # an orange one needs an interim measure; what was chosen is kept
    assert safety.locator("form[data-move=assigned] [name=level][value=orange]").is_checked()
    safety.fill("form[data-move=assigned] [name=interim_measure]", "贴胶带，后门不开")
    safety.locator("form[data-move=assigned] .btn.main").tap()
    safety.wait_for_selector("#card[data-status=assigned]")

    keeper = of("keeper")
    keeper.goto("/")
    keeper.locator("a", has_text=title).first.tap()
    keeper.wait_for_url(f"**/hazards/{hazard}*")
    keeper.locator("form[data-move=rectifying] .btn.main").tap()
    keeper.wait_for_selector("#card[data-status=rectifying]")
    keeper.fill("form[data-move=recheck] [name=measure]", "换了玻璃")
    keeper.set_input_files("form[data-move=recheck] [name=photos]", photo(tmp_path / "after.jpg", "white"))
    keeper.locator("form[data-move=recheck] .btn.main").tap()
    keeper.wait_for_selector("#card[data-status=recheck]")
    assert keeper.locator("#card img").count() == 2, "before and after side by side"
    assert keeper.locator("form[data-move=closed]").count() == 0, "nobody rechecks their own work"

    boards = {"leader": rows.grid("青云一中"), "principal": rows.grid("青云一中"), "bureau": rows.grid("青云县教育局")}
    others = {login: of(login) for login in boards}
    for login, page in others.items():
        page.goto(f"/grids/{boards[login]}/board?column=recheck")
        assert column_of(page, hazard) == "recheck", login
        assert title in card(page, hazard).inner_text()

    safety.goto(f"/hazards/{hazard}")
    safety.fill("form[data-move=closed] [name=conclusion]", "已换好，不松动")
    safety.locator("form[data-move=closed] .btn.main").tap()
    safety.wait_for_selector("#card[data-status=closed]")
    teacher.goto(f"/hazards/{hazard}")
    assert "已销号" in teacher.locator(".steps [aria-current]").inner_text()
    for login, page in others.items():
        page.goto(f"/grids/{boards[login]}/board?column=closed")
        assert page.locator(f"[data-closed='{hazard}']").is_visible(), login

    outsider = of("outsider")
    texts = []
    for number in (hazard, 999_999):
        assert outsider.goto(f"/hazards/{number}").status == 404
        texts.append(outsider.content().replace(f"/hazards/{number}", ""))
    assert texts[0] == texts[1]
    assert outsider.goto(f"/grids/{rows.grid('青云一中')}/board").status == 404
