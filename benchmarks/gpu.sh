#!/usr/bin/env bash
# What only a machine with CUDA can show, in less than eight minutes and without installing anything:
#   1. which isolation holds where a worker may use the GPU,
#   2. that every reference earns everything on it,
#   3. that the demo class gets the verdicts that it gets on the CPU,
#   4. what a submission costs beside the CPU.
#
#   bash benchmarks/gpu.sh [PYTHON]     PYTHON holds torch, numpy, click and rich (default: python3)
#
# DEVICE=cpu rehearses it on a machine without a GPU. Exit code 0 if 2 and 3 hold.
set -uo pipefail
cd "$(dirname "$0")/.."
python="${1:-python3}"
device="${DEVICE:-cuda}"
out="$(mktemp -d)"
trap 'rm -rf "$out"' EXIT
export PYTHONPATH="$PWD"
autograder() { timeout "$1" "$python" -c 'from autograder.cli import main; main()' "${@:2}"; }

echo "== machine"
"$python" - "$device" <<'PYTHON' || exit 2
import platform, sys
import torch

print("Python", platform.python_version(), "torch", torch.__version__, "on", platform.platform())
if sys.argv[1] == "cuda":
    if not torch.cuda.is_available():
        sys.exit("There is no CUDA device here.")
    print(torch.cuda.get_device_name(), "with", torch.cuda.get_device_properties(0).total_memory >> 30, "GiB")
PYTHON

echo "== isolation with the GPU in reach"
timeout 60 "$python" - "$device" <<'PYTHON'
import sys
from autograder.sandbox.probe import escape
from autograder.model import ISOLATION_LEVELS

for level in reversed(ISOLATION_LEVELS):
    print(f"{level}: {escape(level, gpu=sys.argv[1] == 'cuda') or 'holds'}")
PYTHON

echo "== references and demo class on $device and cpu (seconds include the start of the graders)"
for where in "$device" cpu; do
  for what in solutions examples/class; do
    began=$(date +%s.%N)
    autograder 110 grade "$what" --device "$where" --jobs 1 --out "$out/$where/${what##*/}" >"$out/log" 2>&1
    code=$?
    echo "$what on $where: exit code $code, $(echo "$(date +%s.%N) $began" | awk '{printf "%.1f", $1 - $2}') s"
    [ $code -eq 0 ] || tail -n 12 "$out/log"
  done
  [ "$device" = cpu ] && break
done

echo "== verdicts and cost"
"$python" - "$out/$device" "$out/cpu" "$device" <<'PYTHON'
import json, pathlib, sys


def results(folder):
    return {path.relative_to(folder): json.loads(path.read_text()) for path in sorted(pathlib.Path(folder).glob("*/*/*.json"))}


there, here, device = results(sys.argv[1]), results(sys.argv[2]), sys.argv[3]
wrong = 0
for path, result in there.items():
    cpu = here[path]
    if path.parts[0] == "solutions":
        own, other = (sum(check["seconds"] for check in each["checks"]) for each in (result, cpu))
        print(f"{path.stem}: {result['score']:g}/{result['max_score']:g}, {own:.2f} s on {device}, {other:.2f} s on cpu ({own / other:.2f} times)")
        wrong += result["score"] != result["max_score"]
    for check, expected in zip(result["checks"], cpu["checks"]):
        same = (check["outcome"], check["misconception"]) == (expected["outcome"], expected["misconception"])
        if not same or (path.parts[0] == "solutions" and check["outcome"] != "passed"):
            wrong += 1
            print(f"{path.parent.name}/{path.stem} {check['name']}: {check['outcome']} {check['misconception']} on {device}: "
                  f"{check['message'][:300]} {str(check['evidence'])[-600:]}; {expected['outcome']} {expected['misconception']} on cpu")
missing = set(here) - set(there)
print(f"{len(there)} results, {len(missing)} missing, {wrong} that differ or fall short")
sys.exit(bool(wrong or missing or not there))
PYTHON
