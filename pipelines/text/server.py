"""A server that writes: ask it, hear its reply piece by piece, hang up at any time."""

from collections.abc import Sequence

from pipelines.errors import PipelineError, RequestRefused, ServerDropped
from pipelines.server import Request, Server
from pipelines.text.call import Bell, Call
from pipelines.text.piece import Piece, read_chunk

REFUSED = "never begun: refused"  # the end of one of several replies that a server doesn't write to one request,
IGNORED = "never begun: ignored"  # and of one that it says nothing of


class TextServer(Server):
    """A server asked for words."""

    art = "literature"

    def call(self, request: Request, bells: Sequence[Bell]) -> list[Call]:
        """Ask in a conversation where the request has messages, for a completion where it has a prompt.

        There is one reply for each bell; of several, one that never begins may end as REFUSED or IGNORED.
        """
        calls = [Call(bell) for bell in bells]
        if len(calls) > 1:
            request = request | {"n": len(calls)}
        future = self.send(self._listen(request, calls))
        for call in calls:
            call.join(future, calls)
        return calls

    async def _listen(self, request: Request, calls: Sequence[Call]) -> None:
        endpoint = self.client.chat.completions if "messages" in request else self.client.completions
        begun = False
        trouble: PipelineError | None = None
        try:
            async with await endpoint.create(stream=True, **request) as stream:
                begun = True
                async for chunk in stream:
                    for number, piece in read_chunk(chunk, len(calls), request.get("stop", ())):
                        calls[number].say(piece)
        except Exception as error:  # noqa: BLE001  told in words of our own
            trouble = self.tell(error, request["model"], begun)
        for call in calls:
            if len(calls) > 1 and not call.begun and (trouble is None or isinstance(trouble, RequestRefused)):
                call.say(Piece(end=REFUSED if trouble else IGNORED))
            elif not call.ended:
                call.say(trouble or ServerDropped(host=self.host))
