"""Users by address, links and sessions by the hash of their secret."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from roost.domain.accounts import Account
from roost.domain.sign_in import LINK_WINDOW, LINKS_PER_HOUR, SESSION_LIFETIME, Session, User
from roost.storage import accounts
from roost.storage.conditional import ConditionFailed, conditionally
from roost.storage.items import Item, native
from roost.storage.transactions import Write, commit

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


class UserExists(Exception):
    """The address has an account already."""


def user_key(email: str) -> dict[str, str]:
    return {"pk": f"U#{email}", "sk": "user"}


def link_key(token_hash: str) -> dict[str, str]:
    return {"pk": f"LINK#{token_hash}", "sk": "link"}


def session_key(secret_hash: str) -> dict[str, str]:
    return {"pk": f"SESSION#{secret_hash}", "sk": "session"}


def get_user(table: Table, email: str) -> User | None:
    item = table.get_item(Key=user_key(email), ConsistentRead=True).get("Item")
    return User(**{name: native(item[name]) for name in User.__dataclass_fields__ if name in item}) if item else None


def put_new_user(table: Table, user: User, account: Account | None) -> None:
    """With a new account for it, or into one that exists. Raises UserExists and WriteConflict."""
    writes = [_new(table, {**user_key(user.email), **asdict(user)})]
    if account is not None:
        writes.append(_new(table, {**accounts.key_of(account.id), **asdict(account)}))
    commit(table, *writes)


def _new(table: Table, item: Item) -> Write:
    put = {"TableName": table.name, "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}
    return Write({"Put": put}, lambda _: UserExists())


def sign_out_user(table: Table, email: str, now: int) -> None:
    """Every session begun before `now` is over."""
    conditionally(
        table.update_item,
        Key=user_key(email),
        UpdateExpression="SET signed_out_at = :now",
        ConditionExpression="attribute_exists(pk)",
        ExpressionAttributeValues={":now": now},
    )


def signed_out_key(email: str) -> dict[str, str]:
    return {"pk": f"SIGNED-OUT#{email}", "sk": "signed-out"}


def note_signed_out(keys: Table, email: str, now: int) -> None:
    """Beside the keys, where whoever may check a key may read it: every session begun before `now` is over."""
    ttl = (now + SESSION_LIFETIME) // 1_000
    keys.put_item(Item={**signed_out_key(email), "at": now, "ttl": ttl})


def signed_out_everywhere_at(keys: Table, email: str) -> int:
    """0: not while a session that began before could still live."""
    item = keys.get_item(Key=signed_out_key(email), ConsistentRead=True).get("Item")
    return int(str(item["at"])) if item else 0


def count_link(table: Table, email: str, now: int) -> bool:
    """True if one more link may go to this address within this hour."""
    window = now // LINK_WINDOW
    try:
        conditionally(
            table.update_item,
            Key={"pk": f"U#{email}", "sk": f"links#{window}"},
            UpdateExpression="ADD links :one SET #ttl = :ttl",
            ConditionExpression="attribute_not_exists(links) OR links < :most",
            ExpressionAttributeNames={"#ttl": "ttl"},
            ExpressionAttributeValues={
                ":one": 1,
                ":most": LINKS_PER_HOUR,
                ":ttl": (window + 2) * LINK_WINDOW // 1_000,
            },
        )
    except ConditionFailed:
        return False
    return True


def put_link(table: Table, token_hash: str, email: str, expires_at: int) -> None:
    table.put_item(Item={**link_key(token_hash), "email": email, "expires_at": expires_at, "ttl": expires_at // 1_000})


def use_link(table: Table, token_hash: str, now: int) -> str | None:
    """The address of a link that is good, once; None for one that is unknown, used or too old."""
    try:
        item = conditionally(
            table.delete_item,
            Key=link_key(token_hash),
            ConditionExpression="attribute_exists(pk) AND expires_at > :now",
            ExpressionAttributeValues={":now": now},
            ReturnValues="ALL_OLD",
        )
    except ConditionFailed:
        return None
    email: str = item["email"]
    return email


def put_session(table: Table, session: Session) -> None:
    table.put_item(Item={**session_key(session.secret_hash), **asdict(session), "ttl": session.expires_at // 1_000})


def get_session(table: Table, secret_hash: str) -> Session | None:
    item = table.get_item(Key=session_key(secret_hash), ConsistentRead=True).get("Item")
    return Session(**{name: native(item[name]) for name in Session.__dataclass_fields__}) if item else None


def delete_session(table: Table, secret_hash: str) -> None:
    table.delete_item(Key=session_key(secret_hash))
