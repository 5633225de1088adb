"""Reads a small, safe part of YAML strictly: mappings, lists and scalars, each with its place.

Scalars stay text, so `no`, `1:30` and `0x10` mean what they look like; the caller asks for a
number where it wants one. All problems are collected in `Document.problems`.
"""

from __future__ import annotations

import difflib
import re
import stat
import unicodedata
from collections.abc import Collection, Sequence
from pathlib import Path

import yaml
from yaml.composer import Composer

from explainer.errors import ExplainerError, Problem, ScriptError, SourceLocation, error_text
from explainer.script import fields, yaml_hints, yaml_quoting

MAX_BYTES = 4 << 20
"""Size of a file."""
MAX_DEPTH = 16
"""Mappings and lists inside each other."""
MAX_NODES = 150_000
"""Keys and values in a file; a script of 5,000 rich lines has two thirds as many."""
MAX_KEY_CHARS = 100
"""Length of a key."""
MAX_PROBLEM_CHARS = 600
"""Length of a problem's text, which may quote the file."""
MAX_PROBLEMS = 50
"""Problems after which reading stops; a file with more is not meant as a script."""

# C0 and C1 controls other than tab and newline, bidirectional controls, line ends other than
# newlines, byte order marks, lone surrogates and noncharacters
UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
    "\ufeff\ufffe\uffff]"
)
"""Invisible characters that no text of a script may have, written out or escaped."""
_READ_OTHERWISE = re.compile(r"\t|[|>][-+0-9]*#")
"""What libyaml takes, and PyYAML's own parser does not."""
_NUMBER = re.compile(r"\d{1,6}(\.\d{1,6})?\Z")


class _RefusedYaml(Exception):
    def __init__(self, what: str, mark: yaml.Mark, remedy: str) -> None:
        self.what = what
        self.mark = mark
        self.remedy = remedy


class _Strict(Composer):
    """PyYAML's composer, which refuses aliases, anchors, tags, second documents, deep nesting."""

    depth = 0
    nodes = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[attr-defined]
        mark = event.start_mark
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            remedy = "write the value out; put a text that begins with * or & in quotes"
            raise _RefusedYaml("anchors and aliases are not used here", mark, remedy)
        if getattr(event, "tag", None):
            remedy = "remove the tag; put a text that begins with ! in quotes"
            raise _RefusedYaml("tags (!…) are not used here", mark, remedy)
        if self.depth >= MAX_DEPTH:
            raise _RefusedYaml("nested too deeply", mark, "a script needs five levels at most")
        self.nodes += 1
        if self.nodes > MAX_NODES:
            what = f"more than {MAX_NODES:,} keys and values"
            raise _RefusedYaml(what, mark, "split it into several films")
        self.depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


class _Loader(_Strict, yaml.BaseLoader):
    """Reads by PyYAML's own parser, whose errors are told."""


if yaml.__with_libyaml__:

    class _FastLoader(_Strict, yaml.CBaseLoader):
        """Reads by libyaml, in a seventh of the time."""

        def __init__(self, source: str) -> None:
            yaml.CBaseLoader.__init__(self, source)
            Composer.__init__(self)


def _read_fast(source: str) -> yaml.Node | None:
    """A document's top node by libyaml, if PyYAML's own parser is sure to read the same in it."""
    if not yaml.__with_libyaml__ or _READ_OTHERWISE.search(source):
        return None
    try:
        root: yaml.Node | None = _FastLoader(source).get_single_node()
    except (yaml.YAMLError, _RefusedYaml, ValueError):
        # told of by PyYAML's own parser
        return None
    return root if root and _as_by_pyyaml(root, False) else None


def _as_by_pyyaml(node: yaml.Node, in_flow: bool) -> bool:
    """Give a node of libyaml the styles that PyYAML has; whether all else is alike, too."""
    if isinstance(node, yaml.ScalarNode):
        node.style = node.style or None
        # where a missing value is, and whether a question mark begins a key, they see otherwise
        return bool(node.style or (node.value and not (in_flow and "?" in node.value)))
    assert isinstance(node, yaml.CollectionNode)
    in_flow = in_flow or bool(node.flow_style)
    inner = [each for entry in node.value for each in _as_nodes(entry)]
    return all(_as_by_pyyaml(each, in_flow) for each in inner)


def _as_nodes(entry: yaml.Node | tuple[yaml.Node, yaml.Node]) -> Sequence[yaml.Node]:
    """The nodes of a list's item, or of a mapping's key and value."""
    return entry if isinstance(entry, tuple) else (entry,)


class Document:
    """One YAML file; `root` is its top node, `problems` collects what is wrong with it."""

    def __init__(self, path: Path) -> None:
        """Read a file.

        Raises:
            ScriptError: if it cannot be read as YAML at all, with the first reason.
        """
        self.file = shown_path(path)
        self.problems: list[Problem] = []
        self.source = _decode(path, self.file)
        self.lines = self.source.splitlines()
        self.root = self._compose()
        self._raw: dict[int, str] = {}  # values before normalization, by node
        self._normalize(self.root)
        self._join(self.root)

    def place(self, mark: yaml.Mark, width: int = 1) -> SourceLocation:
        """The place of a YAML mark."""
        text = self.lines[mark.line] if mark.line < len(self.lines) else ""
        return SourceLocation(self.file, mark.line + 1, mark.column + 1, text, width)

    def find(self, text: str) -> SourceLocation | None:
        """The place of the first occurrence of a text in the file."""
        for number, line in enumerate(self.lines, 1):
            if text in line:
                return SourceLocation(self.file, number, line.index(text) + 1, line, len(text))
        return None

    def at(self, node: yaml.Node, offset: int = 0, width: int | None = None) -> SourceLocation:
        """The place of a node, or of `width` characters from `offset` in a scalar's value."""
        if not isinstance(node, yaml.ScalarNode):
            return self.place(node.start_mark)
        where = _raw_positions(node, self.source)
        if where and offset < len(where):
            index = where[offset]
            before = self.source[:index]
            line = before.count("\n")
            column = index - (before.rfind("\n") + 1)
            size = width if width is not None else len(node.value)
            return SourceLocation(self.file, line + 1, column + 1, self.lines[line], max(1, size))
        return self.place(node.start_mark, width or 1)

    def key_place(self, node: yaml.Node, name: str) -> SourceLocation:
        """The place of a key of a mapping."""
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        return next((self.at(key) for key, _ in pairs if key.value == name), self.at(node))

    def fail(self, place: SourceLocation | None, what: str, remedy: str = "") -> None:
        """Add a problem.

        Raises:
            ScriptError: with all problems so far, once there are `MAX_PROBLEMS`.
        """
        self.problems.append(Problem(_shorten(what), place, _shorten(remedy)))
        if len(self.problems) >= MAX_PROBLEMS:
            more = Problem("there may be more problems", None, "correct these first")
            raise ScriptError(*self.problems, more)

    def mapping(
        self,
        node: yaml.Node,
        what: str,
        known: Collection[str] | None = None,
        need: Collection[str] = (),
    ) -> dict[str, yaml.Node]:
        """The entries of a mapping.

        Keys other than the `known` ones (None: any key is allowed), missing keys of `need`,
        duplicates and entries without a value are problems; `what` names the mapping in them.
        """
        if not isinstance(node, yaml.MappingNode):
            must = f"{what} must be a mapping of keys to values"
            self.fail(self.at(node), must, "write each as key: value")
            return {}
        found: dict[str, yaml.Node] = {}
        for index, (key, value) in enumerate(node.value):
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            if node.flow_style and index and name and _is_missing(value):
                before, text = (each.value for each in node.value[index - 1])
                what = f"“{name}” has no value: a comma inside {{…}} begins the next entry"
                quoted = f'{{{before}: "{text}, {name}"}}' if isinstance(text, str) else ""
                remedy = f"put a text with a comma in quotes: {quoted}"
                self.fail(self.at(key), what, remedy.removesuffix(": "))
            elif node.flow_style and _is_missing(value) and ":" in name:
                before, _, after = name.partition(":")
                what = f"a space is missing after the colon of “{before}”"
                self.fail(self.at(key), what, f"write: {{{before}: {after}}}")
            elif not name or len(name) > MAX_KEY_CHARS:
                must = f"a key of {what} must be a word of at most {MAX_KEY_CHARS} characters"
                self.fail(self.at(key), must, "give it a shorter name, or remove the line")
            elif name == "<<":
                self.fail(self.at(key), "merge keys (<<) are not used here", "write the keys out")
            elif name in found:
                first = self.at(found[name]).line
                remedy = "or begin another entry here, with “- id:”" if name == "id" else ""
                twice = f"“{name}” is given twice (first on line {first})"
                self.fail(self.at(key), twice, ", ".join(filter(None, ("keep one", remedy))))
            elif known is not None and name not in known:
                if elsewhere := fields.owner(name):
                    hint = f"it is a field of {elsewhere}: move it there, or remove it"
                elif close := difflib.get_close_matches(name, known, 1):
                    hint = f"did you mean “{close[0]}”?"
                else:
                    hint = f"known keys: {', '.join(known)}"
                self.fail(self.at(key), f"unknown key “{name}” in {what}", hint)
            else:
                found[name] = value
        for name in need:
            if name not in found:
                self.fail(self.place(node.start_mark), f"{what} lacks “{name}”", f"add {name}: …")
        return found

    def sequence(self, node: yaml.Node | None, what: str) -> list[yaml.Node]:
        """The items of a list; an empty one is a problem, None is no list at all."""
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            must = f"{what} must be a list with at least one item"
            one = node.value if isinstance(node, yaml.ScalarNode) else ""
            self.fail(self.at(node), must, f"write: [{one}]" if one else "begin each with “- ”")
            return []
        return list(node.value)

    def text(
        self, node: yaml.Node | None, what: str, max_chars: int = 2000, exact: bool = False
    ) -> str:
        """A scalar as text in NFC with single spaces; an empty or too long one is a problem.

        With `exact`, as for the name of a file, it stays as it is written.
        """
        if node is None:
            return ""
        self._check_comment(node)
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            self.fail(self.at(node), f"{what} must be text", "write it in words")
            return ""
        if len(node.value) > max_chars:
            self.fail(self.at(node), f"{what} is longer than {max_chars} characters", "shorten it")
            return ""
        value = self._raw.get(id(node), node.value) if exact else node.value
        return " ".join(str(value).split())

    def number(
        self,
        node: yaml.Node | None,
        what: str,
        default: float,
        maximum: float,
        unit: str = "seconds",
    ) -> float:
        """A scalar as a plain number of `unit` from 0 to `maximum`; `default` if there is none."""
        if node is None:
            return default
        value = node.value if isinstance(node, yaml.ScalarNode) else ""
        if not _NUMBER.match(value) or float(value) > maximum:
            what = f"{what} must be a plain number of {unit} from 0 to {maximum:g}"
            self.fail(self.at(node), what, "write it like 0.4 or 60")
            return default
        return float(value)

    def _check_comment(self, node: yaml.Node) -> None:
        """Report a text without quotes that a ` #` in it cuts short, as a comment begins there.

        A comment set off by two spaces before the sign and one after is meant as one.
        """
        if not isinstance(node, yaml.ScalarNode) or node.style is not None or not node.value:
            return
        end = node.end_mark.index
        same_line = re.compile(r"([ \t]+)#([^\n]*)").match(self.source, end)
        line = node.end_mark.line
        column = node.end_mark.column
        if same_line:
            gap = same_line[1]
            rest = same_line[2]
            name = re.fullmatch(r"[a-z0-9][\w.@/-]*", node.value)
            set_off = rest[:1] in (" ", "\t", "#") and (len(gap) > 1 or bool(name))
            meant = set_off or not rest.strip()
            column += len(gap)
        else:
            below = re.compile(r"[ \t]*\n(?:[ \t]*\n)*([ \t]*)#(?=[^\s#])").match(self.source, end)
            if not below:
                return
            begin = self.lines[node.start_mark.line]
            indent = len(begin) - len(begin.lstrip(" -"))
            meant = len(below[1]) <= indent or node.start_mark.column == indent
            line = self.source.count("\n", 0, below.end())
            column = len(below[1])
        if not meant:
            text = self.lines[line]
            hint = yaml_quoting.comment(text, column)
            place = SourceLocation(self.file, line + 1, column + 1, text, hint.width)
            if not any(problem.place == place for problem in self.problems):
                self.fail(place, hint.what, hint.remedy)

    def _normalize(self, node: yaml.Node) -> None:
        """Put all values into Unicode's form NFC, so that the same text is the same string.

        Raises:
            ScriptError: if an escape stands for an invisible character.
        """
        if isinstance(node, yaml.ScalarNode):
            if unwanted := UNWANTED.search(node.value):
                raise _unwanted(unwanted.group(), self.at(node))
            if not unicodedata.is_normalized("NFC", node.value):
                self._raw[id(node)] = node.value
                node.value = unicodedata.normalize("NFC", node.value)
            return
        for each in node.value:
            for inner in each if isinstance(each, tuple) else (each,):
                self._normalize(inner)

    def _join(self, node: yaml.Node) -> None:
        """Remove the spaces that YAML makes of line ends from texts written without spaces."""
        if isinstance(node, yaml.ScalarNode):
            if not node.value.isascii() and (where := _raw_positions(node, self.source)):
                steps = enumerate(zip(where, [*where[1:], node.end_mark.index], strict=True))
                folds = [at for at, (a, b) in steps if "\n" in self.source[a:b]]
                node.value = _join_folds(
                    node.value, [at for at in folds if node.value[at].isspace()]
                )
            return
        for each in node.value:
            for inner in each if isinstance(each, tuple) else (each,):
                self._join(inner)

    def _compose(self) -> yaml.Node:
        if found := _read_fast(self.source):
            return found
        loader = _Loader(self.source)
        try:
            root = loader.get_single_node()
        except _RefusedYaml as refused:
            raise ScriptError.of(refused.what, refused.remedy, self.place(refused.mark)) from None
        except yaml.MarkedYAMLError as error:
            raise self._broken(error) from None
        except ValueError:
            remedy = "write the character itself, or an escape up to \\U0010FFFF"
            place = self.place(loader.get_mark())
            raise ScriptError.of("there is no such character", remedy, place) from None
        finally:
            loader.dispose()
        if root is None:
            raise ScriptError.of(f"{self.file} is empty", "start from the README's example")
        return root

    def _broken(self, error: yaml.MarkedYAMLError) -> ScriptError:
        """The error for a file that is not YAML: the likely reason, or else what PyYAML says."""
        mark = error.problem_mark or error.context_mark
        if mark is None:
            return ScriptError(
                Problem(f"not valid YAML: {error_text(error)}", None, "check its quotes")
            )
        begun = error.context_mark or mark
        reason = f"{error.context} {error.problem}"
        broken = yaml_hints.Broken(
            self.lines, reason, mark.line, mark.column, (begun.line, begun.column)
        )
        if hint := yaml_hints.explain(broken):
            text = self.lines[hint.line]
            place = SourceLocation(self.file, hint.line + 1, hint.column + 1, text, hint.width)
            return ScriptError(Problem(f"not valid YAML: {hint.what}", place, hint.remedy))
        what = f"not valid YAML: {error.problem or error.context}"
        return ScriptError(Problem(what, self.place(mark), "check indentation and quotes here"))


def _join_folds(value: str, folds: Collection[int]) -> str:
    """`value` without the spaces at `folds` (line ends in the file) between two East Asian letters.

    Chinese and Japanese are written without spaces. This is the rule of CSS Text 3 for line ends,
    with marks and pauses ignored.
    """
    dropped = []
    for at in folds:
        before = re.sub(r"(\]|\{[^{}]*\})+\Z", "", value[:at])
        after = re.sub(r"\A(\[|\{[^{}]*\})+", "", value[at + 1 :])
        if _is_east_asian(before[-1:]) and _is_east_asian(after[:1]):
            dropped.append(at)
    return "".join(char for at, char in enumerate(value) if at not in dropped)


def _is_east_asian(char: str) -> bool:
    """Whether a character has full width and is not Korean, which is written with spaces."""
    wide = char != "" and unicodedata.east_asian_width(char) in "WF"
    return wide and not unicodedata.name(char, "").startswith("HANGUL")


def _shorten(text: str) -> str:
    return text if len(text) <= MAX_PROBLEM_CHARS else text[:MAX_PROBLEM_CHARS] + " …"


def shown_path(path: Path) -> str:
    """How messages name a file: relative to the working folder if it lies below it."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _decode(path: Path, shown: str) -> str:
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would block
            raise ValueError("it is not an ordinary file")
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or error_text(error)
        raise ScriptError.of(
            f"cannot read {shown}: {why}", "name another file with --script FILE"
        ) from None
    if len(raw) > MAX_BYTES:
        raise ScriptError.of(f"{shown} is larger than 4 MiB", "split it into several films")
    try:
        source = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        column = error.start - (raw.rfind(b"\n", 0, error.start) + 1) + 1
        place = SourceLocation(shown, line, column)
        raise ScriptError.of("not UTF-8 text", "save the file as UTF-8", place) from None
    if unwanted := UNWANTED.search(source):
        before = source[: unwanted.start()]
        line = before.count("\n")
        place = SourceLocation(shown, line + 1, len(before) - (before.rfind("\n") + 1) + 1)
        raise _unwanted(unwanted.group(), place)
    return source


def _unwanted(char: str, place: SourceLocation) -> ExplainerError:
    return ScriptError.of(f"invisible control character U+{ord(char):04X}", "delete it", place)


def _is_missing(node: yaml.Node) -> bool:
    """Whether the value of a key is missing."""
    return isinstance(node, yaml.ScalarNode) and node.style is None and not node.value


def _raw_positions(node: yaml.ScalarNode, source: str) -> list[int]:
    """The offset in the source of each character of a scalar; empty if escapes make it unclear."""
    at = node.start_mark.index
    end = node.end_mark.index
    if node.style in ("|", ">"):
        at = source.find("\n", at, end) + 1 or at
    chars, places = _normalize_with_offsets(source[at:end])
    positions = []
    found = 0
    for char in node.value:
        if char.isspace():
            positions.append(at + places[found] if found < len(places) else end)
            continue
        while found < len(chars) and chars[found] != char:
            found += 1
        if found >= len(chars):
            return []
        positions.append(at + places[found])
        found += 1
    return positions


def _normalize_with_offsets(text: str) -> tuple[str, Sequence[int]]:
    """A text in NFC, and for each of its characters the offset in the text as written."""
    if unicodedata.is_normalized("NFC", text):
        return text, range(len(text))
    chars = ""
    places = list[int]()
    # characters that combine with the one before: marks, and the later parts of Hangul syllables
    for cluster in re.finditer(
        r"(?s).[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a"
        r"\u064b-\u065f\u0900-\u0dff\u1160-\u11ff\u1ab0-\u1aff"
        r"\u1dc0-\u1dff\u20d0-\u20f0\u3099\u309a\ufe20-\ufe2f]*",
        text,
    ):
        normal = unicodedata.normalize("NFC", cluster[0])
        last = len(cluster[0]) - 1
        chars += normal
        places += [cluster.start() + min(offset, last) for offset in range(len(normal))]
    return chars, places
