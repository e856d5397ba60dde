# Drives the finished program as a stranger would: every command of the README's table, and bad input of every kind, each answered by one
# clear line. Prints TAP.
cd "$KEND_SOURCE" || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n=0
ok() { # TEXT, then a command that must hold
    text=$1
    shift
    n=$((n + 1))
    if "$@" >"$work/check" 2>&1; then echo "ok $n - $text"; else
        echo "not ok $n - $text"
        head -n 5 "$work/check" "$work/out" "$work/err" 2>/dev/null | sed 's/^/# /'
    fi
}
kend() { "$KEND" "$@" >"$work/out" 2>"$work/err"; }
# Runs kend; it must fail with status 1 and exactly one line on stderr that holds WORDS.
refuses() {
    words=$1
    shift
    kend "$@"
    [ $? -eq 1 ] && [ "$(wc -l <"$work/err")" -eq 1 ] && grep -qiE -- "$words" "$work/err"
}
wait_for() { # a file that must come to hold WORDS within SECONDS
    i=0
    while [ $i -lt $((3 * 10)) ]; do
        grep -q "$2" "$1" 2>/dev/null && return 0
        sleep 0.1
        i=$((i + 1))
    done
    return 1
}
# Starts `kend run` with the rest of the arguments, waits until it serves, ends it with SIGTERM; it must leave with status 0.
runs_and_ends() {
    "$KEND" run "$@" --listen 127.0.0.1:0 --history 0 >"$work/out" 2>"$work/err" &
    pid=$!
    wait_for "$work/out" 'running: http' || { kill $pid; return 1; }
    kill -TERM $pid
    wait $pid
}

# --- the README's table: every command in a row whose state is "works" is run as it stands
grep -E '^\|.*\| works \|$' README.md | sed -n 's/^[^`]*`kend \([^`]*\)`.*/\1/p' >"$work/rows"
ok "the README's table has rows" test "$(wc -l <"$work/rows")" -ge 5
while read -r row; do
    case $row in
    run*) ok "README: kend $row" runs_and_ends ${row#run } ;;
    *) ok "README: kend $row" kend $row ;;
    esac
done <"$work/rows"
ok "every command is in the README" sh -c '"$1" help | sed -n "s/^  \([a-z]*\) .*/\1/p" | while read -r c; do grep -q "kend $c" README.md || exit 1; done' sh "$KEND"

# --- help
for c in $("$KEND" help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
    ok "help $c says more than the overview" sh -c 'test "$("$1" help "$2" | wc -l)" -ge 4' sh "$KEND" "$c"
done
ok "the manual page is roff with every command" sh -c '"$1" help --man | grep -c "^\.SS kend" | grep -qx "$("$1" help | grep -c "^  [a-z]")"' sh "$KEND"
ok "help --json is JSON" sh -c '"$1" help --json | node -e "JSON.parse(require(\"fs\").readFileSync(0))"' sh "$KEND"
json_is() { node -e 'const j = JSON.parse(require("fs").readFileSync(process.argv[1])); if (!eval(process.argv[2])) { console.log(JSON.stringify(j).slice(0, 300)); process.exit(1); }' "$work/out" "$1"; }
ok "help of one command, of a group and of a kind of equipment as JSON" sh -c '"$1" help simulate --json | grep -q "\"--weather\"" && "$1" help land --json | grep -q "\"land find\"" && "$1" help hydro --json | grep -q "\"eflow_m3_s\""' sh "$KEND"
ok "help --json of nothing known" refuses "no command" help windmill --json
sed 's/lat_deg:/lat_dge:/; s/seed: 7/seed: many/' villages/oasis.yaml >"$work/two.yaml"
ok "check --json tells mistakes with line and column" sh -c '! "$1" check "$2/two.yaml" --json >"$2/out" 2>"$2/err" && test "$(wc -l <"$2/err")" -eq 1' sh "$KEND" "$work"
ok "as one object" json_is 'j.ok === false && j.count === 3 && j.mistakes.length === 3 && j.mistakes[0].line === 6 && /lat_dge/.test(j.mistakes[2].text)'
ok "check --json is JSON" sh -c '"$1" check villages/agali.yaml --json | node -e "JSON.parse(require(\"fs\").readFileSync(0))"' sh "$KEND"

# --- words that are wrong
ok "unknown command" refuses "no command" fly
ok "unknown option" refuses "no option" check villages/agali.yaml --loud
ok "option without its value" refuses "wants" simulate villages/agali.yaml --days
ok "missing file name" refuses "give a FILE" check
ok "too many words" refuses "too many" check villages/agali.yaml villages/agali.yaml
ok "days that are no number" refuses "give a number" simulate villages/agali.yaml --days many
ok "a date that is none" refuses "date" simulate villages/agali.yaml --from tomorrow
ok "half a day" refuses "whole number" simulate villages/oasis.yaml --days 1.5
ok "half a seed" refuses "whole number" dispatch villages/oasis.yaml --seed 1.5
ok "a day before time began" refuses "1971" simulate villages/oasis.yaml --days 1 --from 1969-12-31
ok "a plan before time began" refuses "1971" dispatch villages/oasis.yaml --at 1900-01-01
ok "a controller that is none" refuses "rules, separate" simulate villages/agali.yaml --control best
ok "a river that is none" refuses "river" simulate villages/agali.yaml --days 1 --river flood

# --- files that are wrong
ok "no such village file" sh -c '! "$1" check "$2/none.yaml" 2>"$2/err"; test -s "$2/err"' sh "$KEND" "$work"
printf 'site: {id: a\n' >"$work/broken.yaml"
ok "broken YAML has file:line:column" sh -c '! "$1" check "$2/broken.yaml" 2>"$2/err"; grep -qE "broken.yaml:[0-9]+:[0-9]+: " "$2/err"' sh "$KEND" "$work"
: >"$work/empty.epw"
ok "an empty weather file" refuses "empty.epw" simulate villages/agali.yaml --days 1 --weather "$work/empty.epw"
printf 'LOCATION,Here,-,-,X,1,40,46,4,300\n' >"$work/short.epw"
ok "a truncated weather file" refuses "short.epw" simulate villages/agali.yaml --days 1 --weather "$work/short.epw"
head -c 3000 /dev/urandom >"$work/noise.db"
ok "a database that is none" refuses "noise.db" run villages/agali.yaml --listen 127.0.0.1:0 --db "$work/noise.db"
ok "an address outside this machine without a password" refuses "loopback|password" run villages/agali.yaml --listen 0.0.0.0:0 --history 0
ok "files that cannot be written are refused before anything runs" sh -c '! timeout 5 "$1" simulate villages/agali.yaml --days 366 --control all --out /proc/none >"$2/out" 2>"$2/err" && test ! -s "$2/out" && test "$(grep -c /proc/none "$2/err")" -eq 1' sh "$KEND" "$work"
ok "a folder that cannot be made" refuses "none/out" simulate villages/agali.yaml --days 1 --control rules --out "$work/none/out"
ok "standard output that is full" sh -c '"$1" check villages/agali.yaml >/dev/full 2>"$2/err"; test $? -eq 1 && grep -q "standard output" "$2/err"' sh "$KEND" "$work"

port_in_use() {
    "$KEND" run villages/agali.yaml --listen 127.0.0.1:0 --history 0 >"$work/first" 2>&1 &
    pid=$!
    wait_for "$work/first" 'running: http' || { kill $pid; return 1; }
    port=$(sed -n 's#.*running: http://127.0.0.1:\([0-9]*\)/.*#\1#p' "$work/first")
    refuses "in use" run villages/agali.yaml --listen "127.0.0.1:$port" --history 0
    status=$?
    kill -TERM $pid
    wait $pid
    return $status
}
ok "a port in use" port_in_use

# --- models alone
ok "calc lists the models" sh -c '"$1" calc | grep -q "^  turbine "' sh "$KEND"
ok "calc MODEL --help says inputs, units and source" sh -c '"$1" calc sun --help | grep -q "lat_deg.*-90 to 90; wanted"' sh "$KEND"
ok "calc: a model that is none" refuses "no model" calc windmill --in docs/calc/turbine.json
ok "calc: a file that is none" refuses "none.json" calc sun --in "$work/none.json"
printf '{"turbine": "kaplan", "head_m": 3}\n' >"$work/short.json"
ok "calc: a missing input names its key" refuses "flow_m3_s: is missing" calc turbine --in "$work/short.json"
many() {
    awk 'BEGIN { for (i = 0; i < 20000; i++) print "{\"kind\": \"P\", \"other\": 2}" }' >"$work/many.ndjson"
    kend calc lightclass --in "$work/many.ndjson" && [ "$(wc -l <"$work/out")" -eq 20000 ]
}
ok "calc: one object a line" many
ok "calc --check: every published case holds" sh -c '"$1" calc --check | tail -n 1 | grep -q " 0 miss, "' sh "$KEND"

# --- what simulate writes
writes_out() {
    kend simulate villages/agali.yaml --days 1 --control rules --out "$work/report" || return 1
    [ "$(wc -l <"$work/report/rules.csv")" -eq 97 ] && grep -q '<svg' "$work/report/report.html" && grep -q '<p>1 day from' "$work/report/report.html" &&
        ! grep -qE 'https?://' "$work/report/report.html"
}
ok "simulate --out: a row a quarter-hour, a report that stands alone" writes_out
same_twice() {
    kend simulate villages/agali.yaml --days 1 --control rules --seed 5 --json && sed '/wall_s/d' "$work/out" >"$work/one" &&
        kend simulate villages/agali.yaml --days 1 --control rules --seed 5 --json && sed '/wall_s/d' "$work/out" | cmp - "$work/one"
}
ok "the same seed gives the same figures" same_twice
ok "simulate leaves a full disk with one line" sh -c 'mkdir "$2/full" && ln -s /dev/full "$2/full/rules.csv" && ! "$1" simulate villages/agali.yaml --days 1 --control rules --out "$2/full" >/dev/null 2>"$2/err"; grep -q "rules.csv" "$2/err"' sh "$KEND" "$work"
reads_epw() {
    epw=${KEND_REFERENCE:-../shared/reference}/homes/725650TYCST.epw
    [ -f "$epw" ] || { echo "skipped: no reference weather"; return 0; }
    kend simulate villages/agali.yaml --days 1 --control rules --weather "$epw" --json && cp "$work/out" "$work/epw" &&
        kend simulate villages/agali.yaml --days 1 --control rules --json && ! cmp -s "$work/out" "$work/epw"
}
ok "a real EPW file is read and changes the result" reads_epw
echo "1..$n"
