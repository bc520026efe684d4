"""Reading and writing, held up as far as the other side cannot follow."""

from uvicorn.protocols.http.flow_control import FlowControl


class Flow(FlowControl):
    """While it is held, nothing more is read, whoever asks for more."""

    _is_held = False

    def hold(self) -> None:
        self._is_held = True
        self.pause_reading()

    def let_go(self) -> None:
        self._is_held = False
        self.resume_reading()

    def resume_reading(self) -> None:
        if not self._is_held:
            super().resume_reading()
