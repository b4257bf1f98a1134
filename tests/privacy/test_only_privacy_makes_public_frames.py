"""Reads the code: nothing outside ``privacy`` may make, alter or revive a ``PublicFrame``."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import gatusyn

PACKAGE = Path(gatusyn.__file__).resolve().parent
NOUN = "PublicFrame"
DEFINITION = PACKAGE / "model" / "frames.py"
#: Modules that can bring an object to life, or copy it with changes, without its constructor.
REVIVERS = {"pickle", "_pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve", "joblib"}
#: Calls that rebuild a frozen dataclass or write through its guard.
REBUILDERS = {"replace", "__replace__", "__new__", "__setattr__", "deepcopy", "copyreg"}


def annotations_of(tree: ast.AST) -> set[ast.AST]:
    """Return every node inside an annotation, where naming a type makes nothing."""
    roots: list[ast.AST] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
            roots.append(node.annotation)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns is not None:
            roots.append(node.returns)
        elif isinstance(node, ast.Call) and called(node) in {"isinstance", "issubclass"}:
            roots.extend(node.args[1:])
    return {inner for root in roots for inner in ast.walk(root)}


def called(node: ast.Call) -> str:
    """Return the last part of a called name."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def revived(tree: ast.AST) -> list[str]:
    """Return the imports of modules that revive objects."""
    faults = []
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        faults += [
            f"line {node.lineno}: imports {name}"
            for name in names
            if isinstance(node, ast.stmt) and name.split(".")[0] in REVIVERS
        ]
    return faults


def rebuilt(tree: ast.AST, *, names_it: bool) -> list[str]:
    """Return the calls that rebuild a frame, or may."""
    faults = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) in REBUILDERS:
            changed = {keyword.arg for keyword in node.keywords}
            is_text = called(node) == "replace" and len(node.args) >= 2
            if (names_it and not is_text) or changed & {"image", "redaction"}:
                faults.append(f"line {node.lineno}: calls {called(node)}")
    return faults


def named(tree: ast.AST) -> list[str]:
    """Return every mention of the noun that is neither an import nor an annotation."""
    harmless = annotations_of(tree)
    faults = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and node not in harmless:
            name = node.id if isinstance(node, ast.Name) else node.attr
            if name == NOUN:
                faults.append(f"line {node.lineno}: uses {NOUN} outside an annotation")
        if isinstance(node, ast.ImportFrom):
            faults += [
                f"line {node.lineno}: imports {NOUN} under another name"
                for alias in node.names
                if alias.name == NOUN and alias.asname not in (None, NOUN)
            ]
        if isinstance(node, ast.Call) and called(node) == "getattr":
            faults += [
                f"line {node.lineno}: fetches {NOUN} by its name"
                for part in ast.walk(node)
                if isinstance(part, ast.Constant) and part.value == NOUN
            ]
    return faults


def faults_in(source: str) -> list[str]:
    """Return why a module outside ``privacy`` may not stand as it is."""
    tree = ast.parse(source)
    return revived(tree) + rebuilt(tree, names_it=NOUN in source) + named(tree)


def test_no_other_room_makes_public_frames() -> None:
    faults = {
        str(path.relative_to(PACKAGE)): found
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.parent != PACKAGE / "privacy" and path != DEFINITION
        if (found := faults_in(path.read_text("utf-8")))
    }
    assert faults == {}


def test_the_definition_only_defines_it() -> None:
    tree = ast.parse(DEFINITION.read_text("utf-8"))
    assert [n.name for n in ast.walk(tree) if isinstance(n, ast.ClassDef)].count(NOUN) == 1
    assert named(tree) == []
    assert revived(tree) == []


def test_privacy_makes_them_in_one_place_and_from_nothing_but_hidden_pictures() -> None:
    makers = {
        path.name: [
            node
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Call) and called(node) == NOUN
        ]
        for path in (PACKAGE / "privacy").glob("*.py")
    }
    assert {name: len(calls) for name, calls in makers.items() if calls} == {"redactor.py": 1}
    for path in (PACKAGE / "privacy").glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        assert rebuilt(tree, names_it=True) + revived(tree) == []


@pytest.mark.parametrize(
    "source",
    [
        "from gatusyn.model import PublicFrame\nPublicFrame(frame_id='x')",
        "import gatusyn.model as m\nm.PublicFrame(frame_id='x')",
        "from gatusyn.model import PublicFrame as P\nP(frame_id='x')",
        "from gatusyn.model import PublicFrame\nmake = PublicFrame\nmake(frame_id='x')",
        "from gatusyn.model import PublicFrame\nmap(PublicFrame, [])",
        "from gatusyn.model import PublicFrame\nclass Mine(PublicFrame): ...",
        "from gatusyn.model import PublicFrame\nobject.__new__(PublicFrame)",
        "import gatusyn.model\ngetattr(gatusyn.model, 'PublicFrame')()",
        "import dataclasses as d\nfrom gatusyn import PublicFrame\ny = d.replace(x, time_s=1.0)",
        "from dataclasses import replace\ndef f(x, raw): return replace(x, image=raw)",
        "from gatusyn.model import PublicFrame\nobject.__setattr__(x, 'image', raw)",
        "import pickle\npickle.loads(b'')",
        "from pickle import loads",
        "import copyreg\nimport cloudpickle as c",
    ],
)
def test_each_way_round_is_seen(source: str) -> None:
    assert faults_in(source) != []


@pytest.mark.parametrize(
    "source",
    [
        "from gatusyn.model import PublicFrame\ndef f(x: PublicFrame) -> PublicFrame: return x",
        "from gatusyn.model import PublicFrame\ndef f(x): return isinstance(x, PublicFrame)",
        "from gatusyn.model import PublicFrame\nframes: list[PublicFrame] = []",
        "from gatusyn.model import PublicFrame\ndef f(x: str): return x.replace('a', 'b')",
        "from dataclasses import replace\ndef f(x): return replace(x, name='other')",
    ],
)
def test_harmless_mentions_pass(source: str) -> None:
    assert faults_in(source) == []
