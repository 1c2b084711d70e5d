#!/usr/bin/env bash
# Run the suite on every supported Python that is found, on the PATH or as pyenv keeps it; `make test-pythons` calls it.
set -uo pipefail
cd "$(dirname "$0")/.."
make="${1:-make}"
versions=(3.11 3.12 3.13)

find_python() {  # path of a working python of a version such as 3.12, or nothing
  local candidate
  for candidate in "$(command -v "python$1")" "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$1".*/bin/python; do
    if [ -n "$candidate" ] && "$candidate" -c "import sys; assert '%d.%d' % sys.version_info[:2] == '$1'" 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
}

failed=()
for version in "${versions[@]}"; do
  python="$(find_python "$version")"
  if [ -z "$python" ]; then
    echo "python$version is not here."
    continue
  fi
  echo "== Python $version ($python)"
  # Environments that are there already are what tests/test_pythons.py compares this one with.
  "$make" --no-print-directory test PYTHON="$python" VENV=".venv-$version" || failed+=("$version")
done
if [ "${#failed[@]}" -gt 0 ]; then
  echo "The suite fails on Python ${failed[*]}."
  exit 1
fi
