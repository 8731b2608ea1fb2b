"""Nonsense meets a clear refusal, never a fault of ours (TW7): each route with broken paths, queries, bodies, headers."""

import random

import pytest

from portal.hazards.services import seed_categories
from tests.cast import Cast
from tests.conftest import Browsers
from tests.house.test_matrix import PARAMETER, routes

VALUES = [
    "", "0", "-1", "1", "2147483648", "99999999999999999999", "1e9", "NaN", "\x00", "a\x00b", "%00", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "'", "\"; DROP TABLE hazard; --", "%' OR 1=1", "%", "_", "{{7*7}}", "{}", "${7}", "<script>alert(1)</script>", "../../etc/passwd",
    "/\\evil.example", "//evil.example", "９９", "٣", "Ⅷ", "\u202e", "\ufeff", "a" * 20_000, "post:", "post:99999999999", "person:x",
    "2026-13-45", "0000-00-00", "9999-12-31", "10000-01-01", "2026-11-23T25:61", "red", "closed", "on", "[]", "null",
]  # fmt: skip
FIELDS = (
    "to version title grid_id place level category likelihood severity responsible due_at interim_measure outcome reason "
    "duplicate_of measure conclusion watcher receivers key note helper supervisor condition step step_due name kind role "
    "person day org login password next language q show lanes column month status page parent_id starts_at phone email "
    "staff_no most is_hard scope_grid_id code answers filter kind_code"
).split()
DOSE = 12


@pytest.mark.parametrize("seed", range(2))
async def test_nonsense_is_refused_and_breaks_nothing(cast: Cast, browsers: Browsers, seed: int) -> None:
    await seed_categories()
    dice = random.Random(seed)
    browser = await browsers.of((cast.safety, cast.bureau_officer)[seed])
    await browser.get("/account")
    token = next(form.fields["_csrf_token"][0] for form in browser.forms if "_csrf_token" in form.fields)
    broken, count = [], 0
    for method, path, _ in routes(browsers.app):
        if path in ("/sign-out",) or "/sessions/" in path:
            continue
        for _ in range(DOSE):
            url = PARAMETER.sub(lambda _m: str(dice.choice([1, 2, 5, 0, 2**31, 10**25])), path)
            some = {name: dice.choice(VALUES) for name in dice.sample(FIELDS, 8)}
            if method == "GET":
                answer = await browser.client.get(url, params=some)
            else:
                answer = await browser.client.post(
                    url, data={"_csrf_token": token, **some}, headers={"Origin": browser.origin}
                )
            count += 1
            if answer.status_code >= 500:
                broken.append(f"{method} {url} {some} → {answer.status_code}")
    print(f"\nnonsense: {count} requests, {len(broken)} broken")
    assert not broken, "\n".join(line[:400] for line in broken[:20])


@pytest.mark.parametrize(
    "body",
    [b"\xff\xfe\x00", b"--x\r\n", b"a=" + b"%zz" * 100, b"&" * 3_000, b"=" * 100, b"a=1&" * 2_500],
)
@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data"]
)
async def test_bodies_that_are_no_forms(cast: Cast, browsers: Browsers, body: bytes, kind: str) -> None:
    browser = await browsers.of(cast.safety)
    answer = await browser.client.post(
        "/hazards", content=body, headers={"Origin": browser.origin, "Content-Type": kind}
    )
    assert 400 <= answer.status_code < 500


async def test_a_body_that_is_too_large_is_refused_with_a_plain_word(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.safety)
    answer = await browser.client.post(
        "/duty/leaders", content=b"a=" + b"x" * 2_000_000,
        headers={"Origin": browser.origin, "Content-Type": "application/x-www-form-urlencoded"},
    )  # fmt: skip
    assert answer.status_code == 413
    assert "太大" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/static/%00",
        "/static/../portal/app.py",
        "/static/%2e%2e/x",
        "/%00",
        "/grids/abc",
        "/hazards/1/",
        "/" + "a" * 5_000,
    ],
)
async def test_paths_that_lead_nowhere(cast: Cast, browsers: Browsers, path: str) -> None:
    browser = await browsers.of(cast.safety)
    assert (await browser.client.get(path)).status_code in (303, 404)
