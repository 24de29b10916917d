"""The pages, one module per folder of templates/."""

from app.web.pages import (
    audits,
    boards,
    darts,
    datasets,
    doors,
    exports,
    imports,
    jobs,
    reports,
    samples,
    selections,
    targets,
    trimming,
)

ROUTERS = (
    audits.router,
    boards.router,
    darts.router,
    datasets.router,
    doors.router,
    exports.router,
    imports.router,
    jobs.router,
    reports.router,
    samples.router,
    selections.router,
    targets.router,
    trimming.router,
)
