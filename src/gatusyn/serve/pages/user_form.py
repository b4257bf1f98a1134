"""The form of an account: what is typed into it, and what that means."""

from __future__ import annotations

import re
from typing import Annotated, Any, TypeVar

from fastapi import Form
from pydantic import ValidationError

from gatusyn.model import AccountError, Role, User
from gatusyn.serve.pages.form_words import causes_of
from gatusyn.serve.schemas_accounts import UserChange, UserIn

Asked = TypeVar("Asked", UserIn, UserChange)

LONGEST_NAMES = 8000
Named = Annotated[str, Form(min_length=1, max_length=64)]
Version = Annotated[int, Form(ge=1, le=2**53)]
Line = Annotated[str, Form(max_length=200)]
Names = Annotated[str, Form(max_length=LONGEST_NAMES)]
Treatments = Annotated[list[Annotated[str, Form(max_length=200)]] | None, Form(max_length=100)]

EMPTY: dict[str, Any] = {
    "name": "",
    "display_name": "",
    "email": "",
    "role": Role.VIEWER.value,
    "areas": "",
    "treatments": (),
    "disabled": False,
}


def typed_user(
    display_name: str, email: str, role: Role, areas: str, treatments: list[str] | None
) -> dict[str, Any]:
    """Return what was typed, as it stands in the form again."""
    return EMPTY | {
        "display_name": display_name,
        "email": email,
        "role": role.value,
        "areas": areas,
        "treatments": tuple(treatments or ()),
    }


def form_of_user(user: User) -> dict[str, Any]:
    """Return an account as it stands in the form."""
    return {
        "name": user.name,
        "display_name": user.display_name,
        "email": user.email,
        "role": user.role.value,
        "areas": "\n".join(sorted(user.areas or ())),
        "treatments": tuple(user.treatments or ()),
        "disabled": user.disabled,
    }


def limits_of(role: Role, areas: str, treatments: list[str] | None) -> dict[str, Any]:
    """Return what a contractor is given; nobody else has limits."""
    if role is not Role.CONTRACTOR:
        return {"areas": None, "treatments": None}
    named = [own.strip() for own in re.split(r"[\r\n;]+", areas) if own.strip()]
    return {"areas": list(dict.fromkeys(named)), "treatments": treatments or None}


def checked(kind: type[Asked], **fields: Any) -> Asked:
    """Return what was typed as the API would take it.

    Raises
    ------
    AccountError
        If it would not.
    """
    try:
        return kind(**fields)
    except ValidationError as error:
        first = error.errors()[0]
        (cause,) = causes_of([first])
        raise AccountError(
            cause.name,
            f"is wrong ({first['msg'].lower()})",
            "Correct it.",
            form=cause.fault,
            figures=cause.figures,
        ) from error
