"""The pages' view of a town's accounts."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from fastapi import Depends, Request, Response

from gatusyn.model import (
    CitySettings,
    GatusynError,
    Permission,
    Role,
    StaleError,
    StoreError,
    User,
)
from gatusyn.serve.errors import MissingError, http_code
from gatusyn.serve.pages.desk import Desk
from gatusyn.serve.pages.form_words import told_error
from gatusyn.serve.pages.navigation import N_
from gatusyn.serve.pages.user_form import form_of_user
from gatusyn.serve.pages.user_rows import UserRow
from gatusyn.serve.pages.words import ROLES
from gatusyn.serve.passwords import Passwords
from gatusyn.serve.read_city import CityReader
from gatusyn.serve.visitor import whole_town
from gatusyn.store.protocol import Store

MAY_MANAGE = [Depends(whole_town(Permission.MANAGE_USERS))]
GIVEN_ROLES = [own for own in Role if own is not Role.PUBLIC]

STALE = N_(
    "Somebody else has changed this account meanwhile. Nothing was saved. What you typed is still "
    "in the form: save once more to put it in place of what is there now."
)


class Accounts:
    """Shows a town's accounts, and says what is wrong with what was typed."""

    def __init__(
        self,
        desk: Desk,
        store: Store,
        reader: CityReader,
        settings: Callable[[], CitySettings],
        passwords: Passwords,
    ) -> None:
        self.desk = desk
        self.book = store.accounts
        self.passwords = passwords
        self._reader = reader
        self._settings = settings

    def rows(self) -> list[UserRow]:
        """Return every account with its log-ins and tokens."""
        sessions, tokens = self.book.sessions(), self.book.tokens()
        return [
            UserRow(
                user=own,
                sessions=tuple(one for one in sessions if one.user == own.name),
                tokens=tuple(one for one in tokens if one.user == own.name),
            )
            for own in self.book.users()
        ]

    def show_new(
        self, request: Request, typed: dict[str, Any], error: GatusynError | None = None
    ) -> Response:
        """Return the form of a new account."""
        return self.desk.show(
            request,
            "user_new.html",
            status=HTTPStatus.OK if error is None else http_code(type(error)),
            fault=told_error(error, self.desk.reader_of(request)),
            **self._form(typed),
        )

    def show(
        self,
        request: Request,
        name: str,
        *,
        typed: dict[str, Any] | None = None,
        error: GatusynError | None = None,
        password: str = "",
        done: str = "",
    ) -> Response:
        """Return the page of an account.

        Parameters
        ----------
        typed
            What stands in the form; what is so if None.
        password
            A new one, shown this once.
        """
        user = self.book.user(name)
        (row,) = [own for own in self.rows() if own.user.name == name]
        return self.desk.show(
            request,
            "user_one.html",
            status=HTTPStatus.OK if error is None else http_code(type(error)),
            user=user,
            row=row,
            fault=told_error(error, self.desk.reader_of(request)),
            is_stale=isinstance(error, StaleError),
            stale=STALE,
            password=password,
            done=done,
            is_own=request.state.visitor.name == name,
            strange_areas=self.strange_areas(user),
            **self._form(typed or form_of_user(user)),
        )

    def _form(self, typed: dict[str, Any]) -> dict[str, Any]:
        treatments = self._settings().economy.treatments.values()
        return {
            "typed": typed,
            "roles": [(own.value, ROLES[own]) for own in GIVEN_ROLES],
            "contractor": Role.CONTRACTOR.value,
            "treatments": [(own.name, own.swedish) for own in treatments],
        }

    def strange_areas(self, user: User) -> list[str]:
        """Return the areas of a contractor that are no street or district of the map.

        None where there is no map yet: then nothing is known to be wrong.
        """
        if not user.areas:
            return []
        try:
            layout = self._reader.index().layout
        except (MissingError, StoreError):
            return []
        known = {own.casefold() for own in (*layout.street_names, *set(layout.districts.tolist()))}
        return sorted(own for own in user.areas if own.strip().casefold() not in known)
