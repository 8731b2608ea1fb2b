"""A browser without a browser: it follows links and fills in forms as they stand on the page, plain or as htmx."""

from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import httpx
from litestar import Litestar

from portal.accounts.tables import Account, SignedInSession
from portal.core.clock import now
from portal.core.database import fetch_value, insert
from portal.core.ids import digest, new_token


@dataclass
class Form:
    """A form as it stands on a page."""

    action: str
    method: str = "get"
    enctype: str = ""
    fields: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)  # name, value, text
    id: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.text: list[str] = []
        self._form: Form | None = None
        self._select: str | None = None
        self._chosen = False
        self._area: str | None = None
        self._button: list[str] | None = None
        self._link: list[str] | None = None
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {name: value if value is not None else "" for name, value in attrs}
        if tag in ("script", "style"):
            self._silent += 1
        if tag == "form":
            self._form = Form(
                a.get("action", ""), a.get("method", "get").lower(), a.get("enctype", ""), id=a.get("id", "")
            )
            self.forms.append(self._form)
        elif tag == "a":
            self._link = [a.get("href", ""), ""]
        form = self._form
        if form is None:
            return
        name = a.get("name", "")
        if tag == "input" and name and "disabled" not in a:
            kind = a.get("type", "text")
            if kind in ("checkbox", "radio"):
                form.fields.setdefault(name, [])
                if "checked" in a:
                    form.fields[name].append(a.get("value", "on"))
            elif kind == "submit":
                form.buttons.append((name, a.get("value", ""), a.get("value", "")))
            elif kind != "file":
                form.fields.setdefault(name, []).append(a.get("value", ""))
        elif tag == "select" and name:
            self._select, self._chosen = name, False
            form.fields.setdefault(name, [])
        elif tag == "option" and self._select:
            if "selected" in a or not form.fields[self._select]:
                form.fields[self._select] = [a.get("value", "")]
        elif tag == "textarea" and name:
            self._area = name
            form.fields.setdefault(name, [""])
        elif tag == "button":
            self._button = [name, a.get("value", ""), ""]

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent -= 1
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None
        elif tag == "button" and self._button is not None and self._form is not None:
            self._form.buttons.append((self._button[0], self._button[1], self._button[2].strip()))
            self._button = None
        elif tag == "a" and self._link is not None:
            self.links.append((self._link[0], self._link[1].strip()))
            self._link = None

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        self.text.append(data)
        if self._area and self._form is not None:
            self._form.fields[self._area] = [self._form.fields[self._area][0] + data]
        if self._button is not None:
            self._button[2] += data
        if self._link is not None:
            self._link[1] += data


class Browser:
    """One browser: cookies, the page it is on, its forms and links."""

    def __init__(self, app: Litestar, *, htmx: bool = False, base: str = "http://testserver") -> None:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]
        self.client = httpx.AsyncClient(transport=transport, base_url=base, timeout=60)
        self.htmx = htmx
        self.origin = base
        self.page: httpx.Response | None = None
        self._read = _Reader()

    async def sign_in_as(self, person_id: int) -> None:
        """Gives this browser a session of the person, without the password page (its own tests walk that)."""
        account_id = await fetch_value("SELECT id FROM account WHERE person_id = {}", person_id)
        org_id = await fetch_value("SELECT org_id FROM person WHERE id = {}", person_id)
        at = now()
        if account_id is None:
            row = {"org_id": org_id, "person_id": person_id, "login": f"p{person_id}", "created_at": at}
            [account_id] = await insert(Account, row)
        token = new_token()
        session = {
            "token_digest": digest(token), "account_id": account_id, "created_at": at, "seen_at": at,
            "idle_until": at + timedelta(hours=12), "expires_at": at + timedelta(days=7), "proved_at": at,
        }  # fmt: skip
        await insert(SignedInSession, session)
        self.client.cookies.set("anwang", token)

    def _headers(self, more: dict[str, str] | None = None) -> dict[str, str]:
        return {**({"HX-Request": "true"} if self.htmx else {}), **(more or {})}

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """Opens a page (following redirects, with htmx's header if this browser has it)."""
        answer = await self.client.get(path, headers=self._headers(headers), follow_redirects=True)
        return self._take(answer)

    async def post(
        self, path: str, data: dict[str, Any] | None = None, files: Any = None, **headers: str
    ) -> httpx.Response:
        """Posts as our own page would, and follows the redirect."""
        more = {"Origin": self.origin, **headers}
        answer = await self.client.post(
            path, data=data or {}, files=files, headers=self._headers(more), follow_redirects=True
        )
        return self._take(answer)

    def _take(self, answer: httpx.Response) -> httpx.Response:
        self.page = answer
        self._read = _Reader()
        if "html" in answer.headers.get("content-type", ""):
            self._read.feed(answer.text)
        return answer

    @property
    def text(self) -> str:
        """The words on the page."""
        return " ".join(" ".join(self._read.text).split())

    @property
    def forms(self) -> list[Form]:
        return self._read.forms

    @property
    def links(self) -> list[tuple[str, str]]:
        return self._read.links

    def form(self, action: str = "", *, to: str | None = None) -> Form:
        """The form whose action contains `action`, and whose field `to` has this value."""
        for found in self._read.forms:
            if action in found.action and (to is None or found.fields.get("to") == [to]):
                return found
        raise AssertionError(
            f"no form {action!r} to={to!r} among {[(f.action, f.fields.get('to')) for f in self._read.forms]}"
        )

    async def submit(self, form: Form, files: Any = None, **fields: Any) -> httpx.Response:
        """Fills in a form and sends it; names given here replace what the page filled in."""
        data: dict[str, Any] = {**form.fields, **fields}
        action = form.action or str(self.page.url.path if self.page else "/")
        if form.method == "get":
            answer = await self.client.get(action, params=data, headers=self._headers(), follow_redirects=True)
            return self._take(answer)
        if "multipart" in form.enctype and not files:
            files = {"photo": ("", b"", "application/octet-stream")}
        return await self.post(action, data=data, files=files)

    async def follow(self, text: str) -> httpx.Response:
        """Follows the first link with these words in it."""
        for href, words in self._read.links:
            if text in words:
                return await self.get(href)
        raise AssertionError(f"no link {text!r} among {[words for _, words in self._read.links]}")
