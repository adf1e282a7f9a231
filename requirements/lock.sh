#!/usr/bin/env bash
# Resolves every *.in file anew into its lock: complete, for Python 3.11 and newer on any platform. Needs network.
# The layers and dev are resolved together first, because .venvs/app holds all of them at one version each.
set -euo pipefail
cd "$(dirname "$0")/.."
uv="$1"
together="$(mktemp)"
trap 'rm -f "$together"' EXIT

resolve() { "$uv" pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --upgrade "$@"; }
names_in() { sed -n 's/^\([A-Za-z0-9._-]*\)==.*/--no-emit-package=\1/p' "$1"; }
lock() { # lock TARGET SOURCE [options]
    local target="$1" source="$2"
    shift 2
    { echo "# Locked by \`make lock\` from $(basename "$source"). Installed with --no-deps."; resolve "$source" "$@"; } >"$target.new"
    # An unchanged lock keeps its date, or make would build its environment anew.
    if cmp -s "$target.new" "$target"; then rm "$target.new"; else mv "$target.new" "$target"; fi
}

left_out=(--excludes layers/push/left-out.txt)
resolve layers/*/requirements.in requirements/dev.in "${left_out[@]}" >"$together"
lock layers/core/requirements.txt layers/core/requirements.in --constraints "$together"
on_core=($(names_in layers/core/requirements.txt))
lock layers/web/requirements.txt layers/web/requirements.in --constraints "$together" "${on_core[@]}"
on_web=("${on_core[@]}" $(names_in layers/web/requirements.txt))
lock layers/mcp/requirements.txt layers/mcp/requirements.in --constraints "$together" "${on_web[@]}"
lock layers/pages/requirements.txt layers/pages/requirements.in --constraints "$together" "${on_core[@]}"
lock layers/oidc/requirements.txt layers/oidc/requirements.in --constraints "$together" "${on_core[@]}"
lock layers/highlevel/requirements.txt layers/highlevel/requirements.in --constraints "$together" "${on_core[@]}"
lock layers/push/requirements.txt layers/push/requirements.in --constraints "$together" "${left_out[@]}" "${on_core[@]}"
# The docs layer is static files only: what its one Python module would need is not wanted.
lock layers/docs/requirements.txt layers/docs/requirements.in --constraints "$together" --no-deps
lock requirements/dev.txt requirements/dev.in --constraints "$together"
lock requirements/cloud.txt requirements/cloud.in
lock requirements/sam.txt requirements/sam.in
lock requirements/countries.txt requirements/countries.in
