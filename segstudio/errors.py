"""What a person can act upon. Every other exception is a bug and flies to the exception hook."""


class SegstudioError(Exception):
    """One sentence that says what is wrong and the way out."""


class RasterError(SegstudioError):
    """An image cannot be opened, read or written."""


class ConnectionLost(RasterError):
    """An image on another machine could not be reached again and again; asking once more may help."""


class AddressNotNamed(RasterError):
    """A file leads to another machine that the person has not named herself."""


class ModelError(SegstudioError):
    """A model is unknown, has no weights, or does not fit the image."""


class ProjectError(SegstudioError):
    """A project cannot be opened or changed."""


class CannotTrain(SegstudioError):
    """A fine-tune is refused because its result could not be judged."""


class Cancelled(SegstudioError):
    """The person asked to stop."""
