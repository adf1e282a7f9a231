"""Run in the cloud venv: names every internal of the engine that dev.cloud uses and this version does not have."""

import inspect
import sys
from importlib import import_module
from importlib.metadata import version

PINNED = "1.5.33"
NAMES = {
    "ministack.app": (
        "app",
        "_MAIN_LOOP",
        "_load_persisted_state",
        "_build_persistence_save_dict",
    ),
    "ministack.core.persistence": ("save_all",),
    "ministack.core.lambda_runtime": ("Worker", "ProvidedWorker"),
    "ministack.core.iam_evaluator": ("evaluate", "enforce", "parse_policy_document"),
    "ministack.core.responses": (
        "set_request_account_id",
        "set_request_region",
        "get_account_id",
        "get_region",
    ),
    "ministack.services.dynamodb": (
        "_emit_stream_event",
        "handle_request",
        "_put_item",
        "_delete_item",
        "_tables",
        "_evaluate_condition",
        "_condition_syntax_error",
        "stream_end_position",
    ),
    "ministack.services.cloudformation.engine": ("_SECTION_QUOTAS",),
    "ministack.services.cloudformation.provisioners": ("_RESOURCE_HANDLERS",),
    "samtranslator.open_api.open_api": ("_deepcopy",),
}
PARAMETERS = {
    ("ministack.core.iam_evaluator", "evaluate"): ["ctx", "policies"],
    ("ministack.core.iam_evaluator", "parse_policy_document"): ["doc"],
    ("ministack.services.dynamodb", "_condition_syntax_error"): ["expr", "slot"],
    ("ministack.services.dynamodb", "_emit_stream_event"): ["table_name", "event_name", "old_item", "new_item"],
    ("ministack.services.dynamodb", "_evaluate_condition"): ["expr", "item", "attr_values", "attr_names", "slot"],
    ("ministack.services.dynamodb", "stream_end_position"): ["table_name", "account_id", "region"],
    ("ministack.services.dynamodb", "handle_request"): ["method", "path", "headers", "body", "query_params"],
}


def missing() -> list[str]:
    """Everything that is not as dev.cloud needs it; [] when all is well."""
    found = [] if version("ministack") == PINNED else [f"ministack is {version('ministack')}, not {PINNED}"]
    for module, names in NAMES.items():
        found += [f"{module}.{name}" for name in names if not hasattr(import_module(module), name)]
    for (module, name), expected in PARAMETERS.items():
        parameters = list(inspect.signature(getattr(import_module(module), name)).parameters)
        if parameters[: len(expected)] != expected:
            found.append(f"{module}.{name}{parameters}")
    return found + _workers()


def _workers() -> list[str]:
    runtime = import_module("ministack.core.lambda_runtime")
    found = []
    if len(runtime.Worker._drain_stderr_bounded.__defaults__) != 3:
        found.append("Worker._drain_stderr_bounded has not three defaults")
    if "_drain_stderr_bounded" in vars(runtime.ProvidedWorker):
        found.append("ProvidedWorker has its own _drain_stderr_bounded: the patch does not reach it")
    if list(inspect.signature(runtime.ProvidedWorker._pump_output).parameters)[1:] != ["stream", "log_queue"]:
        found.append("ProvidedWorker._pump_output takes other arguments")
    return found


if __name__ == "__main__":
    found = missing()
    sys.stdout.writelines(f"{line}\n" for line in found)
    sys.exit(bool(found))
