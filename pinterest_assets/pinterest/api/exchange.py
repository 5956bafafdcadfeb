"""What one call remembers between its tries, and how it takes an answer. Sends nothing (see ``client``)."""

from dataclasses import dataclass, field
from typing import Any

from pinterest_assets.pinterest.api.errors import PinterestError
from pinterest_assets.pinterest.api.refusals import decoded, error_of, read_refusal
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.api.transport import Answer


@dataclass
class Exchange:
    """The token last sent for ``request``, how often one was rejected, and whether another took its place.

    ``token_remedy`` says what to do when it is rejected for good.
    """

    request: Request
    token_remedy: str = ""
    token: str = field(default="", repr=False)
    rejections: int = 0
    renewed: bool = False

    def check(self, answer: Answer) -> None:
        """Raise what an answer that is no success stands for."""
        if not 200 <= answer.status < 300:
            raise self.error(answer)

    def payload(self, answer: Answer) -> Any:
        """The decoded JSON of a success. Raises what else the answer stands for."""
        self.check(answer)
        payload = decoded(self.request.label, self.request.path, answer)
        if isinstance(payload, dict) and payload.get("code") == 8 and "message" in payload:
            raise self.error(answer)  # a spent budget dressed as a success
        return payload

    def error(self, answer: Answer) -> PinterestError:
        """The error an answer stands for, in words that hold no secret of this call."""
        method, path = self.request.method, self.request.path
        refusal = read_refusal(method, path, answer.status, answer.headers, answer.body)
        return error_of(refusal, self.token, *self.request.secrets, token_remedy=self.token_remedy)
