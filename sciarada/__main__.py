"""The program ``sciarada``, which is also ``python -m sciarada``.

Little is imported at the top, so that little time passes in which Ctrl-C would show a traceback.
"""

import _signal  # type: ignore[import-not-found] # the built-in part of `signal`, in no stubs
import sys


def run() -> None:
    """Run the command line; a signal ends it without a traceback, also during imports."""
    if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
    from sciarada.running.stopping import SIGNALS, stops_raise

    try:
        with stops_raise():
            _main()
    finally:
        for number in SIGNALS:  # nothing is left that could be interrupted
            _signal.signal(number, _signal.SIG_DFL)


def _main() -> None:
    from sciarada.running.stopping import received

    try:
        from sciarada.cli.main import main
    except BaseException:
        number = received()
        if number is None:
            raise
        print("sciarada: interrupted", file=sys.stderr)
        sys.exit(128 + number)
    main(prog_name="sciarada")


if __name__ == "__main__":
    run()
