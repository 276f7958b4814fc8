#!/usr/bin/env bash
# The figures that need a GPU, in at most 14 minutes on one (H100 or H200), written to
# bench/results/<device>.json. Run it from the repository's root with GRADER_DATA set to a folder
# with wikitext2 and multi30k. What does not end in its time is missing in the file.
set -u
out=$(mktemp -d)
grader="python -m grader"
run() { # seconds, then a command: its output is shown and kept
  local name=$1 seconds=$2
  shift 2
  echo "== $name"
  timeout "$seconds" "$@" 2>&1 | tee "$out/$name.log"
}
run lstm 40 python -m bench.lstm --device cuda
run transformer 40 python -m bench.transformer --device cuda
run hw3 360 $grader train hw3 --package reference --device cuda --tied --out "$out/hw3"
for model in seq2seq transformer; do
  run "hw5_$model" 180 $grader train hw5 --package reference --device cuda --model $model \
    --amp bf16 --out "$out/hw5_$model"
done
python - "$out" <<'PYTHON'
import json
import re
import sys
from pathlib import Path

import torch

out = Path(sys.argv[1])
found = {"device": torch.cuda.get_device_name(), "torch": torch.__version__}
for log in sorted(out.glob("*.log")):
    results = out / log.stem / "results.json"
    if results.exists():
        found[log.stem] = json.loads(results.read_text(encoding="utf-8"))
    else:
        found[log.stem] = log.read_text(encoding="utf-8").splitlines()[-10:]
name = re.sub(r"\W+", "-", found["device"]).strip("-").lower()
path = Path("bench/results") / f"{name}.json"
path.parent.mkdir(exist_ok=True)
path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
print(path)
PYTHON
rm -r "$out"
