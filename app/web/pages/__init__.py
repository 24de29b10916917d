"""The pages, one module per folder of templates/."""

from app.web.pages import boards, doors, exports, imports, jobs

ROUTERS = (
    boards.router,
    doors.router,
    exports.router,
    imports.router,
    jobs.router,
)
