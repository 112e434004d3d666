"""What every page needs: rendering, forms, errors, languages, formats, security headers, components.

Knows no feature. ``init_web(app)`` wires all of it.
"""

from portal.web.setup import init_web

__all__ = ["init_web"]
