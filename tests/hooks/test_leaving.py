import atexit

from sciarada.hooks.leaving import exit_handlers_wrapped


def test_a_function_that_a_plugin_kept_registers_handlers_as_usual(monkeypatch):
    registered = []
    monkeypatch.setattr(atexit, "register", lambda *given: registered.append(given))
    with exit_handlers_wrapped(lambda function: function()):
        kept = atexit.register
    assert kept(print, "late") is print
    assert registered == [(print, "late")]


def test_a_handler_that_is_registered_meanwhile_is_called_by_the_wrapper(monkeypatch):
    registered, ran = [], []
    monkeypatch.setattr(atexit, "register", lambda *given: registered.append(given))
    with exit_handlers_wrapped(lambda function: ran.append(function())):
        atexit.register(len, "late")
    ((handler, text),) = registered
    handler(text)
    assert ran == [4]
