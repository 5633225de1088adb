"""Still images as the bytes of a file: a picture in, bytes out, and bytes of the cache checked."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image

from explainer.errors import CheckFailed, error_text, rebuild_command


def encode_image(picture: Image.Image, form: str, **settings: int) -> bytes:
    """A picture as the bytes of a file in Pillow's format `form`, as in `PNG`."""
    buffer = BytesIO()
    picture.save(buffer, form, **settings)
    return buffer.getvalue()


def read_cached_image(path: Path, form: str, what: str) -> bytes:
    """The bytes of a cached image in the format `form`; it is decoded to see that it is one.

    Raises:
        CheckFailed: if it cannot be decoded; the message calls it `what`.
    """
    content = path.read_bytes()
    _opened(content, form, what)
    return content


def open_cached_image(path: Path, form: str, what: str) -> Image.Image:
    """A cached image in the format `form`, decoded.

    Raises:
        CheckFailed: if it cannot be decoded; the message calls it `what`.
    """
    return _opened(path.read_bytes(), form, what)


def _opened(content: bytes, form: str, what: str) -> Image.Image:
    try:
        with Image.open(BytesIO(content), formats=[form]) as image:
            image.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        remedy = f"make it again with: {rebuild_command()}"
        raise CheckFailed.of(f"{what} cannot be read: {error_text(error)}", remedy) from error
    return image
