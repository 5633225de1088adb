"""A value of a script changed in its file: the rest of the file stays as it is, byte for byte.

The new text takes the place of the old one; comments, order, indentation and line ends around it
stay. What a file would say after that is read again before it is given: if anything else of it
would change, the edit is refused.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import yaml

from explainer.errors import ExplainerError, ScriptError

Place = Sequence[str]
"""Where a value stands: `("tilt", "orbit", "say")` is `say` of the line `orbit` of scene `tilt`."""

_FAST_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Reads in a tenth of the time; its marks count rows, but not always characters."""


def value_of(source: bytes, where: Place) -> str:
    """The text that a script has somewhere, as it is written in the file.

    Raises:
        ScriptError: if there is none there, or the file cannot be read.
    """
    node, _ = _find(_composed(_decoded(source)), where)
    return _text(node.value)


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """A line as its file has it: its texts by field, and the rows of the file it is written in.

    Of its labels each is a field of its own, such as `labels/gene`. Rows count from 1.
    """

    texts: dict[str, str]
    first: int
    last: int


def written_lines(source: bytes) -> dict[str, WrittenLine]:
    """The lines of a script's file by `scene.line`, in its order.

    Raises:
        ScriptError: if the file cannot be read.
    """
    root = _composed(_decoded(source), _FAST_LOADER)
    found: dict[str, WrittenLine] = {}
    for scene in _items(_entry(root, "scenes")):
        for line in _items(_entry(scene, "lines")):
            ids = _scalar_of(scene, "id"), _scalar_of(line, "id")
            if all(ids) and isinstance(line, yaml.MappingNode):
                first, last = line.start_mark.line + 1, _last_row(line)
                found[".".join(ids)] = WrittenLine(dict(_texts_of(line)), first, last)
    return found


def _last_row(node: yaml.Node) -> int:
    """The last row of a file, counted from 1, that a value has."""
    if isinstance(node, yaml.MappingNode) and node.value and not node.flow_style:
        return _last_row(node.value[-1][1])
    if isinstance(node, yaml.SequenceNode) and node.value and not node.flow_style:
        return _last_row(node.value[-1])
    # a value in a block ends where the next row begins
    return max(node.start_mark.line, node.end_mark.line - (node.end_mark.column == 0)) + 1


def _items(node: yaml.Node | None) -> list[yaml.Node]:
    return node.value if isinstance(node, yaml.SequenceNode) else []


def _scalar_of(node: yaml.Node, name: str) -> str:
    found = _entry(node, name)
    return str(found.value) if isinstance(found, yaml.ScalarNode) else ""


def _texts_of(line: yaml.MappingNode) -> Iterator[tuple[str, str]]:
    for name, value in line.value:
        if isinstance(value, yaml.ScalarNode):
            yield name.value, _text(value.value)
        elif isinstance(value, yaml.MappingNode):
            for inner, text in value.value:
                if isinstance(text, yaml.ScalarNode):
                    yield f"{name.value}/{inner.value}", _text(text.value)


def replaced(source: bytes, where: Place, text: str) -> bytes:
    """The source of a script with another text somewhere.

    Raises:
        ScriptError: if there is no text there, the file cannot be read, or the text cannot be
            put there without changing something else.
    """
    shown = _decoded(source)
    bom = codecs.BOM_UTF8 if source.startswith(codecs.BOM_UTF8) else b""
    root = _composed(shown)
    node, in_flow = _find(root, where)
    if _text(node.value) == text:
        return source
    first, last = node.start_mark.index, node.end_mark.index
    written = _written(shown, node, text, in_flow)
    made = shown[:first] + written + shown[last:]
    try:
        after = _composed(made)
    except ScriptError:
        raise _refused(where) from None
    if not _is_only_change(root, after, node, text):
        raise _refused(where)
    return bom + made.encode("utf-8")


def _refused(where: Place) -> ExplainerError:
    what = f"this text cannot be written into {'.'.join(where)} without changing more"
    return ScriptError.of(what, "write it in an editor")


def _decoded(source: bytes) -> str:
    try:
        return source.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError:
        raise ScriptError.of("the script is not UTF-8", "save it as UTF-8") from None


def _composed(text: str, loader: type = yaml.SafeLoader) -> yaml.Node:
    try:
        root = yaml.compose(text, Loader=loader)
    except yaml.YAMLError as error:
        what = f"the script is not valid YAML now: {' '.join(str(error).split())}"
        raise ScriptError.of(what, "mend it in an editor first") from None
    if root is None:
        raise ScriptError.of("the script is empty", "write it in an editor first")
    return root


def _find(root: yaml.Node, where: Place) -> tuple[yaml.ScalarNode, bool]:
    """The value of a field of a line, scene or script, and whether it is within {} or []."""
    *ids, field = where
    names = [name for pair in zip(("scenes", "lines"), ids, strict=False) for name in pair]
    node: yaml.Node | None = root
    in_flow = False
    for name in [*names, *field.split("/")]:
        in_flow = in_flow or bool(getattr(node, "flow_style", False))
        node = _entry(node, name)
    if not isinstance(node, yaml.ScalarNode):
        what = f"{'.'.join(ids)} has no text “{field}” in the script"
        raise ScriptError.of(what, "write it in an editor")
    return node, in_flow


def _entry(node: yaml.Node | None, name: str) -> yaml.Node | None:
    """An entry by its key, or of a list by its id."""
    if isinstance(node, yaml.MappingNode):
        found = [value for key, value in node.value if key.value == name]
    elif isinstance(node, yaml.SequenceNode):
        found = [item for item in node.value if _has_id(item, name)]
    else:
        found = []
    return found[0] if len(found) == 1 else None


def _has_id(item: yaml.Node, name: str) -> bool:
    own = _entry(item, "id") if isinstance(item, yaml.MappingNode) else None
    return isinstance(own, yaml.ScalarNode) and own.value == name


def _text(value: str) -> str:
    return " ".join(value.split())


def _written(source: str, node: yaml.ScalarNode, text: str, in_flow: bool) -> str:
    """A text as YAML, in the style of the value that it takes the place of."""
    if node.style in ("|", ">"):
        # a block goes to the beginning of the next line
        ending = "\r\n" if "\r\n" in source else "\n"
        return _scalar(text, '"', in_flow) + ending * source[: node.end_mark.index].endswith("\n")
    return _scalar(text, node.style or "", in_flow)


def _scalar(text: str, style: str, in_flow: bool) -> str:
    """A text in one line, in plain style, in single or in double quotes."""
    if style == "'" and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    if style == "" and _is_plain(text, in_flow):
        return text
    return json.dumps(text, ensure_ascii=False)


def _is_plain(text: str, in_flow: bool) -> bool:
    """Whether a text needs no quotes."""
    around = "{{key: {}, next: 1}}" if in_flow else "key: {}\nnext: 1"
    try:
        node = yaml.compose(around.format(text), Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return False
    if not isinstance(node, yaml.MappingNode) or len(node.value) != 2:
        return False
    value = node.value[0][1]
    is_scalar = isinstance(value, yaml.ScalarNode) and value.style is None
    return is_scalar and value.value == text


def _is_only_change(before: yaml.Node, after: yaml.Node, node: yaml.Node, text: str) -> bool:
    """Whether two scripts are alike but for one value, which is `text` in the second."""
    pairs = [(before, after)]
    while pairs:
        old, new = pairs.pop()
        if old is node:
            same = isinstance(new, yaml.ScalarNode) and _text(new.value) == _text(text)
        elif isinstance(old, yaml.ScalarNode):
            same = isinstance(new, yaml.ScalarNode) and (old.tag, old.value) == (new.tag, new.value)
        else:
            same = type(old) is type(new) and len(old.value) == len(new.value)
        if not same:
            return False
        if isinstance(old, yaml.MappingNode):
            for entry, other in zip(old.value, new.value, strict=True):
                pairs += zip(entry, other, strict=True)
        elif isinstance(old, yaml.SequenceNode):
            pairs += zip(old.value, new.value, strict=True)
    return True
