"""Fetches the file behind a report's link to a temporary file on the disk, unpacked and complete.

The link is signed and leads to a store of files, not to Pinterest's API: the access token must not
go there, no redirect is followed, no closed network is reached (see ``networks``), and the address appears in no
message. Reads no rows (see ``rows``).
"""

import itertools
import re
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO
from urllib.parse import urlsplit

from pinterest_assets.pinterest.api import errors
from pinterest_assets.pinterest.api.addresses import is_loopback
from pinterest_assets.pinterest.api.networks import ClosedNetwork, Networks, numbers_of
from pinterest_assets.pinterest.api.question import Question
from pinterest_assets.pinterest.api.surrogates import without_halves
from pinterest_assets.pinterest.api.transport import Anonymous, Stream, Transport

MAX_FILE_BYTES = 8 * 1024**3
"""The largest file kept, unpacked: a bound for a disk, far above any report seen."""

_GZIP = b"\x1f\x8b"
_WITH_GZIP_HEADER = 31
_PART = 1024 * 1024
_SLICE = 16 * 1024

SLOWEST = 256 * 1024
"""Bytes a second that a file must come with beyond its first half hour: the largest ends within ten hours."""

_TAIL = 64


class Downloads:
    """Downloads beside the API at ``base_url``. Times are seconds; a file is at most ``max_bytes``, unpacked.

    ``longest`` bounds a file that keeps trickling in, with a second more for each ``slowest`` bytes, unpacked.
    """

    def __init__(
        self,
        base_url: str,
        *,
        connect_timeout: float = 10.0,
        read_timeout: float = 60.0,
        longest: float = 1800.0,
        slowest: float = SLOWEST,
        max_bytes: int = MAX_FILE_BYTES,
        pool_size: int = 16,
    ) -> None:
        self._max_bytes = max_bytes
        self._networks = Networks(base_url)
        self._transport = Transport(
            connect_timeout=connect_timeout,
            read_timeout=read_timeout,
            whole_timeout=longest,
            bytes_per_second=slowest,
            pool_size=pool_size,
            networks=self._networks,
        )

    def close(self) -> None:
        """Close all connections; a download under way ends, as one that was cut off."""
        self._transport.close()

    def fetch(
        self,
        url: str,
        size: int | None,
        label: str,
        *,
        ending: re.Pattern[bytes] | None = None,
        replaced: Callable[[int], None] = lambda _: None,
    ) -> BinaryIO:
        """The file behind ``url``, unpacked, at its beginning; it is gone from the disk when closed.

        ``size`` is what Pinterest says the file has, ``label`` what messages call it, ``ending`` how
        its last bytes must look. ``replaced`` is told of halves of characters, see ``surrogates``. Raises
        LinkRefused when the store does not take the link, AnswerUnreadable for a link or a redirect that must not
        be followed, for a store that cannot prove who it is, and for a file that is cut off or shorter than
        ``size``, AnswerTooLarge, SettingError when the disk is full, and what a
        failed connection raises.
        """
        question = Question(self._checked(url, label), label, Anonymous())
        try:
            file = tempfile.TemporaryFile(prefix="pinterest-report-")  # noqa: SIM115 - handed on
            try:
                with _of_one_link(label), self._transport.streamed(question) as stream:
                    _check_status(stream.status, label)
                    self._write(stream, file, size, label, replaced)
                if ending is not None:
                    _check_end(file, ending, label)
                file.seek(0)
            except BaseException:
                file.close()
                raise
        except OSError as failure:
            raise errors.SettingError(
                f"{label}: the file cannot be kept ({failure.strerror}): make room for temporary files, "
                "or set TMPDIR to a folder that has some",
                variable="TMPDIR",
            ) from failure
        return file

    def _checked(self, url: str, label: str) -> str:
        """``url``, if it may be followed as far as it says itself. The address is a secret, and in no message."""
        try:
            parts = urlsplit(url)
            host = parts.hostname or ""
        except ValueError:
            parts, host = urlsplit(""), ""
        if not host or not (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))):
            raise errors.AnswerUnreadable(f"{label}: the link to the file is not https; nothing was fetched")
        try:
            self._networks.check(
                numbers_of(host, is_number=True)
            )  # a proxy would not be connected to it, but connect
        except ClosedNetwork as closed:
            raise _leads_into(str(closed), label) from None
        return url

    def _write(
        self,
        stream: Stream,
        file: BinaryIO,
        size: int | None,
        label: str,
        replaced: Callable[[int], None],
    ) -> None:
        """Everything the stream gives, unpacked."""
        received = 0

        def counted() -> Iterator[bytes]:
            nonlocal received
            for chunk in stream.chunks:
                received += len(chunk)
                yield chunk

        for part in without_halves(_unpacked(counted(), label), replaced):
            file.write(part)
            stream.deadline.grant(len(part))
            # Packed it may be endless and hold nothing.
            if max(received, file.tell()) > self._max_bytes:
                limit = self._max_bytes / 1024**2
                raise errors.AnswerTooLarge(f"{label}: the file exceeds {limit:.1f} MB; ask for less")
        # Whether ``size`` counts a packed file before or after unpacking is written nowhere.
        if size is not None and max(received, file.tell()) < size:
            raise errors.AnswerUnreadable(f"{label}: the file has {received} of {size} bytes")


def _unpacked(chunks: Iterator[bytes], label: str) -> Iterator[bytes]:
    """The chunks as they are, or gunzipped if they begin like gzip: a file can be packed, or its way here."""
    start = b""
    while len(start) < len(_GZIP) and (chunk := next(chunks, b"")):
        start += chunk
    if not start.startswith(_GZIP):
        yield start
        yield from chunks
        return
    gunzip = zlib.decompressobj(wbits=_WITH_GZIP_HEADER)
    try:
        for packed in itertools.chain([start], _slices(chunks)):
            left = packed
            while left:
                if gunzip.eof:  # several packed parts, one after the other, are one file
                    gunzip = zlib.decompressobj(wbits=_WITH_GZIP_HEADER)
                yield gunzip.decompress(left, _PART)
                left = gunzip.unconsumed_tail or gunzip.unused_data
        yield gunzip.flush()
    except zlib.error:
        raise errors.AnswerUnreadable(f"{label}: the packed file is damaged") from None
    if not gunzip.eof:
        raise errors.AnswerUnreadable(f"{label}: the packed file is cut off")


def _slices(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Shorter ones: what is left of one is copied for each packed part that ends in it, however small."""
    for chunk in chunks:
        yield from (chunk[at : at + _SLICE] for at in range(0, len(chunk), _SLICE))


@contextmanager
def _of_one_link(label: str) -> Iterator[None]:
    """What is wrong with where a link leads is wrong with that link: others may be good, and no setting helps."""
    try:
        yield
    except ClosedNetwork as closed:
        raise _leads_into(str(closed), label) from None
    except errors.SettingError:
        raise errors.AnswerUnreadable(f"{label}: the link to the file is no address") from None
    except errors.InsecureConnection as problem:
        raise errors.AnswerUnreadable(str(problem)) from None


def _leads_into(network: str, label: str) -> errors.AnswerUnreadable:
    return errors.AnswerUnreadable(
        f"{label}: the link to the file leads into a closed network ({network}), where the API is not; nothing was "
        "fetched"
    )


def _check_status(status: int, label: str) -> None:
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        raise errors.AnswerUnreadable(
            f"{label}: the link to the file leads elsewhere ({status}); redirects are not followed",
            status=status,
        )
    message = f"{label}: the store of files answers {status}"
    if status >= 500 or status in (408, 429):
        raise errors.Unavailable(message, status=status)
    raise errors.LinkRefused(message, status=status)


def _check_end(file: BinaryIO, ending: re.Pattern[bytes], label: str) -> None:
    """Refuse a file that was cut where its bytes and ``size`` agree, before any of its rows is used."""
    file.seek(max(0, file.tell() - _TAIL))
    if not ending.search(file.read()):
        raise errors.AnswerUnreadable(f"{label}: the file does not end as a report does, it is cut off")
