#!/usr/bin/env bash
# What the API server takes of memory and time when it is large: an empty server, idle watches, 100,000 pods, lists of all of
# them at once, a restart with them, churn. Takes some minutes and 1.5 GB of memory.
#
#   bench/scale.sh [PODS [CHURN-SECONDS]]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
pods=${1:-100000}
churn=${2:-600}
port=${KEELSON_BENCH_PORT:-17443}
data=$(mktemp -d)
bench="$root/artifacts/bin/Keelson.Server.Bench/release/Keelson.Server.Bench"

dotnet build "$root/bench/Keelson.Server.Bench" -c Release -v quiet --nologo >/dev/null
"$root/keelson" --version

pid=0
start() {
    "$root/artifacts/run/keelson" up --no-node --data-dir "$data" --bind-address 127.0.0.1 --secure-port "$port" \
        >"$data/out" 2>"$data/err" &
    pid=$!
    until grep -q ready "$data/out"; do
        kill -0 "$pid" || { cat "$data/err" >&2; exit 1; }
        sleep 0.01
    done
    echo "$(cat "$data/out") Processor until then: $(awk '{ print ($14 + $15) * 10 }' "/proc/$pid/stat") ms."
}
stop() { kill "$pid" 2>/dev/null && wait "$pid" || true; }
trap 'stop; rm -rf "$data"' EXIT
run() { "$bench" "https://127.0.0.1:$port" "$data" "$pid" "$@"; }

start
run idle 30 | tail -1
run watches 1000
run fill 5000
run lists 11
stop
start
run fill "$pods"
run idle 30 | tail -1
run parallel 10
stop
start
run idle 30 | tail -1
run churn "$churn"
run idle 40 | tail -1
