"""What the documentation says can be typed can be typed, and nothing public is missing from it."""

import re
import shlex
from collections import Counter
from importlib import import_module
from pathlib import Path

import click
import pytest

import cips_models
from cips_models.cli.main import COMMANDS, cli

REPOSITORY = Path(__file__).parents[2]

#: Files that readers read.
WRITTEN = [
    REPOSITORY / "README.md",
    REPOSITORY / "ARCHITECTURE.md",
    *sorted(
        path
        for path in (REPOSITORY / "docs").glob("**/*.md")
        if not {"_build", "_api"} & set(path.parts)
    ),
]

_BLOCK = re.compile(r"^```(?P<kind>[^\n]*)\n(?P<body>.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`(?P<body>cips [^`]+)`")
_PUBLIC = re.compile(r"\bcips\.(\w+)(?:\.(\w+))?")


def blocks(text: str) -> list[str]:
    """Code blocks, those of notebooks too."""
    return [match["body"].replace("\\\n", " ") for match in _BLOCK.finditer(text)]


def command_lines(text: str) -> list[str]:
    """Everything that is to be typed in a terminal and begins with ``cips``."""
    typed = [line.split(" #")[0].strip() for block in blocks(text) for line in block.splitlines()]
    typed += [" ".join(match["body"].split()) for match in _INLINE.finditer(_BLOCK.sub("", text))]
    return [line.split(" > ")[0] for line in typed if re.match(r"cips (-|[a-z])", line)]


def parse(line: str) -> None:
    """Parse a line by the commands' own definitions; files need not be there.

    Raises
    ------
    click.UsageError
        There is no such command, or it has no such option.
    """
    command: click.Command = cli
    words = shlex.split(line)[1:]
    while True:
        context = click.Context(command, info_name="cips")
        context.allow_extra_args = context.allow_interspersed_args = True
        inner = isinstance(command, click.Group)
        context.allow_interspersed_args = not inner
        _, words, _ = command.make_parser(context).parse_args(words)
        if not inner or not words:
            return
        found = command.get_command(context, words[0])
        if found is None:
            raise click.UsageError(f"No such command {words[0]!r}.")
        command, words = found, words[1:]


def test_the_parser_of_this_test_refuses_what_is_wrong() -> None:
    parse("cips run study.toml --out results")
    for wrong in ("cips runn study.toml", "cips run study.toml --oot x", "cips models shw did"):
        with pytest.raises(click.UsageError):
            parse(wrong)


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_commands_in_the_documentation_can_be_typed(path: Path) -> None:
    for line in command_lines(path.read_text(encoding="utf-8")):
        try:
            parse(line)
        except (click.UsageError, ValueError) as error:
            pytest.fail(f"{path.name}: {line}: {error}")


def test_there_are_commands_in_the_documentation() -> None:
    lines = [line for path in WRITTEN for line in command_lines(path.read_text(encoding="utf-8"))]
    named = {line.split()[1] for line in lines}
    assert set(COMMANDS) - named <= {"models", "simulate"}, "no page says what these are for"


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_functions_in_the_documentation_are_public(path: Path) -> None:
    for name, part in _PUBLIC.findall(path.read_text(encoding="utf-8")):
        assert name in cips_models.__all__, f"cips.{name}"
        if part and name in ("charts", "report"):
            module = import_module(f"cips_models.{name}")
            assert part in module.__all__, f"cips.{name}.{part}"


def test_the_reference_lists_every_public_name_once() -> None:
    text = (REPOSITORY / "docs/reference/api.md").read_text(encoding="utf-8")
    listed = Counter(re.findall(r"^   (\w+)$", text, re.MULTILINE))
    assert listed == Counter(set(cips_models.__all__) - {"__version__"})


def test_the_reference_has_every_command_in_the_order_of_the_work() -> None:
    text = (REPOSITORY / "docs/reference/cli.md").read_text(encoding="utf-8")
    assert re.findall(r"click:: cips_models\.cli\.(\w+):command", text) == list(COMMANDS)


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_no_line_stands_twice(path: Path) -> None:
    """A merge may leave a line in two places, one of them edited at its end."""
    text = path.read_text(encoding="utf-8")
    prose = [line.strip()[:60] for line in _BLOCK.sub("", text).splitlines()]
    counted = Counter(line for line in prose if len(line) == 60 and not line.startswith("|"))
    assert [line for line, n in counted.items() if n > 1] == []


def test_no_call_of_the_readme_stands_twice() -> None:
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    code = Counter(
        line.split(" #")[0].strip() for block in blocks(text) for line in block.splitlines()
    )
    assert [line for line, n in code.items() if line and n > 1] == []


def test_the_readme_is_one_screen_and_a_map() -> None:
    assert len((REPOSITORY / "README.md").read_text(encoding="utf-8").splitlines()) <= 100
