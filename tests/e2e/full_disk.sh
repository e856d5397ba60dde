# A village whose disk is full goes on under control, says so by an alarm, and ends cleanly. The disk is a limit on the size of a
# file, which fails a write in the same way. Prints TAP.
cd "$KEND_SOURCE" || exit 1
. tests/e2e/live.sh
state() { curl -s --max-time 5 "$url/api/state"; }
alarm() { curl -s --max-time 5 "$url/api/alarms" | grep -q '"name":"store_behind"[^}]*"active":true'; }
moved() { [ "$(state | grep -o '"at_ms":[0-9]*' | head -n 1)" != "$before" ]; }
ended() { ! kill -0 "$pid" 2>/dev/null; }

(ulimit -f 2000; exec "$KEND" run villages/oasis.yaml --listen 127.0.0.1:0 --history 0 --speed 600 --db "$work/a.db") >"$work/out" 2>"$work/err" &
pid=$!
ok "it starts" within 60 serves
url=$(sed -n 's#.*running: \(http://127.0.0.1:[0-9]*\)/.*#\1#p' "$work/out")
ok "a full disk raises the alarm" within 90 alarm
ok "and one line on stderr" grep -q 'history is not being saved' "$work/err"
before=$(state | grep -o '"at_ms":[0-9]*' | head -n 1)
ok "the village goes on" within 20 moved
kill -TERM $pid
ok "SIGTERM ends it" within 30 ended
wait $pid
ok "with a status, not by a signal" test $? -lt 128
pid=
ok "what was saved is whole" sh -c 'test "$(sqlite3 "$1" "PRAGMA integrity_check")" = ok' sh "$work/a.db"
echo "1..$n"
