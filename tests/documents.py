"""A small document, for whatever sets one."""

from cips_models.report.document import Document, Section

ABOUT = {
    "name": "Survey", "countries": (), "groups": (), "waves": (), "factors": (),
    "created": "2026-01-02",
}  # fmt: skip

#: A picture of some height.
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 72 {height}">'
    '<rect width="72" height="{height}" fill="#12436d"/></svg>'
)


def document(*parts, **fields):
    """A document with one section of these parts."""
    section = Section("First", parts, key="first")
    told = {"kind": "Kind", "title": "Survey", "origin": "Written today.", "sections": (section,)}
    return Document(**{**told, **fields})
