"""Industrial carbon accounting carried into green finance.

Public names load on first use: importing this package is cheap, and the stub beside this
file gives every name its type.
"""

import lazy_loader

from carboncalc._version import __version__ as __version__

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
