"""Sphinx settings. Pages of the reference are written from the code before every build."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from data_pages import write_data_pages  # noqa: E402
from reference_pages import write_pages  # noqa: E402

from carboncalc import __version__  # noqa: E402

project = "carboncalc"
author = "The carboncalc developers"
copyright = "the carboncalc developers, Apache-2.0"
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_class_signature = "separated"
napoleon_google_docstring = False
napoleon_use_ivar = True
python_use_unqualified_type_names = True
# The pages can be read without a network: no script is fetched from elsewhere.
html_theme = "furo"
html_title = "carboncalc"
exclude_patterns = ["_build"]
language = "en"
nitpicky = False

write_pages(HERE / "reference" / "generated")
write_data_pages(HERE / "reference" / "generated")
