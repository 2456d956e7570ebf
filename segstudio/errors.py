"""What a person can act upon. Every other exception is a bug and flies to the exception hook."""


class SegstudioError(Exception):
    """One sentence that says what is wrong and the way out."""


class RasterError(SegstudioError):
    """An image cannot be opened, read or written."""


class ConnectionLost(RasterError):
    """A host did not answer, again and again; asking it once more after `wait_s` seconds may help."""

    def __init__(self, sentence: str, *, host: str = "", reason: str = "", wait_s: float = 0.0) -> None:
        super().__init__(sentence)
        self.host, self.reason, self.wait_s = host, reason, wait_s


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
