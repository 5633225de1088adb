"""A value of a script changed in its file: the rest of the file stays as it is, byte for byte.

The new text takes the place of the old one; comments, order, indentation and line ends around it
stay. What a file would say after that is read again before it is given: if anything else of it
would change, the edit is refused.
"""

from __future__ import annotations

import codecs
import json
import re
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
    for scene_id, _, scene in _named(_entry(root, "scenes")):
        for line_id, first, line in _named(_entry(scene, "lines")):
            if isinstance(line, yaml.MappingNode):
                written = WrittenLine(dict(_texts_of(line)), first, _last_row(line))
                found[f"{scene_id}.{line_id}"] = written
    return found


def _last_row(node: yaml.Node) -> int:
    """The last row of a file, counted from 1, that a value has."""
    if isinstance(node, yaml.MappingNode) and node.value and not node.flow_style:
        return _last_row(node.value[-1][1])
    if isinstance(node, yaml.SequenceNode) and node.value and not node.flow_style:
        return _last_row(node.value[-1])
    # a value in a block ends where the next row begins
    return max(node.start_mark.line, node.end_mark.line - (node.end_mark.column == 0)) + 1


def _named(node: yaml.Node | None) -> Iterator[tuple[str, int, yaml.Node]]:
    """The items of a list by their ids, as a script has them, or of a mapping, as translations do.

    With each comes the row of the file in which it begins.
    """
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield key.value, key.start_mark.line + 1, value
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            own = _entry(item, "id") if isinstance(item, yaml.MappingNode) else None
            if isinstance(own, yaml.ScalarNode) and own.value:
                yield own.value, item.start_mark.line + 1, item


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


def with_field(source: bytes, where: Place, text: str) -> bytes:
    """The source of a script with a field of a line: written anew after its id, or changed.

    Raises:
        ScriptError: if there is no such line, the file cannot be read, or it cannot be put there
            without changing something else.
    """
    try:
        value_of(source, where)
    except ScriptError:
        return _inserted(source, where, text)
    return replaced(source, where, text)


def _inserted(source: bytes, where: Place, text: str) -> bytes:
    shown = _decoded(source)
    bom = codecs.BOM_UTF8 if source.startswith(codecs.BOM_UTF8) else b""
    root = _composed(shown)
    line = _line_node(root, where)
    key, value = next((each for each in line.value if each[0].value == "id"), line.value[0])
    in_flow = bool(line.flow_style)
    field = f"{where[-1]}: {_scalar(text, '', in_flow)}"
    ending = "\r\n" if "\r\n" in shown else "\n"
    # keys of a mapping stand below each other
    between = ", " if in_flow else ending + " " * key.start_mark.column
    if key.value == "id":
        at = value.end_mark.index
        if not in_flow and (row := re.compile("[^\r\n]*").match(shown, at)):
            at = row.end()
        made = f"{shown[:at]}{between}{field}{shown[at:]}"
    else:
        at = key.start_mark.index
        made = f"{shown[:at]}{field}{between}{shown[at:]}"
    try:
        after = _composed(made)
        added, _ = _find(after, where)
    except ScriptError:
        raise _refused(where) from None
    for node in _all_nodes(after):
        if isinstance(node, yaml.MappingNode):
            node.value[:] = [entry for entry in node.value if entry[1] is not added]
    if added.value != text or not _is_only_change(root, after, value, value.value):
        raise _refused(where)
    return bom + made.encode("utf-8")


def _line_node(root: yaml.Node, where: Place) -> yaml.MappingNode:
    """The mapping of a line's fields."""
    node: yaml.Node | None = root
    for name in ("scenes", where[0], "lines", where[1]):
        node = _entry(node, name)
    if not isinstance(node, yaml.MappingNode) or not node.value:
        what = f"{'.'.join(where[:-1])} is no line of the script"
        raise ScriptError.of(what, "write it in an editor")
    return node


def _all_nodes(root: yaml.Node) -> Iterator[yaml.Node]:
    waiting: list[yaml.Node] = [root]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, yaml.MappingNode):
            waiting += [each for entry in node.value for each in entry]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value


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
