"""Every test of the web can ask for `site`."""

from tests.web.site import site

__all__ = ["site"]
