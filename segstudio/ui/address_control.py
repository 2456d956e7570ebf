"""Looks at images on other machines beside the window's thread, one at a time, and can be told to stop."""

import logging
import threading
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from segstudio.errors import SegstudioError
from segstudio.project.images import ImageFile, examine
from segstudio.raster.address import Address
from segstudio.raster.links import LinkState, links
from segstudio.raster.stop import Stop
from segstudio.ui.desk import Desk
from segstudio.ui.words import translate

Then = Callable[[ImageFile], object]
Failed = Callable[[SegstudioError], object]

_log = logging.getLogger(__name__)


class AddressControl(QObject):
    """Only the latest question is answered, always in the window's thread; the one before is given up.

    Says also which hosts do not answer while something is read from them, and when they do again.
    """

    asking = Signal(str, str, object)  # what is waited for, text of the button, what it calls
    ended = Signal()  # what was said of a question holds no longer
    _answered = Signal(int, object)
    _link_changed = Signal(object)  # LinkState, from any thread

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._number = 0
        self._stop = Stop()
        self._waiting: tuple[Then, Failed] | None = None
        self._answered.connect(self._deliver)
        self._link_changed.connect(self._say_link)
        self._unwatch = links.watch(lambda state: self._send(self._link_changed, state))

    @property
    def is_asking(self) -> bool:
        """Whether an answer is still to come."""
        return self._waiting is not None

    def look_at(self, address: Address, then: Then, failed: Failed) -> None:
        """Examine an address, then call one of the two."""
        self.give_up()
        self._waiting, self._stop = (then, failed), Stop()
        work = partial(self._examine, self._number, self._stop, address)
        # a daemon: nobody who closes the window waits for a host
        threading.Thread(target=work, name="address", daemon=True).start()

    def bring(self, address: Address, then: Then, failed: Failed) -> None:
        """The same, said above the canvas with a button to cancel."""
        self.look_at(address, then, failed)
        sentence = translate("AddressControl", "Asking {host} for {name}…")
        cancel = translate("AddressControl", "Cancel")
        self.asking.emit(sentence.format(host=address.host, name=address.name), cancel, self.give_up)

    def give_up(self) -> None:
        """Forget the question, if there is one."""
        if self._waiting is not None:
            self._waiting = None
            self._number += 1
            self._stop.ask()
            self.ended.emit()

    def close(self) -> None:
        """The window closes."""
        self._unwatch()
        self.give_up()

    def _examine(self, number: int, stop: Stop, address: Address) -> None:
        """In a thread of its own."""
        answer: ImageFile | SegstudioError
        try:
            with stop.adopted():
                answer = examine(address)
        except SegstudioError as error:
            answer = error
        self._send(self._answered, number, answer)

    def _deliver(self, number: int, answer: ImageFile | SegstudioError) -> None:
        if number != self._number or self._waiting is None:
            return
        then, failed = self._waiting
        self.give_up()
        if isinstance(answer, ImageFile):
            then(answer)
        else:
            failed(answer)

    def _say_link(self, state: LinkState) -> None:
        if self.is_asking:
            return  # that says what it waits for, and why in vain
        if not state.is_lost:
            sentence = translate("AddressControl", "{host} answers again.").format(host=state.host)
            self._desk.notice.emit("info", sentence)
            return
        sentence = translate(
            "AddressControl",
            "{reason}: what has been loaded stays, the rest is tried again in {seconds} s.",
        )
        said = sentence.format(reason=state.reason, seconds=max(1, round(state.wait_s)))
        self._desk.notice.emit("warning", said)

    def _send(self, signal: object, *values: object) -> None:
        try:
            signal.emit(*values)  # type: ignore[attr-defined]  # a bound signal, which PySide6 has no type for
        except RuntimeError:  # the window closed in the meantime
            _log.debug("an answer came after the window had closed")
