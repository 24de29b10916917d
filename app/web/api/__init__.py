"""The REST interface under /api/v1, one module per kind of thing."""

from app.web.api import (
    audits,
    boards,
    datasets,
    decisions,
    exports,
    health,
    jobs,
    labels,
    mappings,
    probes,
    samples,
    team,
    uploads,
    versions,
    views,
)

ROUTERS = (
    versions.frozen_router,
    audits.router,
    boards.router,
    datasets.router,
    decisions.router,
    exports.router,
    health.router,
    jobs.router,
    labels.router,
    mappings.router,
    probes.router,
    samples.router,
    team.router,
    uploads.router,
    versions.router,
    views.router,
)
