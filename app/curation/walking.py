"""How somebody goes through samples: what they asked for and in which order. In every address."""

from dataclasses import dataclass
from typing import Any

from app.curation.orders import Order
from app.curation.queries import Query
from app.curation.sample_rows import href


@dataclass(frozen=True, slots=True)
class Walk:
    """One way through the samples; `queue` means one at a time, as they wait for a decision."""

    query: Query
    queue: bool = False
    order: Order = "oldest"
    seed: int = 0

    @property
    def further(self) -> dict[str, Any]:
        """What stands in an address beside the query."""
        named: dict[str, Any] = {"queue": 1} if self.queue else {}
        if self.order != "oldest":
            named["order"] = self.order
        if self.order == "random":
            named["seed"] = self.seed
        return named

    @property
    def asked(self) -> str:
        """The query string that leads on, "" for none."""
        return href("", "", self.query, **self.further).partition("?")[2]

    def href(self, slug: str, page: str, **more: Any) -> str:
        """The address of a page of the data set on this walk."""
        further = self.further
        if page == "review":
            further.pop("queue", None)
        return href(slug, page, self.query, **further, **more)

    def plain(self, slug: str, page: str) -> str:
        """The address of a page that knows the query only."""
        return href(slug, page, self.query)
