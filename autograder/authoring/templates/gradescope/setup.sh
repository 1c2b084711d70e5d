#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image. Whatever fails here ends the build: an image that cannot
# grade the reference solutions is never used.
set -euo pipefail

ROOT="${AUTOGRADER_ROOT:-/autograder}"
SOURCE="$ROOT/source"
PYTHON="${AUTOGRADER_PYTHON:-}" # named in a dry run, so that nothing is installed

if [ -z "$PYTHON" ]; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update
    VERSION=""
    for candidate in 3.13 3.12 3.11; do # the base images differ in what they offer
        if apt-get install -y --no-install-recommends "python$candidate" "python$candidate-venv"; then
            VERSION="$candidate"
            break
        fi
    done
    if [ -z "$VERSION" ]; then
        echo "This base image offers no Python from 3.11 on; choose Ubuntu 22.04 or 24.04." >&2
        exit 1
    fi
    "python$VERSION" -m venv "$ROOT/python"
    PYTHON="$ROOT/python/bin/python"
    "$PYTHON" -m pip install --no-cache-dir --disable-pip-version-check -r "$SOURCE/requirements.txt"
    "$PYTHON" -m pip check
fi

chmod 755 "$SOURCE/run_autograder"
PYTHONPATH="$SOURCE/engine" "$PYTHON" -P -m autograder.cli gradescope prove "$ROOT"
