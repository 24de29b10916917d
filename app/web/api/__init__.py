"""The REST interface under /api/v1, one module per kind of thing."""

from app.web.api import (
    boards,
    datasets,
    decisions,
    exports,
    health,
    jobs,
    samples,
    uploads,
    versions,
)

ROUTERS = (
    boards.router,
    datasets.router,
    decisions.router,
    exports.router,
    health.router,
    jobs.router,
    samples.router,
    uploads.router,
    versions.router,
)
