"""`uvicorn app.main:app`: the web application over the configured database."""

import os

from app.curation import warming
from app.settings import Settings
from app.storage.database import connect, reading, writing
from app.storage.migration import migrate
from app.web import render
from app.web.app import create_app

os.umask(0o077)  # whatever is written here is nobody else's to read
settings = Settings()
settings.data_dir.mkdir(parents=True, exist_ok=True)
engine = connect(settings.database)
migrate(engine, settings.migrations)
read = reading(engine)
app = create_app(settings, read, writing(engine))
render.compile_all(app.state.house.templates)
warming.warm_up(read)
