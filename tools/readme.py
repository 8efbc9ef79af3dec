"""README.rst of each addon out of the fragments in its `readme` folder: `python -m tools.readme` writes them.

The fragments use little of Markdown: paragraphs, headings, lists, fenced code, bold, italics, code and links.
"""

import ast
import re

from tools.dev.paths import ADDONS, ROOT

# The fragments in the order of the page, with the headings that they get.
FRAGMENTS = {"DESCRIPTION": "", "CONFIGURE": "Configuration", "USAGE": "Usage", "DEVELOP": "Development",
             "ROADMAP": "Known issues and roadmap"}  # fmt: skip
UNDERLINES = "=-~^"
HEADING = re.compile(r"(#+) +(.+)")
ITEM = re.compile(r"(\s*)(?:[-*]|\d+\.) +")
LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
ITALICS = re.compile(r"(?<![\w*\\])_([^_\s][^_]*)_(?!\w)")


def build(addon):
    """The text of an addon's README.rst."""
    manifest = ast.literal_eval((ROOT / addon / "__manifest__.py").read_text(encoding="utf-8"))
    parts = [".. This file is made from the fragments in readme/ by tools/readme.py.", heading(manifest["name"], 0)]
    for name, title in FRAGMENTS.items():
        path = ROOT / addon / "readme" / f"{name}.md"
        if path.exists():
            parts += [heading(title, 1)] if title else []
            parts.append(convert(path.read_text(encoding="utf-8")))
    parts += [heading("Credits", 1), f"{manifest['author']}, {manifest['license']}."]
    return "\n\n".join(parts) + "\n"


def heading(text, level):
    """
    >>> print(heading("Usage", 1))
    Usage
    -----
    """
    return f"{text}\n{UNDERLINES[level] * len(text)}"


def convert(markdown):
    """A fragment in reStructuredText.

    >>> print(convert("Do `this`:" + chr(10) + "- one" + chr(10) + "- [two](https://two.example)"))
    Do ``this``:
    <BLANKLINE>
    - one
    - `two <https://two.example>`__
    """
    lines, is_code, is_list = [], False, False
    for line in markdown.strip().splitlines():
        if line.lstrip().startswith("```"):
            is_code = not is_code
            lines += ["", "::", ""] if is_code else [""]
        elif is_code:
            lines.append(f"    {line}".rstrip())
        elif found := HEADING.match(line):
            lines += ["", *heading(convert_inline(found[2]), min(len(found[1]) + 1, 3)).splitlines(), ""]
        else:
            starts_item = bool(ITEM.match(line))
            if starts_item and not is_list:
                lines.append("")
            is_list = starts_item or (is_list and line.startswith(" "))
            lines.append(convert_inline(line))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def convert_inline(text):
    """
    >>> convert_inline("**Take** a *ticket* with `_take` or _not_ at all")
    '**Take** a *ticket* with ``_take`` or *not* at all'
    """
    parts = re.split(r"(`[^`]+`)", text)
    for index, part in enumerate(parts):
        if index % 2:
            parts[index] = f"`{part}`"
        else:
            parts[index] = ITALICS.sub(r"*\1*", LINK.sub(r"`\1 <\2>`__", part.replace("\\", "\\\\")))
    return "".join(parts)


def main():
    for addon in ADDONS:
        (ROOT / addon / "README.rst").write_text(build(addon), encoding="utf-8")


if __name__ == "__main__":
    main()
