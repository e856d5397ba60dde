# The village file read again while the village runs: by SIGHUP and by an authorised call. A wrong file leaves the old one running with
# one clear line; a right one takes its place, and what people did stays in force. Prints TAP.
cd "$KEND_SOURCE" || exit 1
. tests/e2e/live.sh
state() { curl -s --max-time 5 "$url/api/state"; }
warm() { state | grep -q '"warm_frac":1\(\.0*\)\{0,1\}[,}]'; }
post() { curl -s --max-time 10 -H "X-Kend-Token: $token" -d "$2" "$url/api/$1" >"$work/answer"; }
named() { curl -s --max-time 5 "$url/api/village" | grep -q "\"$1\""; }
complaint() { grep -q "$1" "$work/err"; }
unnamed() { ! named "$1"; }
in_force() { state | grep -o '"overrides":\[[^]]*\]' | grep -c "$1" >/dev/null; }

cp villages/oasis.yaml "$work/v.yaml"
"$KEND" run "$work/v.yaml" --listen 127.0.0.1:0 --history 0 --db "$work/a.db" >"$work/out" 2>"$work/err" &
pid=$!
ok "it serves" within 60 serves
url=$(sed -n 's#.*running: \(http://127.0.0.1:[0-9]*\)/.*#\1#p' "$work/out")
token=$(sed -n 's/.*token=\([^ ]*\).*/\1/p' "$work/out")
within 60 warm
now_ms=$(state | grep -o '"at_ms":[0-9]*' | head -n 1 | cut -d: -f2)
post override "{\"point\":\"battery.cmd.power_W\",\"value\":1234,\"until_ms\":$((now_ms + 3600000))}"
ok "an override is in force" within 20 in_force 1234

sed 's/n_lamp: 9/n_lamp: nine/' villages/oasis.yaml >"$work/v.yaml"
: >"$work/err"
kill -HUP $pid
ok "a wrong file is told with its place" within 20 complaint 'v.yaml:[0-9]*:[0-9]*: .*goes on as it was'
ok "in one line" test "$(wc -l <"$work/err")" -eq 1
post reload '{}'
ok "the call is refused with the same words" grep -q 'v.yaml:[0-9]*:[0-9]*:' "$work/answer"
ok "the old village runs on" within 5 warm
curl -s --max-time 5 -d '{}' "$url/api/reload" >"$work/answer"
ok "without the token nobody is heard" grep -q 'token' "$work/answer"

sed 's/name: Gateway,/name: Gateway anew,/' villages/oasis.yaml >"$work/v.yaml"
kill -HUP $pid
ok "a right file takes its place" within 20 named 'Gateway anew'
ok "what people did is still in force" within 5 in_force 1234
cp villages/oasis.yaml "$work/v.yaml"
post reload '{}'
ok "the call is answered" grep -q '"ok":true' "$work/answer"
ok "and the file is in force" within 20 unnamed 'Gateway anew'
ok "the act is in the audit" sh -c 'sqlite3 "$1" "SELECT kind FROM act" | grep -qx reload' sh "$work/a.db"
kill -TERM $pid
wait $pid
ok "SIGTERM ends it with status 0" test $? -eq 0
pid=
ok "the database is whole" sh -c 'test "$(sqlite3 "$1" "PRAGMA integrity_check")" = ok' sh "$work/a.db"
echo "1..$n"
