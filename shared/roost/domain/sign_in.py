"""People who sign in: their address, the link that proves it, the session that follows."""

from __future__ import annotations

import re
from dataclasses import dataclass

from roost.domain.errors import RoostError
from roost.domain.instants import DAY, HOUR, MINUTE

LINK_LIFETIME = 15 * MINUTE
SESSION_LIFETIME = 30 * DAY
LINKS_PER_HOUR = 5
LINK_WINDOW = HOUR
"""So many links an hour go to one address: enough for a lost mail, too few to flood a stranger's inbox."""

EMAIL = re.compile(r"[^@\s\x00-\x1f<>\"(),:;\[\]\\]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
OWN_PATH = re.compile(r"/(?![/\\])[!-~]{0,1000}")
ANYBODY = "*"


class SignInNeeded(RoostError):
    status, code, title = 401, "sign_in_needed", "Sign in to see this page"


class FormNotOurs(RoostError):
    status, code, title = 403, "form_not_ours", "This form is from another session: open the page again and repeat it"


class LinkSpent(RoostError):
    status, code, title = 410, "link_spent", "This link was used or is over 15 minutes old: ask for a new one"


class NotWelcome(RoostError):
    status, code, title = 403, "not_welcome", "This address may not sign in here: ask who runs this server"


class MailRefused(RoostError):
    status, code, title = 502, "mail_refused", "The mail could not be sent"


@dataclass(frozen=True, slots=True)
class User:
    """Who may open an account's pages. Sessions begun before `signed_out_at` (ms) are over."""

    email: str
    account: str
    created_at: int
    signed_out_at: int = 0


@dataclass(frozen=True, slots=True)
class Session:
    """`form_token`: what every form of this session carries, so that no other site can post in its name."""

    account: str
    email: str
    secret_hash: str
    form_token: str
    began_at: int
    expires_at: int

    def is_valid(self, user: User | None, now: int) -> bool:
        return user is not None and now < self.expires_at and self.began_at >= user.signed_out_at


def normal_email(text: str) -> str | None:
    """Lower case, trimmed; None for what is no address. One mailbox must not become two users by its spelling."""
    email = text.strip().lower()
    return email if len(email) <= 254 and EMAIL.fullmatch(email) else None


def own_path(text: str, otherwise: str) -> str:
    """A path of ours, or `otherwise`: a page that sends people to wherever its address says would send them anywhere.
    Browsers read `//x` and `/\\x` as another host, and drop tabs and line ends before they look."""
    is_own = OWN_PATH.fullmatch(text) is not None
    return text if is_own else otherwise


def may_sign_up(email: str, allowed: str) -> bool:
    """`allowed`: addresses and @domains, separated by commas or spaces; `*`: anybody; empty: nobody new."""
    entries = allowed.lower().replace(",", " ").split()
    domains = tuple(entry for entry in entries if entry.startswith("@"))
    return ANYBODY in entries or email in entries or email.endswith(domains)
