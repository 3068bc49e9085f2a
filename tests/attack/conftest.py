"""Every test here can ask for `site`: the whole site on a fresh database, on both kinds."""

from tests.web.site import site

__all__ = ["site"]
