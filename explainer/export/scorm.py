"""Packages for learning platforms, SCORM 1.2 and 2004: a finished film in, two zip files out.

Each holds the film, its page, which reports to the platform, and the manifest by which it is found.
"""

from __future__ import annotations

import tempfile
from html import escape
from pathlib import Path
from urllib.parse import quote
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from explainer.cache.files import write_atomically
from explainer.captions.formats.registry import FORMATS
from explainer.export.base import ExportJob
from explainer.export.page import head
from explainer.export.page.html_page import Platform, other_films, write_page

MANIFESTS = {
    "1.2": """<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="{id}" version="1.0" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
 xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
<metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
<organizations default="lesson"><organization identifier="lesson"><title>{title}</title>
<item identifier="item" identifierref="film" isvisible="true"><title>{title}</title></item>
</organization></organizations>
<resources><resource identifier="film" type="webcontent" adlcp:scormtype="sco" href="{page}">
{files}
</resource></resources>
</manifest>
""",
    "2004": """<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="{id}" version="1.0" xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"
 xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3"
 xmlns:imsss="http://www.imsglobal.org/xsd/imsss">
<metadata><schema>ADL SCORM</schema><schemaversion>2004 4th Edition</schemaversion></metadata>
<organizations default="lesson"><organization identifier="lesson"><title>{title}</title>
<item identifier="item" identifierref="film" isvisible="true"><title>{title}</title>
<imsss:sequencing><imsss:deliveryControls completionSetByContent="true"
 objectiveSetByContent="true"/></imsss:sequencing></item>
</organization></organizations>
<resources><resource identifier="film" type="webcontent" adlcp:scormType="sco" href="{page}">
{files}
</resource></resources>
</manifest>
""",
}
"""The manifest of each version of the standard."""
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of all files in a package, so that the same film gives the same package."""


def export(job: ExportJob) -> list[Path]:
    """Write `NAME.scorm12.zip` and `NAME.scorm2004.zip`.

    Raises:
        CheckFailed: if a film does not hold the frames that its timeline says.
    """
    written = []
    for version in MANIFESTS:
        out = job.film.with_suffix(f".scorm{version.replace('.', '')}.zip")
        with tempfile.TemporaryDirectory() as scratch:
            made = _package(job, version, Path(scratch))
            write_atomically(out, made)
        written.append(out)
    return written


def _package(job: ExportJob, version: str, scratch: Path) -> Path:
    """The package for one version of the standard, made in a folder for it alone."""
    first = job.versions[0]
    info = first.timeline.page_info
    activity = head.page_address(first) or f"urn:explainer:{first.timeline.name}"
    platform = Platform(version, info.xapi, activity)
    page = scratch / f"{job.film.stem}.html"
    assets = job.script.folder / "assets"
    write_page(job.versions, page, assets, job.cache, progress=job.progress, platform=platform)
    files: dict[str, Path | bytes] = {page.name: page}
    for each in job.versions:
        files[each.film.name] = each.film
        for form in FORMATS.values():
            if form.on_page:
                captions = form.write(each.captions, each.language).encode()
                files[each.film.stem + form.suffix] = captions
    for film in other_films(job.versions):
        files[film.name] = film
    poster = job.film.with_suffix(".png")
    if poster.is_file():
        files[poster.name] = poster
    manifest = MANIFESTS[version].format(
        id=f"explainer-{first.timeline.name}",
        title=escape(first.timeline.title),
        page=escape(quote(page.name)),
        files="\n".join(f'<file href="{escape(quote(name))}"/>' for name in files),
    )
    made = scratch / "package.zip"
    with ZipFile(made, "w") as package:
        _add(package, "imsmanifest.xml", manifest.encode())
        for name, content in files.items():
            _add(package, name, content)
    return made


def _add(package: ZipFile, name: str, content: Path | bytes) -> None:
    """Add a file; films and pictures, which are small already, as they are."""
    info = ZipInfo(name, EPOCH)
    info.external_attr = 0o644 << 16
    is_small = Path(name).suffix in (".mp4", ".png")
    info.compress_type = ZIP_STORED if is_small else ZIP_DEFLATED
    if isinstance(content, bytes):
        package.writestr(info, content)
        return
    info.file_size = content.stat().st_size
    with content.open("rb") as source, package.open(info, "w") as target:
        while part := source.read(1 << 20):
            target.write(part)
