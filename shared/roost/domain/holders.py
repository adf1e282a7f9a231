"""How a lease is remembered on a message that it no longer holds."""


def holder_name(phone: int, epoch: int) -> str:
    """Unique over all leases of an account: an epoch is used once per phone."""
    return f"{phone}/{epoch}"
