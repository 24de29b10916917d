"""The query language in an address: what a request asks for."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Request
from fastapi import Query as FromQuery

from app.curation import queries
from app.curation.orders import Order
from app.curation.queries import Query
from app.curation.sample_lists import Look
from app.curation.walking import Walk

PAGING = ("after", "limit", "sort")
PLACE = (*PAGING, "queue", "order", "seed")


async def read_query(request: Request) -> Query:
    """The query of an API's address, or QueryError."""
    return queries.parse(request.query_params.multi_items(), leaving=PAGING)


async def read_page_query(request: Request) -> Query:
    """The query of a page's address, or QueryError."""
    return queries.parse(request.query_params.multi_items(), leaving=PLACE)


After = Annotated[
    str,
    FromQuery(pattern="^([0-9]{1,18}(_[0-9]{1,18})?)?$", description="`next` of the page before"),
]
Sorted = Annotated[
    Literal["", "oldest", "newest", "shortest", "longest", "changed", "similar"],
    FromQuery(description="the order; that of `like` and `near` is similar, else oldest"),
]


async def read_look(after: After = "", sort: Sorted = "") -> Look:
    """In which order a list is looked at, and from where."""
    return Look(sort=sort, after=after)


Looked = Annotated[Look, Depends(read_look)]
Asked = Annotated[Query, Depends(read_query)]
AskedOfPage = Annotated[Query, Depends(read_page_query)]


async def read_walk(
    query: Annotated[Query, Depends(read_page_query)],
    *,
    queue: bool = False,
    order: Order = "oldest",
    seed: Annotated[int, FromQuery(ge=0, le=2**31 - 1)] = 0,
) -> Walk:
    """How the address goes through samples: the query, and the order of the queue."""
    return Walk(query, queue, order, seed)


AskedWalk = Annotated[Walk, Depends(read_walk)]

MEANINGS = {
    "status": "pending, approved, rejected, needs_work; several by comma",
    "mark": "marks that people gave; several by comma",
    "flagged": "1: flagged by a person, 0: not",
    "quality": "ratings from 1 to 5, 0: not rated; several by comma",
    "flag": "near_duplicate, knot, far, outsider; several by comma",
    "cell": "cells of the newest board, such as 3.2; several by comma",
    "topic": "topics of the newest board, such as 3; several by comma",
    "length": "characters of all turns: 0..200, 50.. or ..200",
    "sel": "selections that were drawn on a board or a map, such as s_9f3c01d2ab44",
    "q": 'words, "phrases" and beginnings* that the turns hold, all of them',
    "like": "a text: the 200 samples most like it in meaning",
    "near": "the id of a sample: the 200 samples most like it in meaning",
    "ids": "samples by id; several by comma",
    "upload": "the samples of one upload",
    "trash": "1: what lies in the trash",
}
DOCUMENTED: dict[str, Any] = {
    "parameters": [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": MEANINGS.get(
                name.removeprefix("not."), "one value or several by comma; quotes hold a comma"
            ),
            "schema": {"type": "string"},
        }
        for name in queries.NAMES
    ]
}
