"""The end of a process whose parent has ended."""

from os import _exit as leave_at_once

__all__ = ["leave_at_once"]
# `os._exit` itself is refused while a plugin is at work (`sciarada.hooks.leaving`), in whatever
# thread it is called. This name is not: a worker ends with its parent also in the middle of that.
