"""Run after `sam build`: adds bytecode, then imports every function from what was built. Exit 1 on any problem."""

from __future__ import annotations

import sys
from pathlib import Path

from dev.artifacts.artifact_check import BuiltFunction, check, shown_layer
from dev.artifacts.bytecode import compile_for
from dev.artifacts.local_layers import LayerBuildFailed, build_layers, lambda_runtime
from dev.artifacts.template_functions import TemplateFunction, layer_folders, template_functions
from dev.cloud.template_yaml import read_template

ROOT = Path(__file__).parents[2]
SAM_BUILD = ROOT / ".aws-sam" / "build"
LOCAL_LAYERS = ROOT / ".aws-sam" / "local" / "layers"
LOCAL_RUNTIME = ROOT / ".aws-sam" / "local" / "lambda_runtime"


def main() -> int:
    if not SAM_BUILD.is_dir():
        print("There is no build to check: run `make build`.", file=sys.stderr)
        return 1
    template = read_template(ROOT / "template.yaml")
    print("Building the layers for this machine, to import each function from its own layers only")
    try:
        local = build_layers({name: ROOT / folder for name, folder in layer_folders(template).items()}, LOCAL_LAYERS)
        runtime = lambda_runtime(LOCAL_RUNTIME)
    except LayerBuildFailed as error:
        print(error, file=sys.stderr)
        return 1
    print(*(shown_layer(SAM_BUILD / name) for name in local), sep="\n")
    checked = [check(_built(function, local, runtime)) for function in template_functions(template)]
    print(*checked, sep="\n")
    print(compile_for(template["Globals"]["Function"]["Runtime"].removeprefix("python"), SAM_BUILD))
    failed = sum(bool(function.problems) for function in checked)
    print(f"{len(checked) - failed} functions can be deployed, {failed} cannot")
    return int(failed > 0)


def _built(function: TemplateFunction, local: dict[str, Path], runtime: Path) -> BuiltFunction:
    code = SAM_BUILD / function.logical_id
    return BuiltFunction(
        name=function.name,
        code=code,
        layers={layer: SAM_BUILD / layer for layer in function.layers},
        import_path=(code, *(local[layer] for layer in function.layers), runtime),
    )


if __name__ == "__main__":
    sys.exit(main())
