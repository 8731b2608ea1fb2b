"""The command line: `python -m portal COMMAND`. A command's module is imported when it runs, never before."""

import argparse
import asyncio
import inspect
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, NamedTuple

from portal.serving.labels import COMMANDS, DESCRIPTION
from portal.serving.words import Trouble, fail
from portal.settings import Settings, load_settings


class Command(NamedTuple):
    """Where a command's function stands, and how it is called.

    With `passes_arguments` the function gets `(settings, arguments)` and reads its own words; else it
    gets the settings and what `arguments` declares. With `prepares` the data folder and its key are made before, or a
    database would be there whose key is not.
    """

    function: str
    passes_arguments: bool = False
    arguments: Callable[[argparse.ArgumentParser], None] = lambda parser: None
    prepares: bool = False


def _serve_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--new-key", action="store_true", help=COMMANDS["serve --new-key"])
    parser.add_argument("--end-with-parent", action="store_true", help=COMMANDS["serve --end-with-parent"])


def _web_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--fd", type=int, default=None, dest="descriptor", help=COMMANDS["web --fd"])


def _demo_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--if-empty", action="store_true", help=COMMANDS["demo --if-empty"])


def _file_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE.tar", help=COMMANDS["FILE.tar"])


def _files_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("check", "copy", "fetch"), help=COMMANDS["files WHAT"])


TABLE = {
    "serve": Command("portal.serving.serve:serve", arguments=_serve_arguments),
    "web": Command("portal.serving.web:run", arguments=_web_arguments),
    "worker": Command("tasks.worker:main"),
    "migrate": Command("portal.setting_up:migrate", prepares=True),
    "demo": Command("portal.demo:load_demo", arguments=_demo_arguments, prepares=True),
    "import": Command("portal.importing.command:run", passes_arguments=True),
    "admin": Command("portal.accounts.command:make_first_account", passes_arguments=True),
    "verify-audit": Command("portal.audit.command:run", passes_arguments=True),
    "backup": Command("portal.backup.command:backup", arguments=_file_argument),
    "restore": Command("portal.backup.command:restore", arguments=_file_argument),
    "files": Command("portal.backup.moving:files", arguments=_files_arguments),
}


def parser() -> argparse.ArgumentParser:
    """The parser of every command; it knows their names and words without importing them."""
    top = argparse.ArgumentParser(
        prog="python -m portal", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, command in TABLE.items():
        own = commands.add_parser(
            name, help=COMMANDS[name], description=COMMANDS[name], add_help=not command.passes_arguments
        )
        command.arguments(own)
    return top


def function_of(command: Command) -> Callable[..., Any]:
    """Imports the function; a room that is not there is a plain sentence, and breaks no other command."""
    module, name = command.function.split(":")
    try:
        found: Callable[..., Any] = getattr(import_module(module), name)
    except AttributeError:
        raise Trouble("command.not_there", module=command.function) from None
    except ModuleNotFoundError as error:
        ours = (error.name or "").split(".")[0] in ("portal", "tasks")
        code = "command.not_there" if ours else "command.no_library"
        raise Trouble(code, module=error.name) from None
    return found


def main(words: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit status."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # a terminal without Chinese shows ? instead of failing
    given, rest = parser().parse_known_args(words)
    command = TABLE[given.command]
    if rest and not command.passes_arguments:
        parser().error(" ".join(rest))
    try:
        settings = load_settings()
        function = function_of(command)
        if command.prepares:
            _prepare(settings)
        options = {name: value for name, value in vars(given).items() if name != "command"}
        outcome = function(settings, rest) if command.passes_arguments else function(settings, **options)
        if inspect.isawaitable(outcome):
            outcome = asyncio.run(_finish(outcome))
    except Trouble as trouble:
        return fail(trouble)
    except KeyboardInterrupt:
        return 130
    return outcome if isinstance(outcome, int) else 0


def _prepare(settings: Settings) -> None:
    from portal.serving.folder import prepare_folder, prepare_key

    prepare_folder(settings)
    prepare_key(settings)


async def _finish(outcome: Any) -> Any:
    return await outcome


if __name__ == "__main__":
    os.umask(0o077)  # whatever a command writes is for its owner alone
    sys.exit(main())
