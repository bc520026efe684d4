"""`python -m jobledger`: the command line."""

import os
import sys

from jobledger.cli import main

STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


def open_streams() -> None:
    """Those that our caller has closed: whatever we open next would get their numbers, and what is meant for them."""
    for number, (name, mode) in enumerate(STREAMS):
        if getattr(sys, name) is None:
            null = os.open(os.devnull, os.O_RDWR)
            if null != number:
                os.dup2(null, number)
                os.close(null)
            setattr(sys, name, os.fdopen(number, mode))


if __name__ == "__main__":
    open_streams()
    main(prog_name="jobledger")
