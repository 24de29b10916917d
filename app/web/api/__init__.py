"""The REST interface under /api/v1, one module per kind of thing."""

from app.web.api import boards, exports, health, jobs, uploads, versions

ROUTERS = (
    boards.router,
    exports.router,
    health.router,
    jobs.router,
    uploads.router,
    versions.router,
)
