"""The pages, one module per folder of templates/."""

from app.web.pages import boards, doors, imports, jobs

ROUTERS = (
    boards.router,
    doors.router,
    imports.router,
    jobs.router,
)
