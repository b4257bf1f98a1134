"""What can go wrong, in one family: every message names the thing, the fault and the remedy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import ClassVar

from gatusyn.model.drive_fault import Cause, DriveFault, Figure
from gatusyn.model.form_fault import FormCause, FormFault


class GatusynError(Exception):
    """A fault that a user can act on.

    Parameters
    ----------
    source
        The file, folder, column or setting that is at fault, as the user knows it.
    problem
        What is wrong with it, in one clause.
    remedy
        What to do about it, as a sentence; empty if nothing can be advised.
    form, figures
        The same as a code and figures, where a person's form can be at fault: for whoever says it
        in another language.
    """

    exit_code: ClassVar[int] = 1

    def __init__(
        self,
        source: object,
        problem: str,
        remedy: str = "",
        *,
        form: FormFault | None = None,
        figures: Mapping[str, Figure] | None = None,
    ) -> None:
        self.source = str(source)
        self.problem = problem
        self.remedy = remedy
        self.form = None if form is None else FormCause(fault=form, figures=dict(figures or {}))
        super().__init__(str(self))

    def __str__(self) -> str:
        message = f"{self.source}: {self.problem}"
        return f"{message}. {self.remedy}" if self.remedy else message

    def __reduce__(self) -> tuple[Callable[..., GatusynError], tuple[object, ...]]:
        told = (self.source, self.problem, self.remedy)
        if self.form is None:
            return type(self), told
        return partial(type(self), form=self.form.fault, figures=self.form.figures), told


class SettingsError(GatusynError):
    """A setting is missing, unknown or out of range."""

    exit_code = 2


class ChangedError(SettingsError):
    """Somebody else has changed the settings since they were read."""


class CostError(SettingsError):
    """Figures that treatments cannot cost.

    Parameters
    ----------
    faults
        What is wrong, by treatment and setting.
    """

    def __init__(self, source: object, faults: Mapping[tuple[str, str], str]) -> None:
        self.faults = dict(faults)
        words = (f"{name}.{setting} {fault}" for (name, setting), fault in faults.items())
        super().__init__(source, "; ".join(words), "Nothing was written: correct these figures.")


class ValueFaultsError(SettingsError):
    """Values that settings cannot have.

    Parameters
    ----------
    faults
        What is wrong, by table and setting.
    """

    def __init__(self, source: object, faults: Mapping[tuple[str, str], str]) -> None:
        self.faults = dict(faults)
        words = (f"{'.'.join(key).lstrip('.')} {fault}" for key, fault in faults.items())
        super().__init__(source, "; ".join(words), "Nothing was written: correct these settings.")


class NetworkError(GatusynError):
    """A road network cannot be used as delivered."""

    exit_code = 3


class DriveError(GatusynError):
    """Footage or a track cannot be used: ``FootageError`` or ``TrackError``.

    Parameters
    ----------
    fault, figures
        The same as a code and figures, for whoever says it in another language.
    """

    def __init__(
        self,
        source: object,
        problem: str,
        remedy: str = "",
        *,
        fault: DriveFault = DriveFault.OTHER,
        figures: Mapping[str, Figure] | None = None,
    ) -> None:
        super().__init__(source, problem, remedy)
        self.cause = Cause(fault=fault, figures=dict(figures or {}))

    def __reduce__(self) -> tuple[Callable[..., GatusynError], tuple[object, ...]]:
        fault, figures = self.cause.fault, self.cause.figures
        make = partial(type(self), fault=fault, figures=figures)
        return make, (self.source, self.problem, self.remedy)


class FootageError(DriveError):
    """A video or a folder of photos cannot be used."""

    exit_code = 4


class UncheckedError(FootageError):
    """The privacy stage could not look at a frame: it must be rejected, never stored or shown.

    The message must say nothing of what the frame shows.
    """


class TrackError(DriveError):
    """A track is missing, has no times, or does not fit the footage or the town."""

    exit_code = 5


class StoreError(GatusynError):
    """The city folder or its database cannot be used."""

    exit_code = 6


class StorageFullError(StoreError):
    """The disk is full; nothing of the drive was written."""

    exit_code = 7


class ModelWeightsError(GatusynError):
    """Weights or their description are missing or not what they claim to be."""

    exit_code = 8


class PictureError(GatusynError):
    """There is no such picture (any more)."""

    exit_code = 9


class FindingError(GatusynError):
    """There is no such finding (any more), or nothing can be said of it so."""

    exit_code = 9


class RegionError(PictureError):
    """A marked region does not fit its picture."""


class HeldError(PictureError):
    """A picture is under a hold and must stay."""


class SurveyError(GatusynError):
    """A survey cannot be compared: its file, its columns, its values or its places."""

    exit_code = 10


class ProgrammeError(GatusynError):
    """A programme cannot be made from what was given: a price, a lock, a budget or a target."""

    exit_code = 11


class AccountError(GatusynError):
    """An account, a session or a token cannot be made, changed or used so."""

    exit_code = 12


class UnknownAccountError(AccountError):
    """There is no such account or token (any more)."""


class TakenError(AccountError):
    """Something of that name is there already, or what is there must stay."""


class StaleError(AccountError):
    """Somebody else changed it meanwhile: nothing was changed."""


class SealError(GatusynError):
    """Footage cannot be encrypted or decrypted: a key is missing or wrong, or it was changed."""

    exit_code = 13


class DamagedError(SealError):
    """Footage is not on the disk as it came: cut off, changed or gone. It must be sent again."""


class KeyMissingError(SealError):
    """A town's key for footage is not there."""


class UploadError(GatusynError):
    """What is sent cannot be taken so."""

    exit_code = 14


class UploadTooLargeError(UploadError):
    """A file, a drive or all that waits would be too large."""


class UploadConflictError(UploadError):
    """What is sent does not fit what has come: another part, another file, or it is over."""


class UploadGoneError(UploadError):
    """What has come of a file is not there any more: it must be sent anew."""
