"""Templates compile, are used, keep the security policy, carry their token, and keep Chinese in messages."""

import ast
import re
from pathlib import Path

import pytest
from jinja2 import nodes

from portal.rendering.environment import TEMPLATES, environment
from portal.rendering.i18n import LANGUAGES, SOURCE

ROOT = TEMPLATES.parent
NAMES = sorted(environment(SOURCE).list_templates())
# Mail and paper are not shown under the portal's policy: mail needs its styles inside, paper runs no script.
SCREEN = [name for name in NAMES if not name.startswith(("mail/", "pdf/"))]
CHINESE = re.compile("[\u3400-\u9fff]")
FORBIDDEN = {
    "an inline style": re.compile(r"\sstyle\s*=|<style\b", re.I),
    "an inline script": re.compile(r"<script\b(?![^>]*\ssrc=)", re.I),
    "an inline handler": re.compile(r"\s(?:on[a-z]+|(?:data-)?hx-on[:\w-]*)\s*=", re.I),
    "a script in an attribute": re.compile(r"javascript:|[\"']js:", re.I),
    "unescaped text": re.compile(r"\|\s*safe\b"),
}


def source(name: str) -> str:
    return (TEMPLATES / name).read_text("utf-8")


def uncommented(name: str) -> str:
    return re.sub(r"\{#.*?#\}", "", source(name), flags=re.DOTALL)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_template_compiles(language):
    for name in NAMES:
        environment(language).get_template(name)


def references() -> tuple[set[str], list[re.Pattern[str]]]:
    """Names of templates that templates and code mention, and patterns of those that code puts together."""
    exact: set[str] = set()
    patterns = []
    for name in NAMES:
        tree = environment(SOURCE).parse(source(name))
        for kind in (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport):
            for node in tree.find_all(kind):
                exact |= {constant.value for constant in node.template.find_all(nodes.Const)}
                if isinstance(node.template, nodes.Const):
                    exact.add(node.template.value)
    for file in [*(ROOT / "portal").rglob("*.py"), *(ROOT / "tasks").rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                exact.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [re.escape(part.value) if isinstance(part, ast.Constant) else "[^/]+" for part in node.values]
                if re.search(r"\.(html|txt|svg)$", str(getattr(node.values[-1], "value", ""))):
                    patterns.append(re.compile("".join(parts)))
    return exact, patterns


def test_every_template_is_used():
    exact, patterns = references()
    unused = [name for name in NAMES if name not in exact and not any(p.fullmatch(name) for p in patterns)]
    assert not unused, f"no page, include or code names these templates: {unused}"


def test_every_template_that_a_template_names_exists():
    for name in NAMES:
        tree = environment(SOURCE).parse(source(name))
        for kind in (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport):
            for node in tree.find_all(kind):
                if isinstance(node.template, nodes.Const):
                    assert node.template.value in NAMES, f"{name} names {node.template.value}"


@pytest.mark.parametrize("fault", FORBIDDEN)
def test_the_content_security_policy_holds(fault):
    guilty = [name for name in SCREEN if FORBIDDEN[fault].search(uncommented(name))]
    assert not guilty, f"{fault} in {guilty}"


def token_writers(name: str) -> list[str]:
    """What writes the token in a form: the shell's macro, and macros of the template itself that call it."""
    own = re.findall(r"{% macro (\w+)(?=[^{]*%}(?:(?!endmacro).)*csrf_field)", uncommented(name), re.DOTALL)
    return ["csrf_field", "_csrf_token", 'name="form_key"', *(f"{macro}(" for macro in own)]


ORIGIN_ONLY = {
    "contact_boards/_board.html",
    "letters/verification/_form.html",
    "letters/verification/_parts.html",
}
"""A page that is kept for everybody, or reads no cookie, can hold no token. Its POST changes nothing; where it came from
is checked."""


def test_every_post_form_carries_the_token():
    without = []
    for name in set(SCREEN) - ORIGIN_ONLY:
        tokens = token_writers(name)
        for form in re.finditer(r"<form\b(.*?)</form>", uncommented(name), re.DOTALL | re.I):
            opening = form[1].split(">")[0]
            if re.search(r"method=.?post", opening, re.I) and not any(token in form[1] for token in tokens):
                without.append(f"{name}: <form{opening[:80]}>")
    assert not without, "\n".join(without)


def classes(name: str) -> set[str]:
    """The class names that a template writes out; those put together at run time are left aside."""
    written = set()
    for value in re.findall(r'class="((?:\{\{.*?\}\}|\{%.*?%\}|[^"])*)"', uncommented(name)):
        written |= set(re.sub(r"[\w-]*\{\{.*?\}\}[\w-]*", " ", re.sub(r"\{%.*?%\}", " ", value)).split())
    return written


def test_every_class_has_a_rule():
    sheets = "".join(file.read_text("utf-8") for file in (ROOT / "static" / "css").rglob("*.css"))
    ruled = set(re.findall(r"\.(-?[A-Za-z_][\w-]*)", sheets))
    unruled = {name: found for name in SCREEN if (found := classes(name) - ruled)}
    assert not unruled, f"no style sheet knows these classes: {unruled}"


def chinese_outside_messages(name: str) -> list[str]:
    """Chinese in a template's text, or in a string of it that is not the argument of `_`."""
    found, in_trans, before = [], False, ["", ""]
    for _line, kind, value in environment(SOURCE).lexer.tokeniter(source(name), name):
        if kind in ("whitespace", "comment", "comment_begin", "comment_end"):
            continue
        if kind == "name" and value in ("trans", "endtrans") and before[-1].startswith("{%"):
            in_trans = value == "trans"
        said_by_message = before[-2] in ("_", "gettext", "ngettext") and before[-1] == "("
        if CHINESE.search(value) and not ((kind == "data" and in_trans) or (kind == "string" and said_by_message)):
            found.append(f"{name}: {value.strip()[:60]}")
        before = [before[-1], value]
    return found


def test_chinese_stands_in_messages_only():
    found = [line for name in NAMES for line in chinese_outside_messages(name)]
    assert not found, "\n".join(['write {{ _("…") }} or {% trans %} around:', *found])


def test_the_finder_of_stray_chinese_finds(tmp_path):
    lexer = environment(SOURCE).lexer
    assert [kind for _, kind, _ in lexer.tokeniter('{{ _("\u5b89") }}\u5b89', "x")].count("data") == 1


def python_files() -> list[Path]:
    files = [*(ROOT / "portal").rglob("*.py"), *(ROOT / "tasks").rglob("*.py")]
    return [file for file in files if file.name != "labels.py" and not {"labels", "data", "demo"} & set(file.parts)]


def stray_strings(file: Path) -> list[str]:
    """Strings with Chinese that are no docstring."""
    tree = ast.parse(file.read_text("utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    source_text = file.read_text("utf-8").splitlines()
    return [
        f"{file.relative_to(ROOT)}:{node.lineno}: {node.value[:40]}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and CHINESE.search(node.value)
        and id(node) not in docstrings
        and CHINESE.search("\n".join(source_text[node.lineno - 1 : node.end_lineno]))
    ]


def test_chinese_of_the_code_stands_in_labels():
    found = [line for file in python_files() for line in stray_strings(file)]
    assert not found, "\n".join(["move these to the room's labels.py as N_(…):", *found])


def test_text_is_escaped_everywhere_but_on_the_reviewed_hot_path() -> None:
    """The cards of a board are escaped when their view is made (`views/board_cards.py`); nothing else may opt out."""
    off = {
        path.relative_to(TEMPLATES).as_posix()
        for path in TEMPLATES.rglob("*.html")
        if "autoescape" in path.read_text("utf-8") or "|safe" in path.read_text("utf-8").replace(" ", "")
    }
    assert off == {"hazards/_board.html"}
