"""Turn what goes wrong into words the artist can act on, in their language."""

import functools
import inspect
import logging
from collections.abc import Callable, Iterator
from typing import Any, cast

import gradio as gr

from pipelines.errors import OutOfMemory, ParameterError, PipelineError
from pipelines.memory import ran_out
from studio.words import Words

log = logging.getLogger("triptych")


def tell(error: PipelineError, words: Words, language: str, art: str = "") -> str:
    """Return the error's sentence in a language: the art's own where there is one, a knob's shown name in it."""
    details = dict(error.details)
    if isinstance(error, ParameterError) and words.has(f"{art}.{details.get('name')}"):
        details["name"] = words.say(f"{art}.{details['name']}", language)
    art = error.art or art
    key = f"error.{type(error).__name__}"
    return words.say(f"{key}.{art}" if words.has(f"{key}.{art}") else key, language, **details)


class Shown:
    """Wraps handlers so that an error reaches the artist as a sentence and the log as a trace."""

    def __init__(self, words: Words, language_of: Callable[[gr.Request], str], art: str = "") -> None:
        self._words = words
        self._language_of = language_of
        self._art = art

    def __call__(self, handler: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap a function or a generator that takes a `request`."""
        if inspect.isgeneratorfunction(handler):

            @functools.wraps(handler)
            def stream(*args: Any, **kwargs: Any) -> Iterator[Any]:
                request = _request(args, kwargs)
                try:
                    yield from handler(*args, **kwargs)
                except Exception as error:  # noqa: BLE001  the last place where it can be told kindly
                    raise self._kind(error, request) from None

            return stream

        @functools.wraps(handler)
        def call(*args: Any, **kwargs: Any) -> Any:
            request = _request(args, kwargs)
            try:
                return handler(*args, **kwargs)
            except Exception as error:  # noqa: BLE001
                raise self._kind(error, request) from None

        return call

    def _kind(self, error: Exception, request: gr.Request | None) -> Exception:
        if isinstance(error, gr.Error):
            return cast(Exception, error)
        language = self._language_of(request) if request is not None else "en"
        if ran_out(error):
            error = OutOfMemory()
        if not isinstance(error, PipelineError):
            log.error("a handler failed", exc_info=error, extra={"of_visitor": True})
            key = "error.disk" if isinstance(error, OSError) else "error.PipelineError"
            sentence = self._words.say(key, language)
        else:
            sentence = tell(error, self._words, language, self._art)
        return cast(Exception, gr.Error(sentence, print_exception=False))


def _request(args: tuple[Any, ...], kwargs: dict[str, Any]) -> gr.Request | None:
    return next((value for value in (*args, *kwargs.values()) if isinstance(value, gr.Request)), None)
