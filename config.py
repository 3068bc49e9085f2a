"""Every setting, read from the environment once, with the default of an embedded office.

The README holds the same table. Production is wherever a database is named: nothing is then made
up by default, and a missing key ring is an error.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from os import environ
from pathlib import Path

ROOT = Path(__file__).resolve().parent
MIB = 1024 * 1024


@dataclass(frozen=True)
class Settings:
    """Where things are and how large they may become. Sizes are bytes."""

    home: Path
    host: str
    port: int
    database_url: str
    redis_url: str
    keys: Path
    area: str
    public_url: str
    smtp_url: str
    imap_url: str
    mail_from: str
    production: bool
    demo_password: str
    metrics_token: str
    clamav: str = ""
    originals: bool = True
    max_file: int = 20 * MIB
    max_files: int = 10
    max_form: int = 100 * MIB
    max_large: int = 1024 * MIB

    @property
    def https(self) -> bool:
        """Tell whether browsers come by https: secure cookies, one trusted proxy."""
        return self.public_url.startswith("https:")

    @classmethod
    def read(cls, names: Mapping[str, str] = environ) -> "Settings":
        """Return the settings that the environment names."""

        def said(name: str, default: str = "") -> str:
            return names.get(f"CASEFLOW_{name}", "").strip() or default

        home = Path(said("HOME", str(ROOT / "var"))).absolute()
        host, port = said("HOST", "127.0.0.1"), int(said("PORT", "8000"))
        return cls(
            home=home,
            host=host,
            port=port,
            database_url=said("DATABASE_URL", f"sqlite:///{home / 'caseflow.db'}"),
            redis_url=said("REDIS_URL"),
            keys=Path(said("KEYS", str(home / "keys.json"))),
            area=said("AREA", "430503"),
            public_url=said("PUBLIC_URL", f"http://{host}:{port}"),
            smtp_url=said("SMTP_URL"),
            imap_url=said("IMAP_URL"),
            mail_from=said("MAIL_FROM"),
            production=bool(said("DATABASE_URL")),
            demo_password=said("DEMO_PASSWORD"),
            metrics_token=said("METRICS_TOKEN"),
            clamav=said("CLAMAV"),
            originals=said("PICTURES", "keep") != "strip",
        )
