# What the end-to-end tests of a running village share: a place of their own, TAP, waiting, and an end of what they started. Read with
# `. tests/e2e/live.sh` from the top of the source.
work=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$work"' EXIT
n=0
ok() { # TEXT, then a command that must hold
    text=$1
    shift
    n=$((n + 1))
    if "$@"; then echo "ok $n - $text"; else
        echo "not ok $n - $text"
        sed 's/^/# /' "$work/out" "$work/err" "$work/answer" 2>/dev/null | head -n 12
    fi
}
within() { # SECONDS, then a command that must come to hold
    i=$(($1 * 5))
    shift
    until "$@"; do
        i=$((i - 1))
        [ $i -gt 0 ] || return 1
        sleep 0.2
    done
}
serves() { grep -qs 'running: http' "$work/out"; }
