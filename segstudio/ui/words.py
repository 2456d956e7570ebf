"""Translation outside of widgets, and how numbers are spelt everywhere in the window."""

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale, Qt

translate = QCoreApplication.translate

_MINUTE_S = 60
_HOUR_S = 3600
_KIB = 1024.0


def mark(context: str, word: str) -> str:
    """Mark a word in a table for translation; it stays as it is until `translate` shows it."""
    return word


def clock(seconds: float) -> str:
    """Seconds as 00:21 or 1:02:03."""
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, _HOUR_S)
    minutes, left = divmod(rest, _MINUTE_S)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes:02}:{left:02}"


def grouped(number: float) -> str:
    """A whole number with the locale's separators."""
    return QLocale().toString(round(number))


def short_count(number: int) -> str:
    """A pixel count in four or five signs: 870, 41.2 k, 3.05 M."""
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= limit:
            return f"{_three_signs(number / limit)} {unit}"
    return str(number)


def area(pixels: int, pixel_size_m: float | None) -> str:
    """A number of pixels on the ground where the image says how large they are."""
    if not pixels:
        return "–"
    if pixel_size_m is None:
        return f"{short_count(pixels)} px"
    square_metres = pixels * pixel_size_m**2
    if square_metres >= 1e6:
        return f"{_three_signs(square_metres / 1e6)} km²"
    if square_metres >= 1e4:
        return f"{_three_signs(square_metres / 1e4)} ha"
    return f"{square_metres:.0f} m²"


def _three_signs(value: float) -> str:
    """1.25, 12.5, 125: equally long, so that columns stay calm."""
    return f"{value:.{2 if value < 10 else 1 if value < 100 else 0}f}"


def file_size(size: float) -> str:
    """Bytes as MB or GB."""
    gib = size / _KIB**3
    return f"{gib:.1f} GB" if gib >= 0.95 else f"{size / _KIB**2:.0f} MB"


def local_time(at: str) -> str:
    """A moment in ISO 8601 as the locale writes it, in this place's time."""
    moment = QDateTime.fromString(at, Qt.DateFormat.ISODateWithMs).toLocalTime()
    return QLocale().toString(moment, QLocale.FormatType.ShortFormat)


def percent(share: float | None) -> str:
    """A share 0..1 as a percentage with one digit; a dash where there is none."""
    return "–" if share is None else f"{share * 100:.1f}"


# What the rooms below say in English: marked here, since they know nothing of translation.
WORDS_OF_JOBS = (
    mark("jobs", "Starting the engine"),
    mark("jobs", "Loading the model"),
    mark("jobs", "Predicting"),
    mark("jobs", "Learning"),
    mark("jobs", "Learning, seg"),
    mark("jobs", "Learning, depth"),
    mark("jobs", "Building a place"),
    mark("jobs", "Reading depth"),
    mark("jobs", "Restoring"),
    mark("jobs", "Looking for depth"),
    mark("jobs", "Looking through the adapter"),
    mark("jobs", "Cutting off depth"),
    mark("jobs", "Fetching weights"),
    mark("jobs", "Checking the weights"),
    mark("jobs", "Reading the weights"),
)
WORDS_OF_EDITS = (
    mark("edits", "brush"),
    mark("edits", "eraser"),
    mark("edits", "polygon"),
    mark("edits", "fill"),
    mark("edits", "accept"),
    mark("edits", "clear"),
    mark("edits", "import"),
    mark("edits", "merge classes"),
    mark("edits", "delete class"),
)
