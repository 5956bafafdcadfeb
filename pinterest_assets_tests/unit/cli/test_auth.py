"""The page that takes the browser to the consent."""

from html.parser import HTMLParser

import pytest

from pinterest_assets.cli.auth import consent_page


class Seen(HTMLParser):
    """The tags of a page, and where it leads."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.targets: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        if given.get("http-equiv") == "refresh":
            self.targets.append((given["content"] or "").removeprefix("0; url="))
        self.targets += [given["href"]] if "href" in given else []


@pytest.mark.parametrize(
    "address",
    [
        "https://www.pinterest.com/oauth/?client_id=1&state=x",
        'https://x.example/"><script>alert(1)</script>',
        "https://x.example/'onload='alert(1)",
    ],
)
def test_the_address_is_text_on_the_page_whatever_is_in_it(address: str) -> None:
    seen = Seen()
    seen.feed(consent_page(address))
    assert seen.tags == ["meta", "meta", "meta", "title", "p", "a"]
    assert seen.targets == [address, address]
