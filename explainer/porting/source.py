"""A file made for manim-voiceover, read without being run: its scenes and what they say in it.

`read_source` finds the classes, their voiceovers and the files beside it that they need; `rewrite`
gives the file with the package's imports replaced, each statement on the lines where it was.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from explainer.errors import Problem, ScriptError, SourceLocation
from explainer.script import scene_source
from explainer.script.scene_ast import ParsedFile
from explainer.script.yaml_document import shown_path

PACKAGE = "manim_voiceover"
OURS = "explainer.voiceover"
SCENE = "VoiceoverScene"
PROVIDED = (SCENE, "VoiceoverTracker", "SpeechService", "get_gettext")
"""The names of the package that `explainer.voiceover` has."""
VOICEOVERS = ("voiceover", "add_voiceover_text", "add_voiceover_ssml")
"""The methods by which a scene speaks."""
TEXTS = ("text", "ssml")
PICTURES = ("", ".png", ".jpg", ".jpeg", ".gif", ".svg")
"""What Manim adds to the name of a picture to find it."""
ASSETS = "assets/"
"""The folder that a film has them in."""
_REPEATED = (ast.For, ast.While, ast.If, ast.Try, ast.Match, ast.FunctionDef, ast.Lambda)
"""What may run a voiceover in it more than once, or not at all."""


@dataclass(frozen=True, slots=True)
class Voiceover:
    """A call that speaks, on lines `first` to `last` with what is below it.

    `text` is None if it is made as the scene runs. `in_order` is whether the call is certain to
    run once, in the order of the file. `ignored` are its arguments that a film has no use for.
    """

    call: ast.Call
    first: int
    last: int
    text: str | None
    in_order: bool
    ignored: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VoiceoverClass:
    """A scene: its class, the voiceovers in its own methods, and the language that it names."""

    name: str
    node: ast.ClassDef
    voiceovers: tuple[Voiceover, ...]
    language: str


@dataclass(frozen=True, slots=True)
class VoiceoverFile:
    """A file with its scenes; `comments` are those that have a line of their own, by its number.

    `notes` are what a film leaves out. `modules` are the files of Python that it imports from
    beside it, `imported` the names of all that they import, and `files` what its texts name beside
    it, each by its path in a film.
    """

    parsed: ParsedFile
    scenes: tuple[VoiceoverClass, ...]
    comments: dict[int, str]
    notes: tuple[Problem, ...]
    modules: tuple[Path, ...]
    imported: frozenset[str]
    files: dict[str, Path]


def read_source(path: Path) -> VoiceoverFile:
    """Read a file and find its scenes.

    Raises:
        ScriptError: if there is no such file, it is no Python, has no scene of manim-voiceover, or
            uses of the package what a film cannot have.
    """
    shown = shown_path(path)
    if not path.is_file():
        what = f"{shown} is a folder" if path.is_dir() else f"there is no file {shown}"
        raise ScriptError.of(what, "name the Python file that has the scenes")
    parsed = scene_source.read_scene(path, shown).source
    modules = _modules(path)
    problems = [problem for file in (path, *modules) for problem in _problems(file)]
    if problems:
        raise ScriptError(*problems)
    nodes, constructs = _scene_classes(parsed.tree, path, path.parent, frozenset())
    scenes = [_scene(node) for node in nodes if constructs[node.name]]
    if not scenes:
        what = f"{shown} has no scene of manim-voiceover"
        remedy = f"name a file that has a class of {SCENE} with a construct"
        if any(isinstance(node, ast.ClassDef) for node in parsed.tree.body):
            remedy += "; how other scenes are written, docs/scenes.md says"
        raise ScriptError.of(what, remedy)
    imported = [scene_source.read_scene(file, shown_path(file)).source for file in modules]
    sources = [parsed, *imported]
    files = {name: file for each in sources for name, file in _named_files(each, path.parent)}
    names = (name for each in sources for name in _imported(each.tree))
    tops = frozenset(name.partition(".")[0] for name in names)
    notes = [note for scene in scenes for note in _notes(parsed, scene)]
    notes += _left_out(parsed, nodes)
    return VoiceoverFile(
        parsed, tuple(scenes), _comments(path), tuple(notes), tuple(modules), tops, files
    )


def rewrite(path: Path) -> bytes:
    """A file's content with the imports of manim-voiceover replaced, in its own encoding."""
    source = path.read_bytes()
    encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    # columns are counted in bytes of UTF-8
    parts = re.split(b"(\r\n|\r|\n)", source.decode(encoding).encode())
    lines, ends = parts[::2], [*parts[1::2], b""]
    for node in reversed(list(_imports(ast.parse(source)))):
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        before, after = lines[first][: node.col_offset], lines[last][node.end_col_offset :]
        new = before + _import(node).encode() + after
        lines[first : last + 1] = [new, *[b""] * (last - first)]
    rows = (line + end for line, end in zip(lines, ends, strict=True))
    return b"".join(rows).decode().encode(encoding)


def _imports(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    """The statements that import manim-voiceover, in the order of the file."""
    for node in sorted(ast.walk(tree), key=lambda node: getattr(node, "lineno", 0)):
        match node:
            case ast.ImportFrom(module=str(name), level=0) if name.split(".")[0] == PACKAGE:
                yield node
            case ast.Import(names=names) if any(a.name.split(".")[0] == PACKAGE for a in names):
                yield node


def _import(node: ast.Import | ast.ImportFrom) -> str:
    """The statement in the place of one that imports manim-voiceover."""
    if isinstance(node, ast.Import):
        names = [
            f"{OURS} as {a.asname or PACKAGE}" if a.name == PACKAGE else ast.unparse(a)
            for a in node.names
        ]
        return f"import {', '.join(names)}"
    names = []
    for alias in node.names:
        name = alias.name if alias.name in (*PROVIDED, "*") else "SpeechService"
        asname = alias.asname or alias.name
        names.append(name if name == asname else f"{name} as {asname}")
    return f"from {OURS} import {', '.join(names)}"


def _problems(path: Path) -> Iterator[Problem]:
    """What a file imports of manim-voiceover that nothing can stand for."""
    parsed = scene_source.read_scene(path, shown_path(path)).source
    for node in _imports(parsed.tree):
        service = isinstance(node, ast.ImportFrom) and ".services" in (node.module or "")
        for alias in node.names:
            if isinstance(node, ast.Import):
                refused = alias.name.startswith(f"{PACKAGE}.")
                remedy = "write: from MODULE import NAME, with the names that are used"
            else:
                refused = alias.name not in (*PROVIDED, "*") and not service
                remedy = f"remove it; there are {', '.join(PROVIDED)}, and the services"
            if refused:
                what = f"nothing of this program stands for “{alias.name}”"
                yield Problem(what, parsed.place(alias, len(alias.name)), remedy)


def _scene_classes(
    tree: ast.Module, path: Path, root: Path, seen: frozenset[Path]
) -> tuple[list[ast.ClassDef], dict[str, bool]]:
    """The classes of a file that are scenes of manim-voiceover, and all that it calls so.

    Each name comes with whether its class has a `construct`, its own or that of a base. `root` is
    the folder that modules are imported from, `seen` are the files that import this one.
    """
    known: dict[str, bool] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                known |= _dotted(alias, _exported(root, alias.name, root, seen | {path}))
        elif isinstance(node, ast.ImportFrom):
            folder = path.parents[node.level - 1] if node.level else root
            there = _exported(folder, node.module or "", root, seen | {path})
            for alias in node.names:
                if alias.name == "*":
                    known |= there
                elif alias.name in there:
                    known[alias.asname or alias.name] = there[alias.name]
                else:
                    name = f"{node.module}.{alias.name}" if node.module else alias.name
                    known |= _dotted(alias, _exported(folder, name, root, seen | {path}))
    found = []
    for node in tree.body:
        if not isinstance(node, ast.ClassDef):
            continue
        bases = [known[name] for name in map(ast.unparse, node.bases) if name in known]
        if bases:
            methods = {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
            known[node.name] = "construct" in methods or any(bases)
            found.append(node)
    return found, known


def _dotted(module: ast.alias, names: dict[str, bool]) -> dict[str, bool]:
    """The names that a module has, as they are written where it is imported."""
    return {f"{module.asname or module.name}.{name}": known for name, known in names.items()}


def _exported(folder: Path, module: str, root: Path, seen: frozenset[Path]) -> dict[str, bool]:
    """What a module below a folder calls scenes of manim-voiceover, or that package itself does."""
    parts = module.split(".") if module else []
    if parts[:1] == [PACKAGE]:
        return {SCENE: False}
    package = folder.joinpath(*parts)
    for file in (package.with_name(f"{package.name}.py"), package / "__init__.py"):
        if file.is_file() and file not in seen:
            tree = scene_source.read_scene(file, shown_path(file)).source.tree
            return _scene_classes(tree, file, root, seen)[1]
    return {}


def _scene(node: ast.ClassDef) -> VoiceoverClass:
    found: list[Voiceover] = []
    for item in node.body:
        if isinstance(item, ast.FunctionDef):
            found += _voiceovers(item, item.name == "construct")
    return VoiceoverClass(node.name, node, tuple(found), _language(node))


def _voiceovers(node: ast.AST, in_order: bool, last: int = 0) -> Iterator[Voiceover]:
    """The calls that speak below a node, which ends on line `last` if it is a `with`."""
    for child in ast.iter_child_nodes(node):
        end = last if isinstance(child, ast.withitem) else 0
        if isinstance(child, ast.With):
            end = child.end_lineno or child.lineno
        if isinstance(child, ast.Call) and _method(child) in VOICEOVERS:
            own = child.end_lineno or child.lineno
            yield Voiceover(
                child,
                child.lineno,
                max(own, last if isinstance(node, ast.withitem) else 0),
                _literal(_text_of(child)),
                in_order,
                tuple(k.arg or "**" for k in child.keywords if k.arg not in TEXTS),
            )
        inside = in_order and not isinstance(child, _REPEATED)
        yield from _voiceovers(child, inside, end)


def _method(call: ast.Call) -> str:
    """The name of the method that a call on `self` is for; empty if it is none."""
    match call.func:
        case ast.Attribute(value=ast.Name(id="self"), attr=name):
            return name
    return ""


def _text_of(call: ast.Call) -> ast.expr | None:
    named = [keyword.value for keyword in call.keywords if keyword.arg in TEXTS]
    return next(iter([*call.args[:1], *named]), None)


def _literal(node: ast.expr | None) -> str | None:
    """The text that an expression is, whenever the scene runs; None if that cannot be told."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            parts = _literal(left), _literal(right)
            return None if None in parts else "".join(map(str, parts))
        case ast.JoinedStr(values=values) if all(isinstance(v, ast.Constant) for v in values):
            return "".join(str(v.value) for v in values if isinstance(v, ast.Constant))
        case ast.Call(func=ast.Name(id="_"), args=[argument]):
            return _literal(argument)  # as gettext marks texts to translate
    return None


def _language(cls: ast.ClassDef) -> str:
    """The language of the service that a class sets; empty if it does not say."""
    for call in ast.walk(cls):
        if not isinstance(call, ast.Call) or _method(call) != "set_speech_service":
            continue
        for node in ast.walk(call):
            match node:
                case ast.keyword(arg="lang" | "language", value=ast.Constant(value=str(tag))):
                    if found := re.match(r"([A-Za-z]{2,3})(?![^-_])", tag):
                        return found[1].lower()
                # as in en-US-AriaNeural
                case ast.keyword(arg="voice", value=ast.Constant(value=str(voice))):
                    if found := re.match(r"([a-z]{2,3})-[A-Z]{2}-", voice):
                        return found[1]
    return ""


def _notes(parsed: ParsedFile, scene: VoiceoverClass) -> Iterator[Problem]:
    """What of a scene's calls a film does without."""
    for node in ast.walk(scene.node):
        if isinstance(node, ast.Call) and _method(node) == "set_speech_service":
            at = parsed.place(node.func, len("self.set_speech_service"))
            remedy = "write voice: NAME into the script; “explainer voices” lists them"
            yield Problem("the speech service is not used: the script says who speaks", at, remedy)
    for voiceover in scene.voiceovers:
        for name in voiceover.ignored:
            at = parsed.place(voiceover.call.func, 1)
            if "subcaption" in name:
                remedy = "write what is to be read into say:, and how it is spoken into lexicon:"
                what = f"“{name}” is left out: captions are what is said"
            else:
                remedy = "write how fast a voice speaks into engines:, as in {flite: {pace: 0.9}}"
                what = f"“{name}” is left out: how it is spoken stands in the script"
            yield Problem(what, at, remedy)


def _left_out(parsed: ParsedFile, scenes: Sequence[ast.ClassDef]) -> Iterator[Problem]:
    """The classes with a `construct` that do not speak."""
    for node in parsed.tree.body:
        if not isinstance(node, ast.ClassDef) or node in scenes:
            continue
        if any(isinstance(n, ast.FunctionDef) and n.name == "construct" for n in node.body):
            what = f"{node.name} is left out: it is no {SCENE}"
            remedy = "let it be one, or write it as docs/scenes.md says"
            yield Problem(what, parsed.place(node, len("class")), remedy)


def said_elsewhere(file: VoiceoverFile, cls: VoiceoverClass) -> list[SourceLocation]:
    """Where what a scene may call speaks: in its bases, in functions, in other files."""
    parsed = [scene_source.read_scene(path, shown_path(path)).source for path in file.modules]
    parsed.append(file.parsed)
    classes = [n for each in parsed for n in each.tree.body if isinstance(n, ast.ClassDef)]
    bases = {cls.name}
    for _ in classes:
        inherit = [node for node in classes if node.name in bases]
        bases |= {ast.unparse(b).rpartition(".")[2] for node in inherit for b in node.bases}
    # other scenes speak for themselves
    apart = [node for node in classes if node is cls.node or node.name not in bases]
    own = {node for each in apart for node in ast.walk(each)}
    return [
        each.place(node.func)
        for each in parsed
        for node in ast.walk(each.tree)
        if isinstance(node, ast.Call) and node not in own
        if isinstance(node.func, ast.Attribute) and node.func.attr in VOICEOVERS
    ]


def _comments(path: Path) -> dict[int, str]:
    """The comments that have a line of their own, by its number."""
    found = {}
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type == tokenize.COMMENT and not token.line[: token.start[1]].strip():
                found[token.start[0]] = token.string.lstrip("#").strip()
    return found


def _modules(path: Path) -> list[Path]:
    """The files of Python that a file imports from beside it, whole packages among them."""
    found = {file for file in scene_source.module_files(path) if file != path}
    waiting = [path, *found]
    while waiting:
        file = waiting.pop()
        for name in _imported(ast.parse(file.read_bytes())):
            package = path.parent / name.partition(".")[0]
            inside = set(package.rglob("*.py")) - found if package.is_dir() else set()
            found |= inside
            waiting += inside
    return sorted(found)


def _imported(tree: ast.Module) -> Iterable[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module


def _named_files(parsed: ParsedFile, folder: Path) -> Iterator[tuple[str, Path]]:
    """Files beside a source that a text in it names, and Manim's settings, by their places.

    Pictures that are named without their ending are looked for in a film's assets.
    """
    here = folder.resolve()
    texts = {"manim.cfg"}
    for node in ast.walk(parsed.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            texts.add(node.value)
    for text in texts:
        if not text.strip() or len(text) > 200 or not text.isprintable():
            continue
        if Path(text).is_absolute() or ".." in Path(text).parts:
            continue
        for place, suffix in product(("", ASSETS), PICTURES):
            name = place + text + suffix
            file = folder / name
            with suppress(OSError):  # a name too long
                if file.is_file() and file.resolve().is_relative_to(here) and file.suffix != ".py":
                    yield name if place or not suffix else ASSETS + name, file
