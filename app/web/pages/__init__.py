"""The pages, one module per folder of templates/."""

from app.web.pages import boards, imports, jobs

ROUTERS = (
    boards.router,
    imports.router,
    jobs.router,
)
