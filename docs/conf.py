"""How the documentation is built: from the words here, the docstrings, and the declarations of the package.

Nothing is loaded from the network, neither while building nor while reading.
"""

from __future__ import annotations

import sys
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import TYPE_CHECKING

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from docutils.utils.math.latex2mathml import tex2mathml  # noqa: E402
from generated_pages import write_pages  # noqa: E402
from offline import foreign_loads  # noqa: E402

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

project = "diffuscope"
author = "The diffuscope developers"
copyright = "The diffuscope developers"
release = installed_version("diffuscope")
language = "en"

extensions = ["myst_nb", "sphinx.ext.autodoc", "numpydoc"]
myst_enable_extensions = ["dollarmath", "deflist", "colon_fence"]
myst_heading_anchors = 3
default_role = "code"
# Tutorials are executed, each in a folder of its own; an error in one ends the build.
nb_execution_mode = "force"
nb_execution_in_temp = True
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_merge_streams = True
nb_code_prompt_show = "Show the code"
exclude_patterns = ["_build", "reference/generated/_*"]
suppress_warnings = ["config.cache"]

autodoc_typehints = "none"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
numpydoc_xref_param_type = False

html_theme = "furo"
html_title = "diffuscope"
html_static_path = ["_static"]
html_css_files = ["docs.css"]
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
html_math_renderer = "mathml"


def _inline(self: HTML5Translator, node: nodes.math) -> None:
    from docutils.nodes import SkipNode

    self.body.append(tex2mathml(node.astext()))
    raise SkipNode


def _block(self: HTML5Translator, node: nodes.math_block) -> None:
    from docutils.nodes import SkipNode

    self.body.append(f'<div class="formula">{tex2mathml(node.astext(), as_block=True)}</div>')
    raise SkipNode


def _refuse_foreign_loads(app: Sphinx, error: Exception | None) -> None:
    loads = {} if error else foreign_loads(Path(app.outdir))
    if loads:
        from sphinx.errors import ExtensionError

        raise ExtensionError(f"Pages load something from elsewhere: {loads}")


def setup(app: Sphinx) -> None:
    """Draw formulas as MathML, which browsers show without any script, and write the generated pages."""
    app.connect("build-finished", _refuse_foreign_loads)
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    app.connect("builder-inited", lambda _: write_pages(HERE / "reference" / "generated"))
