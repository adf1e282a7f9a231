"""The scenario table as data: complete, unambiguous, and made of verbs that exist."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from dev.faults.scenarios import TABLES, Scenario, read_table
from dev.faults.verbs import VERBS

PHONE_TABLE, *SERVER_TABLES = TABLES

NAMES = {
    "push": """push_lost push_all_lost push_duplicated push_stale push_after_expiry push_overflow push_deprioritised
        push_registration_changed push_unregistered push_sender_mismatch push_quota push_unavailable push_none
        doze_holds_normal fgs_refused force_stopped""",
    "claim and lease": """claim_request_lost claim_response_lost claim_twice_at_once claim_replayed_late
        killed_before_store killed_after_store accept_request_lost accept_ack_lost lease_expires_open
        accept_races_revoke direct_sent_then_offline direct_response_lost_phone_dead reoffer_known reoffer_not_held
        store_wiped clone_restored server_dies_in_claim claim_size_guided urgent_into_batch known_id_new_lease""",
    "hand-off and radio": """killed_before_handing_off killed_between_handing_off_and_radio
        killed_between_radio_and_handed_off killed_before_result result_dropped result_after_unknown carrier_reject
        generic_failure no_service_waits no_service_result airplane_at_claim airplane_at_send airplane_at_report
        modem_error limit_exceeded rate_dialog unknown_result_code sim_removed sim_swapped sim_moved_slot
        too_many_segments deadline_while_waiting permission_revoked""",
    "parts and delivery": """part_2_of_3_fails part_result_missing part_results_shuffled delivery_before_sent
        delivery_duplicated delivery_2_days_late delivery_trying_then_failed delivery_failed_then_ok delivery_never
        reboot_loses_reports one_part_undelivered""",
    "reporting": """killed_before_ack batch_applied_answer_lost offline_3_days outbox_full event_rejected_for_good
        event_rejected_for_now poison_batch too_large deploy_mid_batch half_open_socket captive_portal rate_limited
        server_5xx events_shuffled""",
    "cancel": "cancel_queued cancel_leased cancel_accepted cancel_races_send cancel_phone_silent",
    "device life": """phone_dies_holding phone_dies_reassign reassigned_then_old_reports token_rotated_offline
        rotation_answer_lost token_revoked device_suspended device_removed upgrade_required pair_answer_lost
        pair_code_reused unpair_with_jobs reboot_mid_send update_mid_send""",
    "clock": "clock_ahead clock_behind clock_jumps clock_wrong_after_reboot",
    "inbound": """inbound_offline inbound_same_text_twice inbound_broadcast_repeated inbound_multipart
        inbound_killed_in_receiver inbound_withheld inbound_mms missed_call ussd_answer ussd_no_answer""",
    "pacing": "pacing_survives_restart pacing_counts_segments pacing_two_sims pacing_day_cap",
}
"""Every name of the phone protocol's table of faults, F01 to F112, in its groups."""


def every_name() -> list[str]:
    return [name for group in NAMES.values() for name in group.split()]


def test_every_name_of_the_protocols_table_is_a_scenario_exactly_once() -> None:
    assert Counter(scenario.name for scenario in read_table(PHONE_TABLE)) == Counter(every_name())


def test_the_numbers_run_from_f01_to_f112_without_a_gap() -> None:
    numbers = {scenario.number for scenario in read_table(PHONE_TABLE)}
    assert numbers == {f"F{number:02d}" for number in range(1, 113)}


def test_no_two_scenarios_share_a_name() -> None:
    names = Counter(scenario.name for table in TABLES for scenario in read_table(table))
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.stem)
def test_a_scenario_that_can_be_played_uses_only_verbs_that_exist(table: Path) -> None:
    used = {step["do"] for scenario in _playable(table) for step in scenario.steps if "do" in step}
    assert used - set(VERBS) == set()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.stem)
def test_a_scenario_expects_something_of_its_own(table: Path) -> None:
    blank = [
        scenario.name
        for scenario in _playable(table)
        if not any("expect" in step for step in scenario.steps) and not scenario.end
    ]
    assert blank == []


def _playable(table: Path) -> list[Scenario]:
    return [scenario for scenario in read_table(table) if not scenario.needs]
