"""What is to be remarked on a result, said later in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A remark without its words.

    Parameters
    ----------
    key
        Names its text in the documents' lists of texts (``remark`` and this).
    values
        What is put into the text: a count or whole kronor as an int, else a float, names and years
        as text.
    """

    key: str
    values: Mapping[str, int | float | str] = field(default_factory=dict)
