"""The data's path for tests: send bytes, run the jobs, with the real functions of each step."""

from collections.abc import Mapping
from pathlib import Path

from app.curation import intake
from app.curation.column_roles import Told
from app.curation.intake import Arrival, UploadView
from app.curation.spooling import SpoolWriter
from app.encoders import Encoder
from app.storage.database import Sessions
from app.worker.loop import Task, run_next
from app.worker.tasks import Tools, make_tasks


class FixedTools(Tools):
    """Tools with an encoder that is loaded already."""

    def __init__(self, write: Sessions, folder: Path, encoder: Encoder) -> None:
        super().__init__(write, write, spool=folder / "spool", exports=folder / "exports")
        self.__dict__["encoder"] = encoder


class Pipeline:
    """One data folder, one database, one worker: this process."""

    def __init__(self, write: Sessions, folder: Path, encoder: Encoder) -> None:
        self.write, self.folder = write, folder
        self.tools = FixedTools(write, folder, encoder)
        self.tasks: Mapping[str, Task] = make_tasks(self.tools)

    def send(
        self,
        slug: str,
        data: bytes,
        *,
        purpose: str = "samples",
        key: str = "",
        mapping: str = "",
        all_or_nothing: bool = False,
    ) -> UploadView:
        """Spool and accept an upload; nothing is parsed yet."""
        spool = self.tools.spool
        with SpoolWriter(spool, limit=1 << 32) as writer:
            writer.write(data)
            spooled = writer.finish()
        arrival = Arrival(
            "mia", "data.jsonl", key or None, Told(mapping, purpose=purpose),
            all_or_nothing=all_or_nothing,
        )  # fmt: skip
        with self.write() as session:
            return intake.accept(session, slug, spooled, arrival, spool=spool)

    def run(self) -> int:
        """Run jobs until none waits; return how many ran."""
        ran = 0
        while run_next(self.write, "test", self.tasks):
            ran += 1
        return ran

    def view(self, upload: UploadView) -> UploadView:
        """The upload as it stands now."""
        with self.write() as session:
            return intake.view(session, upload.dataset, upload.id)
