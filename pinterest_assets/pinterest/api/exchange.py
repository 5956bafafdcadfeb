"""What one call remembers between its tries. Sends nothing (see ``client``)."""

from dataclasses import dataclass, field

from pinterest_assets.pinterest.api.errors import PinterestError
from pinterest_assets.pinterest.api.refusals import error_of, read_refusal
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.api.transport import Answer


@dataclass
class Exchange:
    """The token last sent, and whether it was renewed already."""

    token: str = field(default="", repr=False)
    replayed: bool = False

    def error(self, request: Request, answer: Answer) -> PinterestError:
        """What an answer that is no success stands for, in words that hold no secret of this call."""
        refusal = read_refusal(request.method, request.path, answer.status, answer.headers, answer.body)
        return error_of(refusal, self.token, *request.secrets)
