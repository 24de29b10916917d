"""Configuration, read once from the environment by the entry points."""

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import NonNegativeInt, PositiveInt
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url

from app.formats.entries import DEFAULT, Limits

LOOPBACK = ("127.0.0.1", "::1", "localhost")

_ROOT = Path(__file__).parent.parent
_WHEEL = Path(__file__).parent / "_files"


def _shipped(name: str) -> Path:
    """A folder that ships with Dartboard: beside app/ in a checkout, inside it in a wheel."""
    inside = _WHEEL / name
    return inside if inside.is_dir() else _ROOT / name


class Settings(BaseSettings):
    """What an operator may change. Each field is `DARTBOARD_<NAME>`."""

    model_config = SettingsConfigDict(env_prefix="DARTBOARD_", extra="ignore")

    data_dir: Path = Path("dartboard-data")
    database_url: str = ""
    """Empty: SQLite inside the data folder. Or postgresql+psycopg://..."""
    database_password_file: Path | None = None
    """A file that holds the database's password, so that it stands in no environment."""
    encoder: str = "default"
    encoder_threads: int = 2
    model_url: str = ""
    """A language model behind an OpenAI-compatible endpoint: https://models.example/v1"""
    model_name: str = ""
    model_key_file: Path | None = None
    """A file that holds the endpoint's key, so that it stands in no environment."""
    model_allow_private: list[str] = []
    """Private networks in which the endpoint may lie: ["10.1.0.0/16"]"""
    host: str = "127.0.0.1"
    port: int = 8765
    allowed_hosts: list[str] = ["localhost", "127.0.0.1", "[::1]"]
    public_url: str = ""
    """Where people reach it: https://dartboard.example. Links that are sent begin with it."""
    trusted_proxies: list[str] = []
    """Addresses or networks of proxies whose X-Forwarded headers are believed."""
    admin_name: str = "admin"
    admin_password_file: Path | None = None
    """A file with the first admin's password, for machines that are set up by machines."""
    oidc_issuer: str = ""
    """An OpenID provider: https://login.example. Its client is configured by the next ones."""
    oidc_client_id: str = ""
    oidc_client_secret_file: Path | None = None
    """A file that holds the client's secret, so that it stands in no environment."""
    oidc_name: str = ""
    """What the button calls the provider; empty for its host."""
    oidc_email_domains: list[str] = []
    """Whoever has a verified address in one of these is added at the first login, with no role."""
    upload_bytes: int = 5_000_000_000
    """The largest file that may be sent, as it is sent."""
    body_bytes: int = 1_000_000
    """The largest body of every other request."""
    idle_seconds: float = 30
    """The longest pause in a body; one that is no file must be there in twice that time."""
    header_seconds: float = 15
    """How long a connection may take to say what it wants."""
    connections: int = 512
    """How many connections there may be at once; the next one gets 503."""
    requests_per_minute: int = 3_000
    """By one person or token. This limit and those below: 0 for none."""
    strangers_per_minute: int = 300
    """By one address that is not logged in."""
    logins_per_minute: int = 5
    """Attempts with a password, by one address on one name."""
    logins_per_hour: int = 20
    """Failures on one name, from anywhere; each further one doubles the wait for the next."""
    uploads_at_once: int = 2
    """Files that one person or token may be sending at the same time."""
    jobs_per_person: int = 100
    """Jobs of one person or token that may wait or run."""
    exports_per_person: int = 5
    """Exports of one person or token that may wait or run."""
    line_bytes: PositiveInt = DEFAULT.line_bytes
    """The longest line of a file. This limit and those below are about what one file may hold."""
    text_characters: PositiveInt = DEFAULT.string_characters
    """The longest text."""
    depth: PositiveInt = DEFAULT.depth
    """How deep lists and objects may lie in each other."""
    keys: PositiveInt = DEFAULT.keys
    """The most keys of an object."""
    columns: PositiveInt = DEFAULT.columns
    """The most columns of a table."""
    rows: PositiveInt = DEFAULT.rows
    """The most records."""
    unpacked_bytes: PositiveInt = DEFAULT.logical_bytes
    """The most bytes once it is unpacked."""
    unpacked_times: PositiveInt = DEFAULT.expansion
    """How many times its own size a file may unpack to, once that is more than 256 MB."""
    file_memory_bytes: NonNegativeInt = 4 * 1024**3
    """Address space for reading one file in the worker; Parquet asks for more than it uses."""
    log_level: str = "INFO"
    worker_name: str = ""
    """Given by the supervisor, so that it can give back the jobs of a dead worker."""

    @property
    def database(self) -> str:
        """The address of the database."""
        if not self.database_url:
            return f"sqlite:///{self.data_dir / 'dartboard.db'}"
        if self.database_password_file is None:
            return self.database_url
        password = self.database_password_file.read_text().strip()
        return (
            make_url(self.database_url).set(password=password).render_as_string(hide_password=False)
        )

    @property
    def model_key(self) -> str:
        """The language model's key."""
        return self.model_key_file.read_text().strip() if self.model_key_file else ""

    @property
    def file_limits(self) -> Limits:
        """What one file may hold."""
        return Limits(
            line_bytes=self.line_bytes,
            string_characters=self.text_characters,
            depth=self.depth,
            keys=self.keys,
            columns=self.columns,
            rows=self.rows,
            logical_bytes=self.unpacked_bytes,
            expansion=self.unpacked_times,
        )

    @property
    def hosts(self) -> list[str]:
        """The hosts under which requests are answered: those allowed, and the public one."""
        public = urlsplit(self.public_url).hostname
        return [*self.allowed_hosts, *([public] if public else [])]

    @property
    def is_reachable(self) -> bool:
        """Whether others than the people on this machine are meant to come in."""
        return self.host not in LOOPBACK or bool(self.public_url)

    @property
    def exposure(self) -> list[str]:
        """What is wrong with the way others reach the server; each as a sentence."""
        if not self.is_reachable:
            return []
        if not self.public_url.startswith("https://"):
            return [
                "Others can reach this address and what they send is not encrypted. Put a proxy"
                " with https before it and name its address in DARTBOARD_PUBLIC_URL."
            ]
        if not self.trusted_proxies:
            return [
                "DARTBOARD_TRUSTED_PROXIES is empty, so that every request looks like plain http"
                " from the proxy: cookies are not bound to https. Name the proxy's address there."
            ]
        if "*" in self.trusted_proxies:
            return ["DARTBOARD_TRUSTED_PROXIES is *: anybody may claim to be anywhere."]
        return []

    @property
    def setup_file(self) -> Path:
        """Where the token lies by which the first admin is made."""
        return self.data_dir / "setup-token"

    @property
    def oidc_client_secret(self) -> str:
        """The secret with which we are the provider's client."""
        path = self.oidc_client_secret_file
        return path.read_text().strip() if path else ""

    @property
    def spool(self) -> Path:
        """Where uploaded bytes lie until somebody removes them."""
        return self.data_dir / "spool"

    @property
    def exports(self) -> Path:
        """Where finished export files lie."""
        return self.data_dir / "exports"

    @property
    def tokenizers(self) -> Path:
        """Where tokenizers lie that an operator put there: NAME.json or NAME/tokenizer.json."""
        return self.data_dir / "tokenizers"

    @property
    def models(self) -> Path:
        """Where encoders keep what they build."""
        return self.data_dir / "models"

    @property
    def vectors(self) -> Path:
        """Where vectors lie as files; they can always be made again."""
        return self.data_dir / "vectors"

    @property
    def templates(self) -> Path:
        """The Jinja templates."""
        return _shipped("templates")

    @property
    def static(self) -> Path:
        """CSS, JavaScript, fonts, the demo data set."""
        return _shipped("static")

    @property
    def migrations(self) -> Path:
        """The Alembic scripts."""
        return _shipped("migrations")
