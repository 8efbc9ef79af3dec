"""Files that come with a form from outside; what they are is judged by their content, not by what they are called."""

from odoo.tools.mimetypes import guess_mimetype

MOST_FILES = 5
MOST_MEGABYTES = 10  # each
ALLOWED = (
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "application/pdf",
    "text/plain",
    "text/csv",
    "application/zip",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
)
# What browsers run, although it may look like text.
MARKUP = (b"<!doctype", b"<html", b"<svg", b"<script", b"<?xml", b"<body", b"<iframe")
NAME_LIMIT = 120


def read_files(uploads, env):
    """The files of a form, and why not all can be taken; nothing is kept of a form that is refused.

    :param uploads: werkzeug's, in the order of the form
    :return: pairs of name and content, and a sentence or nothing
    """
    chosen = [upload for upload in uploads if upload.filename]
    if len(chosen) > MOST_FILES:
        return [], env._("Please send %(count)s files at most.", count=MOST_FILES)
    files = [(_clean_name(upload.filename), upload.read(MOST_MEGABYTES * 2**20 + 1)) for upload in chosen]
    if heavy := [name for name, content in files if len(content) > MOST_MEGABYTES * 2**20]:
        return [], env._(
            "These files are larger than %(size)s MB: %(names)s.", size=MOST_MEGABYTES, names=", ".join(heavy)
        )
    if wrong := [name for name, content in files if content and not _is_allowed(content)]:
        return [], env._(
            "Pictures, PDF, office documents, texts and ZIP can be sent, these files cannot: %(names)s.",
            names=", ".join(wrong),
        )
    return [(name, content) for name, content in files if content], None


def _clean_name(name):
    return name.replace("\\", "/").rpartition("/")[2][-NAME_LIMIT:]


def _is_allowed(content):
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return guess_mimetype(content, default="") in ALLOWED and not start.startswith(MARKUP)
