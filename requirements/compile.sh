#!/bin/sh
# Write the hashed requirement files anew (needs uv). Run from the repository root.
set -eu
common="--quiet --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command requirements/compile.sh --override requirements/overrides.txt"
uv pip compile $common pyproject.toml -o requirements/run.txt "$@"
uv pip compile $common pyproject.toml --extra postgis -o requirements/run-postgis.txt "$@"
uv pip compile $common pyproject.toml --group dev -o requirements/dev.txt "$@"
