"""What the suite is expected to find, and why. Whatever else fails, or no longer fails, fails the run."""

from __future__ import annotations

from collections.abc import Mapping

NO_RESOURCES = "Roost offers tools only: no resources"
NO_PROMPTS = "Roost offers tools only: no prompts"
TEXT_ONLY = "the suite's own tool for this is not there: our tools answer text and structured content only"
NO_STREAM = "an answer is one JSON document: API Gateway buffers, so nothing can be told in between"
NO_BACK_CHANNEL = "our tools ask nothing back of a client"
NO_LOGGING = "the log is its owner's: clients cannot set its level"

BOTH_ERAS: Mapping[str, str] = {
    "completion-complete": "there are no prompts or resources whose arguments could be completed",
    "tools-call-image": TEXT_ONLY,
    "tools-call-audio": TEXT_ONLY,
    "tools-call-embedded-resource": TEXT_ONLY,
    "tools-call-mixed-content": TEXT_ONLY,
    "tools-call-with-progress": NO_STREAM,
    "resources-list": NO_RESOURCES,
    "resources-read-text": NO_RESOURCES,
    "resources-read-binary": NO_RESOURCES,
    "resources-templates-read": NO_RESOURCES,
    "prompts-list": NO_PROMPTS,
    "prompts-get-simple": NO_PROMPTS,
    "prompts-get-with-args": NO_PROMPTS,
    "prompts-get-embedded-resource": NO_PROMPTS,
    "prompts-get-with-image": NO_PROMPTS,
}

EXPECTED_FAILURES: Mapping[str, Mapping[str, str]] = {
    "2025-11-25": {
        **BOTH_ERAS,
        "logging-set-level": NO_LOGGING,
        "tools-call-with-logging": NO_LOGGING,
        "server-sse-multiple-streams": f"{NO_STREAM}: there is no session whose streams it could look at",
        "tools-call-sampling": NO_BACK_CHANNEL,
        "tools-call-elicitation": NO_BACK_CHANNEL,
        "elicitation-sep1034-defaults": NO_BACK_CHANNEL,
        "elicitation-sep1330-enums": NO_BACK_CHANNEL,
        "resources-subscribe": NO_RESOURCES,
        "resources-unsubscribe": NO_RESOURCES,
    },
    "2026-07-28": BOTH_ERAS,
}
"""Of the suite's active scenarios, by revision. The suite itself fails on an entry that has become stale."""

SINGLE_SCENARIOS: Mapping[str, tuple[str, str]] = {
    "server-stateless": (
        "21/25",
        "two checks need a tool that relies on a client's capability, two a tool that streams: " + NO_BACK_CHANNEL,
    ),
    "http-header-validation": ("14/14", ""),
    "http-custom-header-server-validation": ("10/10", ""),
    "json-schema-2020-12": ("8/8", ""),
    "caching": ("4/7", f"{NO_PROMPTS}; {NO_RESOURCES}"),
}
"""Of the scenarios that are not active by themselves, at 2026-07-28: checks passed of checks made."""
