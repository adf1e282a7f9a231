"""Function packages: the same code has the same bytes, another layer has others."""

import io
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from dev.cloud.packaging import bootstrap_script, folder_hash, layer_path, package_zip
from dev.cloud.sources import with_uploaded_sources
from dev.cloud.template_yaml import TemplateError, read_template


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_the_same_files_give_the_same_zip_whenever_they_were_written(tmp_path: Path) -> None:
    for folder, moment in (("one", 1_000_000_000), ("two", 1_500_000_000)):
        _write(tmp_path / folder / "app.py", "x = 1\n")
        os.utime(tmp_path / folder / "app.py", (moment, moment))
    assert package_zip(tmp_path / "one", "#!/bin/sh") == package_zip(tmp_path / "two", "#!/bin/sh")


def test_the_bootstrap_is_executable_and_bytecode_stays_out(tmp_path: Path) -> None:
    _write(tmp_path / "app.py", "x = 1\n")
    _write(tmp_path / "__pycache__/app.cpython-311.pyc", "old")
    with zipfile.ZipFile(io.BytesIO(package_zip(tmp_path, "#!/bin/sh\n"))) as archive:
        assert sorted(archive.namelist()) == ["app.py", "bootstrap"]
        assert archive.getinfo("bootstrap").external_attr >> 16 == 0o100755


def test_the_hash_of_a_layer_changes_with_a_name_and_with_a_byte(tmp_path: Path) -> None:
    _write(tmp_path / "a.py", "x = 1\n")
    first = folder_hash([tmp_path])
    _write(tmp_path / "a.py", "x = 2\n")
    second = folder_hash([tmp_path])
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert len({first, second, folder_hash([tmp_path])}) == 3


def test_a_layers_python_folder_is_what_it_puts_on_the_path(tmp_path: Path) -> None:
    assert layer_path(tmp_path) == tmp_path
    (tmp_path / "python").mkdir()
    assert layer_path(tmp_path) == tmp_path / "python"


def test_the_layers_are_on_the_path_in_their_order_and_odd_names_are_quoted(tmp_path: Path) -> None:
    layers = [tmp_path / "first one", tmp_path / "second"]
    for layer in layers:
        layer.mkdir()
    script = bootstrap_script("/opt/my python", layers, {"MODE": "it's"}, "f00d")
    assert "# layers f00d\n" in script
    assert f"export PYTHONPATH='{layers[0]}:{layers[1]}'\n" in script
    assert "exec '/opt/my python' -m awslambdaric \"$_HANDLER\"\n" in script
    assert "export MODE='it'\"'\"'s'\n" in script


def _uploaded(template: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """(prepared resources, bootstrap by function)."""
    scripts: dict[str, str] = {}

    def upload(content: bytes) -> dict[str, str]:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            key = str(len(scripts))
            scripts[key] = archive.read("bootstrap").decode()
        return {"Bucket": "b", "Key": key}

    resources = with_uploaded_sources(read_template(template), template.parent, "python3", upload)["Resources"]
    bootstraps = {
        name: scripts[resource["Properties"]["CodeUri"]["Key"]]
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Serverless::Function"
    }
    return resources, bootstraps


def test_layers_become_folders_on_the_path_and_leave_the_template(project: Path) -> None:
    resources, bootstraps = _uploaded(project)
    assert "WordsLayer" not in resources
    assert "Layers" not in resources["EchoFunction"]["Properties"]
    assert f"export PYTHONPATH={project.parent / 'shared'}\n" in bootstraps["EchoFunction"]


def test_a_state_machines_definition_is_put_into_the_template(project: Path) -> None:
    _write(project.parent / "machine.asl.yaml", "StartAt: Only\nStates: {Only: {Type: Pass, End: true}}\n")
    machine = "  Machine: { Type: AWS::Serverless::StateMachine, Properties: { DefinitionUri: machine.asl.yaml } }\n"
    project.write_text(project.read_text(encoding="utf-8").replace("Outputs:", f"{machine}Outputs:"), encoding="utf-8")
    resources, _ = _uploaded(project)
    assert resources["Machine"]["Properties"]["Definition"]["StartAt"] == "Only"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("functions/echo/", "functions/nowhere/", "EchoFunction: CodeUri must be a folder"),
        ("ContentUri: shared/", "ContentUri: nowhere/", "WordsLayer: ContentUri must be a folder"),
        ("Layers: [!Ref WordsLayer]", "Layers: ['arn:aws:lambda:eu-west-1:1:layer:x:1']", "is not a layer of this"),
    ],
)
def test_a_folder_that_is_not_there_is_named(project: Path, old: str, new: str, says: str) -> None:
    project.write_text(project.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(TemplateError, match=says):
        _uploaded(project)
