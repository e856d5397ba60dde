# The map of a household's briefing: what is closed near its home, in three languages, also after a find; refused where the home itself is not on
# land that was handed over. Prints TAP.
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
refuses() { # WORDS, then a command that must fail with one line that holds them
    words=$1
    shift
    "$@"
    [ $? -eq 1 ] && [ "$(wc -l <"$work/err")" -eq 1 ] && grep -qiE -- "$words" "$work/err"
}
map() { # NAME ARGS
    name=$1
    shift
    rm -f "$work/$name.html"
    kend household map villages/agali.yaml --out "$work/$name.html" "$@"
}
# --- from the export that the village file names
for l in az en ru; do ok "a map in $l" map $l --home home-s-001 --language $l --at 2026-03-01; done
ok "it says what to do and whom to call" sh -c 'grep -q "Stop. Touch nothing" "$1/en.html" && grep -q "Zəng edin: 102" "$1/az.html" && grep -q "Звоните: 102" "$1/ru.html"' sh "$work"
ok "the nearest land stands first, with distance and direction" sh -c 'tr -d "\n" <"$1/en.html" | grep -q "<td class=\"n\">1</td><td>Meadow by the river</td><td class=\"n\">440</td><td>north-west</td><td>released, not handed over</td>.*Old orchard.*North slope"' sh "$work"
ok "it needs nothing else" sh -c '! grep -qE "https?:|<script|<link|<img|url\([^#]" "$1"/*.html' sh "$work"
digest() { map d --home home-s-001 --language en --at 2026-03-01 && [ "$(cat "$work/out")" = "$(sha256sum <"$work/d.html" | cut -c1-64)" ] && cmp "$work/d.html" "$work/en.html"; }
ok "the digest is that of the page, which is the same each time" digest
ok "a parcel instead of a home" map parcel --parcel homes-east --language ru
ok "nothing near is said, not promised" sh -c '"$1" household map villages/agali.yaml --home home-s-001 --language en --reach-m 200 --out "$2/few.html" && grep -q "can still lie anywhere" "$2/few.html"' sh "$KEND" "$work"
ok "no map for a home on land that is not handed over" refuses "not handed over" map x --parcel north-slope
ok "nor for one that is only released" refuses "not handed over" map x --parcel meadow
ok "a home that is not there" refuses "is no home" map x --home home-x
ok "a language that is not there" refuses "no map in .de." map x --home home-s-001 --language de
ok "neither home nor parcel" refuses "either" map x
ok "a file is never overwritten" refuses "is there already" sh -c '"$1" household map villages/agali.yaml --home home-s-001 --out "$2/en.html" 2>"$2/err"' sh "$KEND" "$work"

# --- from records of our own: a suspected area inside a field, part of it released, and a find beside the home
db=$work/village.db
key=$work/authority.key
kend land key "$key" --name Agency
kend land open --db "$db" --key "$key" --call 112 --site 46.7592,39.1803 --at 2026-03-01
printf '{"type":"Polygon","coordinates":[[[46.7640,39.1775],[46.7650,39.1775],[46.7650,39.1785],[46.7640,39.1785],[46.7640,39.1775]]]}' >"$work/area.json"
ok "an area is suspected" kend land area A-1 --geometry "$work/area.json" --evidence "a witness" --name "Ditch <north>" --db "$db" --key "$key" --at 2026-03-02
ok "it is on the map of the home near it, its name as text" sh -c '"$1" household map villages/agali.yaml --home home-s-001 --language en --db "$2" --out "$3/own.html" --reach-m 2000 && grep -q "Ditch &lt;north&gt;" "$3/own.html" && grep -q "Call: 112" "$3/own.html"' sh "$KEND" "$db" "$work"
ok "the homes on the parcel that it touches are not on safe land" refuses "not handed over" map x --parcel homes-east --db "$db"
ok "somebody finds something at another place" kend land find --text "a fuse" --place farm --db "$db" --key "$key" --at 2026-03-03
ok "it is closed on the map" sh -c '"$1" household map villages/agali.yaml --home home-s-001 --language en --db "$2" --out "$3/find.html" && tr -d "\n" <"$3/find.html" | grep -qE "<td>Farm yard</td><td class=\"n\">[0-9]+</td><td>[a-z-]+</td><td>closed</td>"' sh "$KEND" "$db" "$work"
echo "1..$n"
