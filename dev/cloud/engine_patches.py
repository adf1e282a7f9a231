"""Changes to the engine: faster, showing more, taking what AWS takes; each name is in the smoke test."""

import socketserver
import threading
from contextlib import suppress
from functools import lru_cache
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from ministack.core import iam_evaluator, lambda_runtime
from ministack.services import dynamodb
from ministack.services.cloudformation import engine as cloudformation

from dev.cloud.key_conditions import OnlyForTheEngineError, Test, read_condition

# (first line, quiet, at most) seconds the engine waits for log lines after an answer; its own first value is 50 ms
LOG_WAIT = (0.002, 0.001, 0.250)

KEPT_TEXTS = 1_000

MOST_WITH_ROUTES = 2_000
"""Resources of a stack as the engine sees it; `translate` holds the template itself to CloudFormation's own limit."""


class FunctionLog:
    """Appends every line the functions print to one file, each behind its function's name."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: TextIOWrapper = path.open("a", encoding="utf-8", buffering=1)
        self._lock = threading.Lock()

    def write(self, function: str, line: bytes) -> None:
        """One line; awslambdaric writes a carriage return where a traceback's next line begins."""
        text = line.decode("utf-8", errors="replace").rstrip("\r\n").replace("\r", "\n")
        with self._lock:
            self._file.writelines(f"{function} {part}\n" for part in text.split("\n"))


class _Tee:
    """A function's output pipe that copies each line it hands on."""

    def __init__(self, stream: Any, function: str, log: FunctionLog) -> None:
        self._stream = stream
        self._function = function
        self._log = log

    def readline(self) -> bytes:
        line: bytes = self._stream.readline()
        if line:
            self._log.write(self._function, line)
        return line

    def close(self) -> None:
        self._stream.close()


def answer_without_delay() -> None:
    """Together these take a request through the HTTP API from 96 ms to 4 ms."""
    # the Runtime API server writes headers and body apart: the delayed ACK between them costs 40 ms
    socketserver.StreamRequestHandler.disable_nagle_algorithm = True
    lambda_runtime.Worker._drain_stderr_bounded.__defaults__ = LOG_WAIT


def count_no_routes() -> None:
    """In CloudFormation routes stand in the API's Body and count as nothing; for the engine each is a resource."""
    cloudformation._SECTION_QUOTAS = tuple(
        (section, noun, singular, MOST_WITH_ROUTES if section == "Resources" else most)
        for section, noun, singular, most in cloudformation._SECTION_QUOTAS
    )


def read_key_conditions_once() -> None:
    """The engine reads their text for every item of the partition: with 100,000 items a query took 3 to 10 s, now 0.2.

    The first item of a query goes to the engine all the same: what is wrong with a condition is for it to say.
    """
    evaluate = dynamodb._evaluate_condition
    last: tuple[str, Any, Test] = ("", None, bool)

    def evaluate_once(text: str, item: Any, values: Any, names: Any, slot: str = "ConditionExpression") -> bool:
        nonlocal last
        known_text, known_values, test = last
        if slot == "KeyConditionExpression" and known_values is values and known_text == text:
            return test(item)
        answer: bool = evaluate(text, item, values, names, slot)
        if slot == "KeyConditionExpression":
            with suppress(OnlyForTheEngineError):
                last = (text, values, read_condition(text, values, names))
        return answer

    dynamodb._evaluate_condition = evaluate_once


def read_policies_and_grammar_once() -> None:
    """The engine parses the caller's policies twice for a request, and checks the grammar of each condition.

    Both come from the text alone, and nobody changes what was read. A policy may also come as a dictionary.
    """
    parse = iam_evaluator.parse_policy_document
    parse_text = lru_cache(KEPT_TEXTS)(parse)

    def parse_once(document: Any) -> Any:
        return parse_text(document) if isinstance(document, str) else parse(document)

    iam_evaluator.parse_policy_document = parse_once
    dynamodb._condition_syntax_error = lru_cache(KEPT_TEXTS)(dynamodb._condition_syntax_error)


def copy_function_output(log: FunctionLog) -> None:
    """Send what the functions print to `log` too."""
    pump = lambda_runtime.ProvidedWorker._pump_output

    def pump_and_copy(worker: Any, stream: Any, queue: Any) -> None:
        pump(worker, _Tee(stream, worker.func_name, log), queue)

    lambda_runtime.ProvidedWorker._pump_output = pump_and_copy


def stream_end(arn: str) -> int:
    """How many records a table's stream has had. `arn`: arn:aws:dynamodb:region:account:table/name/stream/label."""
    _, _, _, region, account, resource = arn.split(":", 5)
    end: int = dynamodb.stream_end_position(resource.split("/")[1], account_id=account, region=region)
    return end


def note_permissions(path: Path) -> None:
    """Write each use of a role's permissions once, as `<role> <action> <resource>`; root needs none and has no line."""
    evaluate, noted = iam_evaluator.evaluate, set()
    path.write_text("", encoding="utf-8")

    def evaluate_and_note(context: Any, *policies: Any) -> Any:
        result = evaluate(context, *policies)
        use = f"{context.principal_arn.split('/')[1]} {context.action} {context.resource_arn}\n"
        if result.decision == "Allow" and use not in noted:
            noted.add(use)
            with path.open("a", encoding="utf-8") as file:
                file.write(use)
        return result

    iam_evaluator.evaluate = evaluate_and_note
