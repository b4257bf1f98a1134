"""The service's pages: tables, forms and charts in one shell with the map, made on the server."""

from gatusyn.serve.pages.desk import Desk
from gatusyn.serve.pages.languages import COOKIE, LANGUAGES

__all__ = ["COOKIE", "LANGUAGES", "Desk"]
