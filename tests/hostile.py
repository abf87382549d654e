"""What may be wrong with a file, made on purpose, and how a command takes it."""

import gzip
import io
import os
import pickle
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from click.testing import CliRunner

from cips_models.cli.main import cli

type Damage = Callable[[Path], None]

#: File that a content would make if it were executed.
CANARY = "executed"


class _Executed:
    def __reduce__(self):
        return Path.touch, (Path(CANARY),)


def _holding(content: bytes) -> Damage:
    return lambda path: path.write_bytes(content) and None


def _changed(change: Callable[[bytes], bytes]) -> Damage:
    return lambda path: path.write_bytes(change(path.read_bytes())) and None


def _first_half(raw: bytes) -> bytes:
    """Cut within a line of text, and not in its last number: what is left of that is one, too."""
    half = raw[: len(raw) // 2]
    start = half.rfind(b"\n") + 1
    return half[: start + 1] if start else half


def _in_the_middle(piece: bytes) -> Damage:
    return _changed(lambda raw: raw[: len(raw) // 2] + piece + raw[len(raw) // 2 :])


def _instead(make: Callable[[Path], object]) -> Damage:
    def replace(path: Path) -> None:
        path.unlink()
        make(path)

    return replace


def _zipped(raw: bytes) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("inside", raw)
    return whole.getvalue()


#: Damages after which there is no file any more.
GONE: Mapping[str, Damage] = {
    "no file": _instead(lambda path: None),
    "a folder": _instead(Path.mkdir),
    "a link to nothing": _instead(lambda path: path.symlink_to("nowhere")),
    "a link to itself": _instead(lambda path: path.symlink_to(path.name)),
}

#: Damages of the content, which no file of any kind survives.
SPOILT: Mapping[str, Damage] = {
    "a pipe that nobody writes to": _instead(os.mkfifo),
    "a link to an endless device": _instead(lambda path: path.symlink_to("/dev/zero")),
    "nothing": _holding(b""),
    "blanks": _holding(b" \n\n \n"),
    "a byte order mark": _holding("\ufeff".encode()),
    "the first half": _changed(_first_half),
    "a zero byte inside": _in_the_middle(b"\0"),
    "bytes of no encoding inside": _in_the_middle(b"\xff\xfe\x80"),
    "zero bytes": _holding(b"\0" * 5_000),
    "noise": _holding(np.random.default_rng(1).bytes(5_000)),
    "in UTF-16": _changed(lambda raw: raw.decode("utf-8", "replace").encode("utf-16")),
    "compressed": _changed(gzip.compress),
    "in an archive": _changed(_zipped),
    "a picture": _holding(b"\x89PNG\r\n\x1a\n" + b"\0" * 99),
    "a page to sign in": _holding(b"<!DOCTYPE html><html><script>alert(1)</script>Sign in</html>"),
    "JSON": _holding(b'{"a": 1}'),
    "a pickle": _holding(pickle.dumps(_Executed())),
    "Python": _holding(f"import pathlib; pathlib.Path('{CANARY}').touch()\n".encode()),
    "formulas": _holding(b"=cmd|'/C calc'!A0,=1+1\n@SUM(1),+3\n"),
    "brackets without end": _holding(b"[" * 100_000),
    "lists in lists": _holding(b"x = " + b"[" * 5_000 + b"]" * 5_000),
    "a key of many parts": _holding(b"a." * 3_000 + b"b = 1"),
    "a number of many digits": _holding(b"format = 1" + b"0" * 5_000),
    "one long line": _holding(b"a" * 2_000_000),
    "a long cell": _holding(b"a,b\n" + b"c" * 2_000_000 + b",d\n"),
}

DAMAGES: Mapping[str, Damage] = {**GONE, **SPOILT}

#: Texts that do harm where a text is taken for something else, and fit to be a label.
ATTACKS: Mapping[str, str] = {
    "formula": "=cmd|'/C calc'!A0",
    "formula with plus": "+1+cmd",
    "formula with at": "@SUM(1)",
    "formula with minus": "-2+3+cmd",
    "quoted formula": "'=1+1",
    "script": "<script>alert(1)</script>",
    "attribute": '" onmouseover="alert(1)',
    "end of a comment": "--><img src=x onerror=alert(1)>",
    "style": "</style><style>*{display:none}",
    "template": "{{ 7*7 }}{% raw %}",
    "format": "{0.__class__} %s %n",
    "path up": "../../outside",
    "root": "/etc/passwd",
    "windows path": r"C:\windows\..\x",
    "TeX": r"$\frac{1}{0$ \input{x}",
    "dollars": "US$ 5 to US$ 6",
    "quotes": "a \"b\" 'c' `d`",
    "separators": "a, b; c | d",
    "shell": "$(touch executed); `touch executed`",
    "SQL": "'; DROP TABLE items;--",
    "Arabic": "الجمارك، السنغال",
    "right-to-left mark": "a\u200fb",
    "combining": "e\u0301\u0302\u0303",
    "emoji": "\U0001f600 smile",
    "TOML": 'a"\n[files]'.replace("\n", " "),
    "a word of YAML": "null",
    "a number": "1e5",
    "true": "True",
    "not a number": "nan",
}

#: Texts that are no labels.
UNFIT: Mapping[str, str] = {
    "zero": "a\0b",
    "line break": "a\nb",
    "carriage return": "a\rb",
    "tab": "a\tb",
    "escape": "a\x1b[2Jb",
    "turning mark": "a\u202eb",
    "isolating mark": "a\u2067b",
    "control of C1": "a\x9bb",
    "long": "x" * 5_000,
}


@dataclass(frozen=True)
class Outcome:
    """What came of a command."""

    code: int
    out: str
    err: str

    def is_refusal(self, code: int, *words: str) -> None:
        """Check that it is a clear refusal: its code, a message with these words, nothing more."""
        assert self.code == code, self.err
        assert self.out == ""
        assert self.err.startswith("Usage" if code == 2 else "Error: ")
        assert "Traceback" not in self.err
        assert all(word in self.err for word in words), self.err
        assert len(self.err) < 20_000
        shown = self.err.replace("\n", "")
        assert shown.isprintable(), [c for c in shown if not c.isprintable()]


def command(*arguments: str | Path) -> Outcome:
    """Run ``cips`` in this process."""
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    return Outcome(result.exit_code, result.stdout, result.stderr)


def listing(folder: Path) -> set[str]:
    """Everything in a folder, so that a test sees what a command left behind."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}
