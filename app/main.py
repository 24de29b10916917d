"""`uvicorn app.main:app`: the web application over the configured database."""

import os

from app.settings import Settings
from app.storage.database import connect, reading, writing
from app.storage.migration import migrate
from app.web.app import create_app, make_ready

os.umask(0o077)  # whatever is written here is nobody else's to read
settings = Settings()
settings.data_dir.mkdir(parents=True, exist_ok=True)
engine = connect(settings.database)
migrate(engine, settings.migrations)
app = create_app(settings, reading(engine), writing(engine))
make_ready(app)
