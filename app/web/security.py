"""The permission table: what each route takes. A route without a line here is closed to all."""

from collections.abc import Sequence

from fastapi import FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware

from app.storage.access import Role
from app.web.doors import KNOWN, PUBLIC, Doors, Permissions
from app.web.envelope import Envelope

VIEWER, REVIEWER, CURATOR, ADMIN = Role.VIEWER, Role.REVIEWER, Role.CURATOR, Role.ADMIN

# (method, path template): the least role that may call it. HEAD is asked as GET.
# The parameters' names do not matter: {slug} and {dataset} are the same line.
PERMISSIONS: Permissions = {
    # The doors themselves
    ("GET", "/login"): PUBLIC,
    ("POST", "/login"): PUBLIC,
    ("GET", "/setup"): PUBLIC,
    ("POST", "/setup"): PUBLIC,
    ("GET", "/join"): PUBLIC,
    ("POST", "/join"): PUBLIC,
    ("GET", "/static/{path}"): PUBLIC,
    ("GET", "/healthz"): PUBLIC,
    ("GET", "/readyz"): PUBLIC,
    ("POST", "/logout"): KNOWN,
    ("GET", "/api/v1/openapi.json"): KNOWN,
    # Pages, settings
    ("GET", "/settings"): KNOWN,
    ("GET", "/settings/me"): KNOWN,
    ("POST", "/settings/me/password"): KNOWN,
    ("POST", "/settings/me/sessions"): KNOWN,
    ("GET", "/settings/tokens"): KNOWN,
    ("POST", "/settings/tokens"): KNOWN,
    ("POST", "/settings/tokens/{token}/revoke"): KNOWN,
    ("GET", "/settings/users"): ADMIN,
    ("POST", "/settings/users/invitations"): ADMIN,
    ("POST", "/settings/users/invitations/{key}/remove"): ADMIN,
    ("POST", "/settings/users/{person}/role"): ADMIN,
    ("POST", "/settings/users/{person}/reset"): ADMIN,
    ("POST", "/settings/users/{person}/remove"): ADMIN,
    ("POST", "/settings/users/{person}/restore"): ADMIN,
    # Pages, who belongs to a data set
    ("GET", "/d/{slug}/members"): VIEWER,
    ("POST", "/d/{slug}/members"): ADMIN,
    ("POST", "/d/{slug}/members/{person}/remove"): ADMIN,
    # Pages, data sets and imports
    ("GET", "/"): KNOWN,
    ("POST", "/datasets"): CURATOR,
    ("POST", "/demo"): CURATOR,
    ("GET", "/d/{slug}/import"): CURATOR,
    ("POST", "/d/{slug}/import"): CURATOR,
    ("POST", "/d/{slug}/paste"): CURATOR,
    ("POST", "/d/{slug}/uploads"): CURATOR,
    ("GET", "/d/{slug}/uploads/{upload}"): VIEWER,
    ("GET", "/d/{slug}/uploads/{upload}/fields"): CURATOR,
    ("POST", "/d/{slug}/uploads/{upload}/fields"): CURATOR,
    ("GET", "/d/{slug}/uploads/{upload}/check"): CURATOR,
    ("POST", "/d/{slug}/uploads/{upload}/check"): CURATOR,
    ("GET", "/d/{slug}/uploads/{upload}/map"): CURATOR,
    ("POST", "/d/{slug}/uploads/{upload}/import"): CURATOR,
    ("POST", "/d/{slug}/uploads/{upload}/discard"): CURATOR,
    ("POST", "/d/{slug}/uploads/{upload}/complete"): CURATOR,
    ("GET", "/d/{slug}/uploads/{upload}/rejects"): VIEWER,
    # Pages, board
    ("GET", "/d/{slug}"): VIEWER,
    ("GET", "/d/{slug}/board"): VIEWER,
    ("GET", "/d/{slug}/board.csv"): VIEWER,
    ("GET", "/d/{slug}/board/refit"): VIEWER,
    ("GET", "/d/{slug}/board/{frame}/darts.bin"): VIEWER,
    ("GET", "/d/{slug}/board/{frame}/mask.bin"): VIEWER,
    ("GET", "/d/{slug}/board/{frame}/row/{at}"): VIEWER,
    ("GET", "/d/{slug}/board/{frame}/board.{kind}"): VIEWER,
    ("POST", "/d/{slug}/board"): CURATOR,
    ("POST", "/d/{slug}/target"): CURATOR,
    ("POST", "/d/{slug}/target/itself"): CURATOR,
    ("GET", "/d/{slug}/target"): VIEWER,
    ("POST", "/d/{slug}/target/quotas"): CURATOR,
    ("POST", "/d/{slug}/target/dataset"): CURATOR,
    ("GET", "/d/{slug}/target/probes"): CURATOR,
    ("POST", "/d/{slug}/target/probes"): CURATOR,
    ("POST", "/d/{slug}/target/probes/decisions"): CURATOR,
    ("POST", "/d/{slug}/target/probes/use"): CURATOR,
    ("POST", "/d/{slug}/task"): CURATOR,
    ("POST", "/d/{slug}/side"): CURATOR,
    ("POST", "/d/{slug}/topics/{topic}"): CURATOR,
    ("GET", "/d/{slug}/trim"): REVIEWER,
    ("POST", "/d/{slug}/trim"): CURATOR,
    ("POST", "/d/{slug}/selections"): REVIEWER,
    ("GET", "/d/{slug}/selections/{selection}"): VIEWER,
    # Pages, diagnosis
    ("GET", "/d/{slug}/report"): VIEWER,
    ("POST", "/d/{slug}/report"): CURATOR,
    # Pages, samples and review
    ("GET", "/d/{slug}/samples"): VIEWER,
    ("GET", "/d/{slug}/s/{sample}"): VIEWER,
    ("GET", "/d/{slug}/review"): VIEWER,
    ("POST", "/d/{slug}/s/{sample}/decision"): REVIEWER,
    ("GET", "/d/{slug}/s/{sample}/edit"): REVIEWER,
    ("POST", "/d/{slug}/s/{sample}/edit"): REVIEWER,
    ("POST", "/d/{slug}/decisions"): REVIEWER,
    ("POST", "/d/{slug}/undo"): REVIEWER,
    ("POST", "/d/{slug}/redo"): REVIEWER,
    ("GET", "/d/{slug}/s/{sample}/history"): VIEWER,
    ("GET", "/d/{slug}/activity"): VIEWER,
    ("GET", "/d/{slug}/trash"): VIEWER,
    ("GET", "/d/{slug}/labels"): VIEWER,
    ("POST", "/d/{slug}/labels"): CURATOR,
    ("POST", "/d/{slug}/labels/suggestions"): CURATOR,
    ("GET", "/settings/keys"): KNOWN,
    ("POST", "/settings/keys"): KNOWN,
    # Pages, several people
    ("GET", "/d/{slug}/team"): REVIEWER,
    ("POST", "/d/{slug}/team/overlap"): CURATOR,
    ("POST", "/d/{slug}/s/{sample}/settling"): CURATOR,
    ("POST", "/d/{slug}/s/{sample}/comments"): REVIEWER,
    ("POST", "/d/{slug}/assignments"): CURATOR,
    ("POST", "/d/{slug}/assignments/{assignment}/done"): REVIEWER,
    ("GET", "/inbox"): KNOWN,
    ("POST", "/inbox/seen"): KNOWN,
    # Pages, versions and exports
    ("GET", "/d/{slug}/history"): VIEWER,
    ("GET", "/rules"): VIEWER,
    ("GET", "/d/{slug}/export"): VIEWER,
    ("GET", "/d/{slug}@{version}"): VIEWER,
    ("GET", "/d/{slug}@{version}/samples"): VIEWER,
    ("GET", "/d/{slug}@{version}/board"): VIEWER,
    ("GET", "/d/{slug}@{version}/export"): VIEWER,
    ("POST", "/d/{slug}/versions"): CURATOR,
    ("POST", "/d/{slug}/versions/{number}/uses"): CURATOR,
    ("POST", "/d/{slug}/versions/{number}/uses/{use}/remove"): CURATOR,
    ("POST", "/d/{slug}/versions/{number}/restore"): CURATOR,
    ("POST", "/d/{slug}/exports/{export}/remove"): CURATOR,
    ("POST", "/d/{slug}/exports"): CURATOR,
    ("GET", "/d/{slug}/exports/{export}"): VIEWER,
    ("GET", "/d/{slug}/exports/{export}/{filename}"): VIEWER,
    # Pages, jobs
    ("GET", "/jobs"): KNOWN,
    ("GET", "/jobs/{job}"): VIEWER,
    ("POST", "/jobs/{job}/cancel"): CURATOR,
    ("POST", "/jobs/{job}/retry"): CURATOR,
    # Audit log
    ("GET", "/settings/audit"): ADMIN,
    ("GET", "/settings/audit/audit.{suffix}"): ADMIN,
    ("GET", "/api/v1/audit"): ADMIN,
    # API, data sets
    ("GET", "/api/v1/datasets"): KNOWN,
    ("POST", "/api/v1/datasets"): CURATOR,
    ("GET", "/api/v1/datasets/{slug}"): VIEWER,
    ("PATCH", "/api/v1/datasets/{slug}"): CURATOR,
    ("DELETE", "/api/v1/datasets/{slug}"): ADMIN,
    ("POST", "/api/v1/datasets/{slug}/restore"): ADMIN,
    # API, uploads
    ("POST", "/api/v1/datasets/{slug}/uploads"): CURATOR,
    ("GET", "/api/v1/datasets/{slug}/uploads/{upload}"): VIEWER,
    ("GET", "/api/v1/datasets/{slug}/uploads/{upload}/rejects"): VIEWER,
    ("DELETE", "/api/v1/datasets/{slug}/uploads/{upload}"): CURATOR,
    ("POST", "/api/v1/datasets/{slug}/uploads/parts"): CURATOR,
    ("GET", "/api/v1/datasets/{slug}/uploads/{upload}/parts"): CURATOR,
    ("PUT", "/api/v1/datasets/{slug}/uploads/{upload}/parts/{number}"): CURATOR,
    ("POST", "/api/v1/datasets/{slug}/uploads/{upload}/complete"): CURATOR,
    ("GET", "/api/v1/datasets/{slug}/mappings"): VIEWER,
    ("PUT", "/api/v1/datasets/{slug}/mappings/{name}"): CURATOR,
    ("DELETE", "/api/v1/datasets/{slug}/mappings/{name}"): CURATOR,
    # API, board
    ("PUT", "/api/v1/datasets/{slug}/target"): CURATOR,
    ("GET", "/api/v1/datasets/{slug}/probes"): CURATOR,
    ("POST", "/api/v1/datasets/{slug}/probes"): CURATOR,
    ("POST", "/api/v1/datasets/{slug}/probes/decisions"): CURATOR,
    ("POST", "/api/v1/datasets/{slug}/board"): CURATOR,
    ("GET", "/api/v1/datasets/{slug}/board"): VIEWER,
    ("GET", "/api/v1/datasets/{slug}/board/{frame}/darts.bin"): VIEWER,
    # API, samples and review
    ("GET", "/api/v1/datasets/{slug}/samples"): VIEWER,
    ("GET", "/api/v1/samples/{sample}"): VIEWER,
    ("PATCH", "/api/v1/samples/{sample}"): REVIEWER,
    ("GET", "/api/v1/samples/{sample}/history"): VIEWER,
    ("GET", "/api/v1/samples/{sample}/similar"): VIEWER,
    ("POST", "/api/v1/datasets/{slug}/decisions"): REVIEWER,
    ("POST", "/api/v1/datasets/{slug}/undo"): REVIEWER,
    ("POST", "/api/v1/datasets/{slug}/redo"): REVIEWER,
    ("GET", "/api/v1/datasets/{slug}/labels"): VIEWER,
    ("PUT", "/api/v1/datasets/{slug}/labels"): CURATOR,
    ("POST", "/api/v1/datasets/{slug}/suggestions"): CURATOR,
    # API, several people
    ("GET", "/api/v1/datasets/{slug}/team"): REVIEWER,
    ("PUT", "/api/v1/datasets/{slug}/team"): CURATOR,
    ("GET", "/api/v1/datasets/{slug}/assignments"): REVIEWER,
    ("POST", "/api/v1/datasets/{slug}/assignments"): CURATOR,
    ("DELETE", "/api/v1/datasets/{slug}/assignments/{assignment}"): REVIEWER,
    ("GET", "/api/v1/samples/{sample}/comments"): VIEWER,
    ("POST", "/api/v1/samples/{sample}/comments"): REVIEWER,
    # API, versions and exports
    ("POST", "/api/v1/datasets/{slug}/versions"): CURATOR,
    ("GET", "/api/v1/datasets/{slug}/versions"): VIEWER,
    ("GET", "/api/v1/datasets/{slug}/versions/{a}...{b}"): VIEWER,
    ("GET", "/api/v1/datasets/{slug}/versions/{number}"): VIEWER,
    ("POST", "/api/v1/datasets/{slug}/versions/{number}/uses"): CURATOR,
    ("DELETE", "/api/v1/datasets/{slug}/versions/{number}/uses/{use}"): CURATOR,
    ("POST", "/api/v1/datasets/{slug}/versions/{number}/restore"): CURATOR,
    ("GET", "/api/v1/datasets/{slug}@{version}/samples"): VIEWER,
    ("DELETE", "/api/v1/datasets/{slug}/exports/{export}"): CURATOR,
    ("POST", "/api/v1/datasets/{slug}/exports"): CURATOR,
    ("GET", "/api/v1/datasets/{slug}/exports/{export}"): VIEWER,
    ("GET", "/api/v1/datasets/{slug}/exports/{export}/{filename}"): VIEWER,
    # API, jobs
    ("GET", "/api/v1/jobs"): KNOWN,
    ("GET", "/api/v1/jobs/{job}"): VIEWER,
    ("DELETE", "/api/v1/jobs/{job}"): CURATOR,
}

# Routes that stream a file to the spool. All others take DARTBOARD_BODY_BYTES at most.
LARGE = frozenset({
    "/d/{slug}/uploads",
    "/d/{slug}/target",
    "/api/v1/datasets/{slug}/uploads",
    "/api/v1/datasets/{slug}/uploads/{upload}/parts/{number}",
    "/api/v1/datasets/{slug}/target",
})  # fmt: skip


def add_doors(app: FastAPI, allowed_hosts: Sequence[str]) -> None:
    """Stand the doors before the whole app: mounts, errors and unknown addresses too."""
    app.add_middleware(Doors, permissions=PERMISSIONS, large=LARGE)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(allowed_hosts), www_redirect=False)
    app.add_middleware(Envelope)  # the last one added is the outermost
