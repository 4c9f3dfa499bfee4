"""What mkdocs does differently for this site: it takes in the generated pages, and notebooks ask no other host.

Run docs/_build/generate.py first; without its pages the build stops.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

_OUTSIDE = re.compile(
    r'<script[^>]*\bsrc="https?://[^"]*"[^>]*>\s*</script>'  # MathJax, require.js
    r"|<!-- Load mathjax -->.*?<!-- End of mathjax configuration -->"
    r'|<script type="module">(?:(?!</script>).)*?https://(?:(?!</script>).)*</script>',  # mermaid
    re.DOTALL,
)

_BLOCK = re.compile(r'<div class="((?:language-text )?highlight)">(<pre>.*?</pre>)', re.DOTALL)
_ALIGNED = re.compile(r"^ |\u2500", re.MULTILINE)
"""A line that begins with a blank, or the rule of a table: it would not survive being broken."""
_HYPHENS = re.compile(r"(?<![\w#&;-])(--?[a-z][\w-]*|\d{4}-\d\d-\d\d)(?=[^<>]*<)")
_KEPT = r'<span class="kept">\1</span>'
"""Options and dates in running text, which a browser would break at their hyphens."""
_SIGN = re.compile(r'<a class="anchor-link"[^>]*>¶</a>')


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Add the generated pages and parts to what mkdocs watches while it serves."""
    config.watch.append(str(_build(config) / "pages"))
    return config


@event_priority(100)
def on_files(files: Files, /, *, config: MkDocsConfig) -> Files:
    """Add every generated page; early, so that the notebook plugin sees the notebooks among them.

    Raises:
        PluginError: If nothing was generated, or a generated page stands in the place of a written one.
    """
    folder = _build(config) / "pages"
    if not (folder / "reference" / "commands.md").is_file():
        raise PluginError("no generated pages; run first: python docs/_build/generate.py")
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        uri = path.relative_to(folder).as_posix()
        if files.get_file_from_path(uri) is not None:
            raise PluginError(f"docs/{uri} is generated; a written page cannot stand there")
        files.append(File(uri, str(folder), config.site_dir, use_directory_urls=config.use_directory_urls))
    return files


def on_page_content(html: str, /, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Let long messages and commands wrap; take foreign scripts and the signs behind headings out of a notebook page."""
    del config, files
    if page.file.src_uri.endswith(".ipynb"):
        return _SIGN.sub("", _OUTSIDE.sub("", html))
    return _BLOCK.sub(_wrapping, html)


def _wrapping(block: re.Match[str]) -> str:
    """The block with a class that lets its lines wrap, unless they are aligned with each other."""
    if _ALIGNED.search(re.sub(r"<[^>]*>", "", block[2])):
        return block[0]
    return f'<div class="{block[1]} wrapping">{_HYPHENS.sub(_KEPT, block[2])}'


def _build(config: MkDocsConfig) -> Path:
    """The folder that the generator wrote to: build/ beside mkdocs.yml, or what BACKCOURT_DOCS_BUILD names."""
    return Path(os.environ.get("BACKCOURT_DOCS_BUILD") or Path(config.config_file_path).parent / "build")
