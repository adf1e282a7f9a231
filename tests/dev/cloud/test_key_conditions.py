"""Key conditions mean the same whether the engine reads them for each item or they are read once."""

import json
import subprocess

import pytest

from dev.cloud.key_conditions import OnlyForTheEngineError, read_condition
from dev.cloud_process import CLOUD_PYTHON, PROJECT

NAMES = {"#n0": "pk", "#n1": "sk"}
ITEMS = [{"pk": {"S": pk}, "sk": {"S": sk}} for pk in ("a", "b") for sk in ("", "1", "10", "2", "~", "é", "\U0001f600")]
VALUES = {":v0": {"S": "a"}, ":v1": {"S": "10"}, ":v2": {"S": "é"}}
CONDITIONS = [
    "#n0 = :v0",
    "(#n0 = :v0)",
    *(f"(#n0 = :v0 AND #n1 {sign} :v1)" for sign in ("=", "<", "<=", ">", ">=")),
    "#n0 = :v0 AND begins_with(#n1, :v1)",
    "(#n0 = :v0 AND begins_with(#n1, :v1))",
    "(#n0 = :v0 AND #n1 BETWEEN :v1 AND :v2)",
    "pk = :v0 AND sk > :v1",
]

ASK_THE_ENGINE = """
import json, sys
from ministack.services.dynamodb import _evaluate_condition
conditions, items, values, names = json.load(sys.stdin)
ask = lambda text, item: _evaluate_condition(text, item, values, names, slot="KeyConditionExpression")
json.dump([[ask(text, item) for item in items] for text in conditions], sys.stdout)
"""


def test_each_form_chooses_the_items_that_the_engine_chooses() -> None:
    asked = json.dumps([CONDITIONS, ITEMS, VALUES, NAMES])
    engine = subprocess.run(
        [CLOUD_PYTHON, "-c", ASK_THE_ENGINE], cwd=PROJECT, input=asked, capture_output=True, text=True, check=True
    )
    chosen = [[test(item) for item in ITEMS] for test in (read_condition(text, VALUES, NAMES) for text in CONDITIONS)]
    assert chosen == json.loads(engine.stdout)
    assert len({tuple(row) for row in chosen}) > 5


@pytest.mark.parametrize(
    "text",
    ["", "#n0 <> :v0", "#n0 = :v0 OR #n1 = :v1", "#n0 = :v0 AND contains(#n1, :v1)", "#n0 = :v9", "#n0 = :number"],
)
def test_what_is_no_text_or_another_form_is_left_to_the_engine(text: str) -> None:
    with pytest.raises(OnlyForTheEngineError):
        read_condition(text, {**VALUES, ":number": {"N": "7"}}, NAMES)


def test_an_item_without_the_attribute_is_not_chosen() -> None:
    assert not read_condition("#n0 = :v0 AND #n1 > :v1", VALUES, NAMES)({"pk": {"S": "a"}})
