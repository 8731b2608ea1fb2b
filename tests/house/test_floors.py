"""The architecture is a test: a file imports only what stands on a lower floor, a room only rooms to its left."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
STREET = (
    "audit permissions grids people importing accounts responsibilities duty hazards inspections letters contact_boards "
    "coverage changes reminders reports today admin"
).split()
FLOORS = {"rules": 1, "tables": 2, "queries": 3, "services": 4, "forms": 5, "views": 5, "routes": 6}
ABOVE_ALL = {"app", "demo", "serving", "backup", "__main__", "piccolo_app", "permissions_page", "setting_up"}
GROUND = {"core", "rendering", "settings", "piccolo_app", "permissions_page", "setting_up"}


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def place_of(module: str) -> tuple[str, str]:
    """`portal.hazards.rules.moves` stands in room hazards, on the floor rules."""
    parts = module.split(".")
    return (parts[1] if len(parts) > 1 else ""), next((part for part in parts[2:] if part in FLOORS), "")


def wrong(importer: str, imported: str) -> str | None:
    """Why this import may not be, or None."""
    (room, floor), (other, below) = place_of(importer), place_of(imported)
    if room in ABOVE_ALL or not imported.startswith("portal."):
        return None
    if room == "core" and other not in GROUND:
        return "core is the ground and imports no room"
    if other == "web" and floor not in ("routes", "views") and room in STREET:
        return "nothing below the routes knows the web"
    if room in STREET and other in STREET:
        if STREET.index(other) > STREET.index(room):
            return f"{other} stands to the right of {room}: record an event, or register a provider in app.py"
        if other != room and below in ("routes", "forms", "views"):
            return f"routes, forms and views of {other} are its own"
        if other == room and floor and below and FLOORS[below] > FLOORS[floor]:
            return f"{floor} stands below {below}"
    return None


def test_imports_go_down_and_to_the_left() -> None:
    found = []
    for path in sorted((ROOT / "portal").rglob("*.py")):
        importer = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for imported in imports_of(path):
            reason = wrong(importer, imported)
            if reason:
                found.append(f"{importer} imports {imported}: {reason}")
    assert not found, "\n".join(found)


def test_tasks_know_services_but_not_routes_or_the_web() -> None:
    found = []
    for path in sorted((ROOT / "tasks").rglob("*.py")):
        for imported in imports_of(path):
            if imported.startswith("portal.web") or ".routes" in imported:
                found.append(f"{path.name} imports {imported}")
    assert not found, "\n".join(found)


def test_nothing_reads_the_folder_beside_the_project() -> None:
    for folder in ("portal", "tasks", "static", "templates", "migrations"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.suffix in (".py", ".html", ".js", ".toml"):
                assert "../shared" not in path.read_text("utf-8"), path
