# kill -9 right after a person's act was acknowledged: after the restart the act is in the audit and in force, what was taken back
# stays taken back, the history goes on, and the database is whole. Prints TAP.
cd "$KEND_SOURCE" || exit 1
. tests/e2e/live.sh
start() {
    : >"$work/out"
    "$KEND" run villages/oasis.yaml --listen 127.0.0.1:0 --history 0 --db "$work/a.db" >"$work/out" 2>"$work/err" &
    pid=$!
    within 60 serves || return 1
    url=$(sed -n 's#.*running: \(http://127.0.0.1:[0-9]*\)/.*#\1#p' "$work/out")
    token=$(sed -n 's/.*token=\([^ ]*\).*/\1/p' "$work/out")
    within 60 warm
}
warm() { state | grep -q '"warm_frac":1\(\.0*\)\{0,1\}[,}]'; }
state() { curl -s --max-time 5 "$url/api/state"; }
post() { curl -s --max-time 10 -H "X-Kend-Token: $token" -d "$2" "$url/api/$1" >"$work/answer"; }
now_ms() { state | grep -o '"at_ms":[0-9]*' | head -n 1 | cut -d: -f2; }
in_force() { state | grep -o '"overrides":\[[^]]*\]' | grep -c "$1" >/dev/null; }
not_in_force() { ! in_force "$1"; }
kill_hard() {
    kill -9 $pid
    wait $pid 2>/dev/null
    pid=
}

ok "it starts" start
until_ms=$(($(now_ms) + 3600000))
post override "{\"point\":\"battery.cmd.power_W\",\"value\":1234,\"until_ms\":$until_ms}"
kill_hard
ok "the act was acknowledged" grep -q '"ok":true' "$work/answer"
ok "it is in the audit" sh -c 'sqlite3 "$1" "SELECT detail FROM act WHERE kind = '"'override'"'" | grep -q 1234' sh "$work/a.db"
ok "it starts again" start
ok "the override is in force again" within 20 in_force '1234'
id=$(state | grep -o '"overrides":\[[^]]*\]' | grep -o '"id":[0-9]*' | head -n 1 | cut -d: -f2)
post override/cancel "{\"id\":$id}"
kill_hard
ok "taking it back was acknowledged" grep -q '"ok":true' "$work/answer"
ok "it starts a third time" start
sleep 2
ok "what was taken back stays so" not_in_force '1234'
kill -TERM $pid
wait $pid
ok "SIGTERM ends it with status 0" test $? -eq 0
pid=
ok "the database is whole" sh -c 'test "$(sqlite3 "$1" "PRAGMA integrity_check")" = ok' sh "$work/a.db"
echo "1..$n"
