"""Every setting, read from the environment once, with the default of an embedded office.

The README holds the same table. Production is wherever a database is named: nothing is then made
up by default, and a missing key ring is an error.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from os import environ
from pathlib import Path

ROOT = Path(__file__).resolve().parent
MIB = 1024 * 1024
SHORTEST_SECRET = 32
"""So many characters at least; shorter ones could be found by trying."""


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
    twilio_account: str = ""
    twilio_token: str = field(default="", repr=False)
    twilio_number: str = ""
    twilio_url: str = ""
    sms_url: str = ""
    sms_token: str = field(default="", repr=False)
    sms_daily: int = 1000
    hook_secret: str = field(default="", repr=False)
    ring_seconds: int = 20
    record_calls: bool = False
    keep_at_twilio: bool = False
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

    @property
    def has_twilio(self) -> bool:
        """Tell whether an account at Twilio is described whole."""
        return all((self.twilio_account, self.twilio_token, self.twilio_number))

    @property
    def has_gateway(self) -> bool:
        """Tell whether a gateway for our own text messages is described whole."""
        return bool(self.sms_url and self.sms_token)

    @property
    def sends_texts(self) -> bool:
        """Tell whether text messages can be sent."""
        return self.has_gateway or self.has_twilio

    @property
    def halves(self) -> tuple[str, ...]:
        """Name what is missing where a provider is only half described; nothing where all is well.

        Providers sign for the public address: where that is not said, no signature would fit.
        """
        missing: list[str] = []
        twilio = {
            "CASEFLOW_TWILIO_ACCOUNT": self.twilio_account,
            "CASEFLOW_TWILIO_TOKEN": self.twilio_token,
            "CASEFLOW_TWILIO_NUMBER": self.twilio_number,
        }
        if any(twilio.values()):
            missing += [name for name, value in twilio.items() if not value]
            missing += [] if self.https else ["CASEFLOW_PUBLIC_URL"]
        gateway = {"CASEFLOW_SMS_URL": self.sms_url, "CASEFLOW_SMS_TOKEN": self.sms_token}
        if any(gateway.values()):
            missing += [name for name, value in gateway.items() if not value]
        if self.hook_secret and len(self.hook_secret) < SHORTEST_SECRET:
            missing.append("CASEFLOW_HOOK_SECRET")
        return tuple(missing)

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
            twilio_account=said("TWILIO_ACCOUNT"),
            twilio_token=said("TWILIO_TOKEN"),
            twilio_number=said("TWILIO_NUMBER"),
            twilio_url=said("TWILIO_URL"),
            sms_url=said("SMS_URL"),
            sms_token=said("SMS_TOKEN"),
            sms_daily=int(said("SMS_DAILY", "1000")),
            hook_secret=said("HOOK_SECRET"),
            ring_seconds=int(said("RING_SECONDS", "20")),
            record_calls=bool(said("RECORD_CALLS")),
            keep_at_twilio=bool(said("KEEP_AT_TWILIO")),
            clamav=said("CLAMAV"),
            originals=said("PICTURES", "keep") != "strip",
        )
