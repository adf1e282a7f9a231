"""When something on a phone happened, whatever its wall clock says."""

from hypothesis import given
from hypothesis import strategies as st

from roost.domain.phone_clock import PhoneClock

NOW = 1_800_000_000_000


@given(st.integers(min_value=-(10**12), max_value=10**12), st.integers(min_value=0, max_value=10**9))
def test_within_one_boot_a_wrong_or_jumping_wall_clock_changes_nothing(error: int, ago: int) -> None:
    clock = PhoneClock(received_at=NOW, boot_id="b", wall=NOW + error, elapsed=2 * 10**9)
    assert clock.happened_at("b", wall=0, elapsed=2 * 10**9 - ago) == NOW - ago


def test_an_event_of_an_earlier_boot_is_corrected_by_the_offset_last_seen_in_it() -> None:
    before = PhoneClock(received_at=NOW, boot_id="b1", wall=NOW - 86_400_000, elapsed=5_000)
    after = PhoneClock(NOW + 60_000, "b2", NOW + 60_000, 1_000, before.offsets())
    assert after.happened_at("b1", wall=NOW - 86_400_000 + 7_000, elapsed=12_000) == NOW + 7_000


def test_nothing_happens_in_the_future() -> None:
    clock = PhoneClock(received_at=NOW, boot_id="b", wall=NOW, elapsed=1_000)
    assert clock.happened_at("b", wall=NOW, elapsed=9_000) == NOW
    assert clock.happened_at("other", wall=NOW + 10**9, elapsed=0) == NOW


def test_the_offsets_kept_do_not_grow_with_every_reboot() -> None:
    offsets: dict[str, int] = {}
    for boot in range(50):
        offsets = PhoneClock(NOW, f"b{boot}", NOW, 1, offsets).offsets()
    assert list(offsets) == ["b48", "b49"]
