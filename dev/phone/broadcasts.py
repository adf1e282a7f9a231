"""What Android hands to the app: results, reports, texts, calls, answers of the network."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SentResult:
    """The sent intent of one part. `code` -1 is success; `error_code` is the modem's own number, if any."""

    job_id: str
    attempt: int
    part: int
    code: int
    error_code: int | None = None


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """TP-Status of one part: below 0x20 delivered, 0x20-0x3F still trying, above that failed."""

    job_id: str
    attempt: int
    part: int
    tp_status: int


@dataclass(frozen=True, slots=True)
class InboundSms:
    """A text as the broadcast delivers it, parts joined. `provider_id` is its row in the system's inbox."""

    provider_id: int
    sender: str
    text: str
    sim_id: str
    smsc_ms: int
    parts: int = 1


@dataclass(frozen=True, slots=True)
class InboundMms:
    """`parts`: content type and content in base64, as the store keeps them. `provider_id`: the system's row number."""

    provider_id: int
    sender: str
    text: str
    sim_id: str
    parts: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class MissedCall:
    """It rang and nobody answered. `sender` None: the number was hidden."""

    sender: str | None
    sim_id: str


@dataclass(frozen=True, slots=True)
class UssdAnswer:
    """The callback of one USSD request. `text` None: it failed with `code`, -1 (refused) or -2 (no service)."""

    job_id: str
    attempt: int
    text: str | None
    code: int = 0


Broadcast = SentResult | DeliveryReport | InboundSms | InboundMms | MissedCall | UssdAnswer
BROADCASTS: dict[str, type[Broadcast]] = {
    "sent": SentResult,
    "report": DeliveryReport,
    "inbound": InboundSms,
    "mms": InboundMms,
    "missed_call": MissedCall,
    "ussd": UssdAnswer,
}
OUTLIVES_A_REBOOT = ("inbound", "mms", "missed_call")
