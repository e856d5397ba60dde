# From a suspected area to land in use, through the commands, with every class of wrong move refused for its own reason. Prints TAP.
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
db=$work/village.db
day=2026-03-02
t() { # WHO COMMAND ARGS: as that person, at noon of $day
    who=$1
    command=$2
    shift 2
    kend land "$command" "$@" --db "$db" --key "$work/$who.key" --at "${day}T12:00:00Z"
}
square() { # NAME WEST SOUTH EAST NORTH
    printf '{"type":"Polygon","coordinates":[[[%s,%s],[%s,%s],[%s,%s],[%s,%s],[%s,%s]]]}' \
        "$2" "$3" "$4" "$3" "$4" "$5" "$2" "$5" "$2" "$3" >"$work/$1.json"
}
square whole 46.7600 39.1800 46.7620 39.1820
square west 46.7600 39.1800 46.7610 39.1820
square east 46.7610 39.1800 46.7620 39.1820
square half 46.7610 39.1800 46.7620 39.1810
square outside 46.7615 39.1800 46.7640 39.1820
square swapped 39.1800 46.7600 39.1820 46.7620
square more 46.7620 39.1800 46.7622 39.1820
printf '{"type":"Polygon","coordinates":[[[46.761,39.18],[46.762,39.182],[46.762,39.18],[46.761,39.182],[46.761,39.18]]]}' >"$work/bow.json"

# --- keys and people
for who in authority deputy deputy_data deputy_user inspector_user collector collector2 leader manager inspector own_inspector data data2 user tester stranger; do
    kend land key "$work/$who.key" --name "$who" && cp "$work/out" "$work/$who.pub"
done
ok "a key is for its owner only" sh -c 'test "$(stat -c %a "$1")" = 600' sh "$work/leader.key"
ok "a key is never overwritten" refuses "never overwritten" kend land key "$work/leader.key" --name x
cp "$work/leader.key" "$work/open.key" && chmod 644 "$work/open.key"
ok "the authority begins the chain" kend land open --db "$db" --key "$work/authority.key" --call "102" --site 46.7592,39.1803 --reach-m 100000 --at 2026-03-01
ok "a second beginning is refused" refuses "another chain" kend land open --db "$db" --key "$work/deputy.key" --call 1 --site 46,39 --at 2026-03-01
accredit() { # WHO ORG ROLES UNTIL
    kend land accredit "$1" --db "$db" --key "$work/authority.key" --at 2026-03-01T08:00:00Z --public "$(cat "$work/$1.pub")" --id "$1" --org "$2" \
        --roles "$3" --until "$4"
}
people() {
    accredit deputy Agency authority 2027-03-01 && accredit collector "Survey Ltd" collector 2027-03-01 &&
        accredit collector2 "Survey Ltd" collector 2026-03-04 && accredit leader "Clear Ltd" leader,collector 2027-03-01 &&
        accredit manager "Clear Ltd" manager 2027-03-01 && accredit inspector "Quality Ltd" inspector 2027-03-01 &&
        accredit own_inspector "Clear Ltd" inspector 2027-03-01 && accredit data Agency data 2027-03-01 &&
        accredit data2 Agency data 2027-03-01 &&
        kend land accredit "Deputy, other key" --db "$db" --key "$work/authority.key" --at 2026-03-01T08:00:00Z --public "$(cat "$work/deputy_data.pub")" --id deputy --org Agency --roles data --until 2027-03-01 && accredit user "Village" user 2027-03-01 && accredit tester "Grid Ltd" tester 2027-03-01
}
ok "the authority certifies people" people
second_keys() { # another key of the same person, under another name
    kend land accredit "D. E. Puty" --db "$db" --key "$work/authority.key" --at 2026-03-01T08:00:00Z --public "$(cat "$work/deputy_user.pub")" --id deputy --org Agency --roles user,tester --until 2027-03-01 &&
        kend land accredit "I. N. Spector" --db "$db" --key "$work/authority.key" --at 2026-03-01T08:00:00Z --public "$(cat "$work/inspector_user.pub")" --id inspector --org "Quality Ltd" --roles user --until 2027-03-01
}
ok "one person may hold several keys" second_keys
as_inspector() { kend land accredit "I. N. Spector" --db "$db" --key "$work/authority.key" --at 2026-03-01T08:00:00Z --public "$(cat "$work/stranger.pub")" --id inspector --org "$1" --roles "$2" --until 2027-03-01; }
ok "own approval: an inspector does not lead with another key" refuses "own work" as_inspector "Quality Ltd" leader
ok "own approval: nor from another organisation" refuses "one organisation" as_inspector "Clear Ltd" user
ok "roles that judge themselves are refused" refuses "own work" accredit stranger X leader,inspector 2027-01-01
ok "own approval: an inspector is no authority with another key" refuses "release on their own work" as_inspector "Quality Ltd" authority
ok "own approval: nor is both asked for at once" refuses "own work" accredit stranger X authority,inspector 2027-01-01
ok "only the founding authority makes authorities" refuses "founding" t deputy accredit s --public "$(cat "$work/stranger.pub")" --id s --org X --roles authority --until 2027-01-01

# --- report: outlines that are wrong
ok "wrong axis order: an area" refuses "wrong axis order" t collector area A-1 --geometry "$work/swapped.json" --evidence "old map"
ok "an area far from the site" refuses "km from the site" sh -c 'printf "{\"type\":\"Polygon\",\"coordinates\":[[[8,47],[8.1,47],[8.1,47.1],[8,47]]]}" >"$3/far.json"; "$1" land area F --geometry "$3/far.json" --evidence x --db "$2" --key "$3/collector.key" --at 2026-03-02 2>"$3/err"' sh "$KEND" "$db" "$work"
ok "a suspected area is reported" t collector area A-1 --geometry "$work/whole.json" --evidence "old map, two witnesses" --name "North slope"
ok "the same id twice is refused" refuses "there already" t collector area A-1 --geometry "$work/whole.json" --evidence x

# --- unsigned and wrongly signed
ok "unsigned: no key" refuses "unsigned" kend land task A-1 --db "$db" --step nts --operator X --order 1
ok "wrongly signed: a key nobody accredited" refuses "has not accredited" t stranger area A-2 --geometry "$work/whole.json" --evidence x
ok "wrongly signed: the wrong role" refuses "wants authority" t collector task A-1 --step nts --operator "Survey Ltd" --order 1
ok "wrongly signed: a key that others may read" refuses "others may read" t open area A-2 --geometry "$work/whole.json" --evidence x

# --- states that are skipped
ok "skipped state: clearance before survey" refuses "survey" t deputy task A-1 --step clearance --operator "Clear Ltd" --order 7 --depth-m 0.2 --medical m --marking k
ok "skipped state: progress before an order" refuses "reported; land.progress wants in_progress" t leader progress A-1 --team T1 --day 2026-03-02 --method manual --searched-m2 10
ok "skipped state: release before survey" refuses "land.release wants" t deputy release A-1 --outcome cleared
ok "skipped state: handover before release" refuses "land.handover wants" t deputy handover A-1 --use homes --residual none

# --- survey: the western half is cancelled, the rest confirmed
ok "the authority orders a survey" t deputy task A-1 --step nts --operator "Survey Ltd" --order "NTS 1"
ok "another organisation does not survey it" refuses "the order went to" t leader survey A-1 --method nts --result direct --evidence x
ok "area not conserved: outside the area" refuses "not conserved.*outside" t collector survey A-1 --method nts --result none --evidence x --residual low --geometry "$work/outside.json"
ok "area not conserved: another size than the outline" refuses "not conserved: it says" t collector survey A-1 --method nts --result none --evidence x --residual low --geometry "$work/west.json" --area-m2 1000
ok "wrong axis order: a part" refuses "wrong axis order" t collector survey A-1 --method nts --result none --evidence x --residual low --geometry "$work/swapped.json"
ok "nothing found in the west" t collector survey A-1 --method nts --result none --evidence "ploughed since 2001" --residual low --geometry "$work/west.json"
ok "own approval: a collector does not release" refuses "wants authority" t collector release A-1 --outcome cancelled
ok "outcomes are never mixed" refuses "never mixed" t deputy release A-1 --outcome cleared
ok "stale version: signed after less than is known" refuses "stale version" t deputy release A-1 --outcome cancelled --rev 1
ok "the authority cancels the west" t deputy release A-1 --outcome cancelled
ok "area not conserved: cancelled twice" refuses "released before" t collector survey A-1 --method nts --result none --evidence x --residual low --geometry "$work/west.json"
ok "direct evidence in the east" t collector survey A-1 --method nts --result direct --evidence "a mine seen"
ok "and it is larger than was known" t collector area A-1 --step extend --geometry "$work/more.json" --evidence "a second row"

# --- clearance
day=2026-03-03
order() { t deputy task A-1 --step clearance --operator "$1" --order "CL 7" --depth-m 0.2 --medical "hospital 20 min" --marking "red tape" --position "${2:-46.761,39.18}"; }
ok "wrong axis order: a reference point" refuses "wrong axis order" order "Clear Ltd" 39.18,46.761
ok "stale version: an order on an old state" refuses "stale version" t deputy task A-1 --step clearance --operator "Clear Ltd" --order 7 --depth-m 0.2 --medical m --marking k --rev 2
ok "an order without an evacuation plan is refused" refuses "medical" t deputy task A-1 --step clearance --operator "Clear Ltd" --order 7 --depth-m 0.2 --marking k
ok "the authority orders clearance" order "Clear Ltd"
ok "the team begins" t leader task A-1 --step start
m2=$("$KEND" land show A-1 --db "$db" --json | sed -n 's/.*"rest_m2": \([0-9]*\).*/\1/p')
progress() { t leader progress A-1 --team "$1" --day "$2" --method manual --searched-m2 "$3" --hours 6; }
ok "a day's progress" progress T1 2026-03-03 9000
first=$(sed -n 's/^no. \([0-9]*\) .*/\1/p' "$work/out")
ok "replayed: the same day again" refuses "replayed: T1" progress T1 2026-03-03 9000
ok "a correction supersedes, it does not edit" t leader progress A-1 --team T1 --day 2026-03-03 --method manual --searched-m2 9500 --supersedes "$first"
ok "replayed: a correction of what is no longer in force" refuses "in force" t leader progress A-1 --team T1 --day 2026-03-03 --method manual --searched-m2 9900 --supersedes "$first"
ok "area not conserved: more searched than there is" refuses "not conserved" progress T2 2026-03-03 90000
ok "an item is found and destroyed" t leader find A-1 --step device --category mine_ap --model PMN --condition rusted --depth-m 0.08 --position 46.7615,39.181 --fate destroyed
ok "wrong axis order: a device" refuses "wrong axis order" t leader find A-1 --step device --category uxo --depth-m 0.1 --position 39.181,46.7615 --fate destroyed
submit() { t manager task A-1 --step submit --depth-m "$1" --method "$2" --residual "below 0.2 m not searched" --points "stone 4 by the oak"; }
ok "area not conserved: more submitted than searched" refuses "daily reports hold" submit 0.2 manual
ok "stale version: suspended by one who saw less" refuses "stale version" t leader task A-1 --step suspend --text rain --rev 3
ok "work stops for rain" t leader task A-1 --step suspend --text "heavy rain"
ok "skipped state: no progress while suspended" refuses "suspended; land.progress" progress T2 2026-03-03 100
ok "and goes on" t leader task A-1 --step resume
day=2026-03-05
ok "the rest is searched" progress T2 2026-03-05 $((m2 - 9500))
ok "a machine alone never clears" refuses "alone never clears" submit 0.2 machine
ok "not to the depth that was ordered" refuses "ordered to" submit 0.1 manual
ok "a broken outline of released land is never guessed" refuses "never guessed" t manager task A-1 --step submit --depth-m 0.2 --method manual --residual x --geometry "$work/bow.json"
ok "the operator submits" submit 0.2 manual
ok "own approval: release before quality control" refuses "quality control has not passed" t deputy release A-1 --outcome cleared
ok "own approval: an inspector of the operator" refuses "own work" t own_inspector qa A-1 --visit control --result pass --text fine
ok "expired accreditation: a survey" refuses "not in force then" t collector2 area A-9 --geometry "$work/half.json" --evidence x
kend land accredit --db "$db" --key "$work/authority.key" --at 2026-03-05T09:00:00Z --revoke --public "$(cat "$work/data2.pub")"
ok "expired accreditation: revoked" refuses "not in force then" t data2 area A-9 --geometry "$work/half.json" --evidence x
ok "expired accreditation: revoked, and dated before that" refuses "not in force then" kend land area A-9 --geometry "$work/half.json" --evidence x --db "$db" --key "$work/data2.key" --at 2026-03-04T12:00:00Z
ok "expired accreditation: dated into the past" refuses "14 days" kend land area A-9 --geometry "$work/half.json" --evidence x --db "$db" --key "$work/collector2.key" --at 2026-02-03
ok "quality control finds something" t inspector qa A-1 --visit control --result nonconformity --text "metal left in lane 4" --severity major --measures "search lane 4 again" --sampled-m2 900
ok "skipped state: no release after a nonconformity" refuses "nonconformity; land.release" t deputy release A-1 --outcome cleared
ok "the team mends it" t leader task A-1 --step rework --text "lane 4 and its neighbours"
ok "and searches again" progress T1 2026-03-05 "$m2"
ok "and submits again" submit 0.2 manual
ok "quality control passes" t inspector qa A-1 --visit control --result pass --text "10 % searched again, nothing" --sampled-m2 1800
ok "skipped state: in use before release" refuses "land.use wants" t user handover A-1 --step use
ok "the authority releases" t deputy release A-1 --outcome cleared
ok "the area is completed" grep -q "is completed" "$work/out"
ok "no certificate before the handover is signed" refuses "no certificate" kend land report A-1 --db "$db" --kind certificate --out "$work/c.html"

ok "and what is refused leaves no page" [ ! -e "$work/c.html" ]

# --- handover
day=2026-03-06
ok "taking over before handing over" refuses "not handed" t user handover A-1 --step accept
ok "the authority hands over" t deputy handover A-1 --use "homes and a street" --residual "below 0.2 m not searched in the east"
ok "own approval: who hands over does not take over" refuses "wants user" t deputy handover A-1 --step accept
ok "own approval: nor with another key" refuses "own work" t deputy_user handover A-1 --step accept
ok "the village takes over" t user handover A-1 --step accept
ok "in use before it is tested" refuses "no passed test" t user handover A-1 --step use
ok "expired accreditation: a tester of yesterday" refuses "not in force|has not accredited" t stranger handover A-1 --step commission --test x --result pass
ok "own approval: who handed over does not commission" refuses "own work" t deputy_user handover A-1 --step commission --test x --result pass
ok "two words are not one of them" refuses "one of: pass fail" t tester handover A-1 --step commission --test x --result "pass fail"
ok "what was built is tested" t tester handover A-1 --step commission --test "water, power, road" --result pass
ok "own approval: a user does not commission" refuses "wants tester" t user handover A-1 --step commission --test x --result pass
ok "it is in use" t user handover A-1 --step use
shows() { kend land show A-1 --db "$db" && grep -q "cancelled: .* residual risk: low" "$work/out" && grep -q "cleared: .* to 0.20 m depth by manual; residual risk: below" "$work/out"; }
ok "released never stands without outcome, depth, method and residual risk" shows
ok "the balance is conserved" sh -c '"$1" land show A-1 --db "$2" --json | grep -q "\"conserved\": true"' sh "$KEND" "$db"
pages() {
    kend land report A-1 --db "$db" --out "$work/r.html" && kend land report A-1 --db "$db" --kind certificate --out "$work/c.html" &&
        grep -q "<svg" "$work/c.html" && grep -q "Residual risk" "$work/c.html" && grep -q "Call 102" "$work/c.html" && ! grep -qE 'https?://' "$work/r.html" "$work/c.html"
}
ok "report and certificate stand alone" pages
dates() {
    grep -q "Handed over by.*deputy, no. [0-9]*, signed 2026-03-06T12:00:00Z" "$work/c.html" && grep -q "Taken over by.*user, no. [0-9]*, signed 2026-03-06" "$work/c.html" &&
        grep -q "Authority, 2026-03-06 (record" "$work/c.html" && grep -q "End user, 2026-03-06 (record" "$work/c.html"
}
ok "the certificate bears the days of both signatures" dates
corners() {
    grep -q "whole area</td><td>1</td><td>46.7" "$work/c.html" && grep -q "cancelled</td><td>4</td>" "$work/c.html" && grep -q "<td>46.7610000</td><td>39.1820000</td>" "$work/c.html" &&
        grep -q "Turning points and markers (cleared, no. [0-9]*): stone 4 by the oak" "$work/c.html"
}
ok "and the corners of the perimeter with its markers" corners
activities() { grep -q "clearance</td><td>Clear Ltd</td><td>2026-03-03</td><td>2026-03-05</td><td>46.7610000, 39.1800000</td>" "$work/r.html"; }
ok "the report has each activity with its days and reference point" activities

# --- half an area, and machines
day=2026-03-08
ordered() { # AREA OUTLINE OPERATOR: confirmed, ordered, begun
    t collector area "$1" --geometry "$work/$2.json" --evidence "a witness" --name "$1" && t deputy task "$1" --step nts --operator "Survey Ltd" --order "N $1" &&
        t collector survey "$1" --method nts --result direct --evidence "a mine seen" &&
        t deputy task "$1" --step clearance --operator "Clear Ltd" --order "C $1" --depth-m 0.2 --medical m --marking k && t leader task "$1" --step start
}
square pair 46.7700 39.1800 46.7720 39.1820
square pair-west 46.7700 39.1800 46.7710 39.1820
square pair-east 46.7710 39.1800 46.7720 39.1820
report() { t leader progress "$1" --team "$2" --day "$3" --method "$4" --searched-m2 "$5"; }
part() { t manager task "$1" --step submit --depth-m 0.2 --method manual --residual "below 0.2 m" ${2:+--geometry "$work/$2.json"}; }
passes() { t inspector qa "$1" --visit control --result pass --text fine --sampled-m2 900 && t deputy release "$1" --outcome cleared; }
ok "another area is ordered" ordered P-1 pair
half=$("$KEND" land show P-1 --db "$db" --json | sed -n 's/.*"rest_m2": \([0-9]*\).*/\1/p')
half=$((half / 2 + 1))
first_half() { report P-1 T1 2026-03-08 manual $half && part P-1 pair-west && passes P-1; }
ok "its searched half is released" first_half
ok "area not conserved: reports of released ground clear nothing else" refuses "not conserved.*reports hold 0 m2" part P-1
ok "honest progress on the other half is taken" report P-1 T2 2026-03-08 manual $((half - 2))
ok "and that half may be submitted" part P-1
ok "and released: all is cleared" passes P-1
square machine 46.7700 39.1840 46.7720 39.1860
ok "an area for a machine" ordered P-2 machine
ok "a machine goes over all of it" report P-2 M1 2026-03-08 machine $((2 * half - 2))
ok "own word: a machine alone is not cleared by calling it manual" refuses "daily reports hold 0 m2" part P-2
ok "one dog over all of it" report P-2 D1 2026-03-08 dogs $((2 * half - 2))
ok "a machine and a dog are still nobody who clears" refuses "daily reports hold 0 m2" part P-2
ok "area not conserved: a machine over more than there is" refuses "not conserved" report P-2 M1 2026-03-07 machine 9000
ok "people follow on the same ground" report P-2 T1 2026-03-08 manual $((2 * half - 2))
ok "then it may be submitted" part P-2

# --- a find
day=2026-03-10
ok "somebody finds something: reopened from in use" t user find A-1 --text "a round thing by the fence" --position 46.7612,39.1812
ok "it is reopened" sh -c '"$1" land show A-1 --db "$2" | grep -q "reopened.*hazard"' sh "$KEND" "$db"
no=$(sed -n 's/^no. \([0-9]*\) .*/\1/p' "$work/out" | head -1)
no=$("$KEND" land show --db "$db" --json | sed -n '/"finds"/,$s/.*"no": \([0-9]*\).*/\1/p' | head -1)
ok "a find is never just put aside" refuses "nobody has been" t deputy release --step restore --find "$no" --text x
ok "the inspector goes there" t inspector find --step resolve --find "$no" --result nothing --text "a lid"
ok "own approval: the visitor does not give it back" refuses "wants authority" t inspector release --step restore --find "$no" --text x
ok "the authority gives it back" t deputy release --step restore --find "$no" --text "a lid, seen by the inspector"
ok "and it is in use again" sh -c '"$1" land show A-1 --db "$2" | grep -q "in_use"' sh "$KEND" "$db"

ok "somebody reports with another key" t inspector_user find --text "a tin" --place nowhere
no=$(sed -n 's/^no. \([0-9]*\) .*/\1/p' "$work/out")
ok "own approval: who reported does not make the visit" refuses "own work" t inspector find --step resolve --find "$no" --result nothing --text "a tin"
ok "no number of an item that is none" refuses "whole number" t inspector find --step resolve --find 1.5 --result nothing --text x
ok "no position that is none" refuses "longitude,latitude in degrees" t user find --text x --position nan,39.18
ok "a find that names only a place" t user find --text "a fuse" --place old-mill
no=$(sed -n 's/^no. \([0-9]*\) .*/\1/p' "$work/out")
ok "something was there" t inspector find --step resolve --find "$no" --result removed --text "a mortar fuse"
ok "it is not given back before its ground is an area" refuses "no area says where" t deputy release --step restore --find "$no" --text done
ok "the ground is reported" t collector area A-7 --geometry "$work/more.json" --evidence "a mortar fuse" --place old-mill
ok "then the report is closed, and the area waits for its survey" t deputy release --step restore --find "$no" --text done
ok "wrong axis order: a find" refuses "wrong axis order" t user find --text x --position 39.181,46.761

# --- a release of the authority
cat >"$work/release.csv" <<'CSV'
id,name,type,status,outcome,depth_m,method,residual,org,date,area_m2,wkt
A-1,North slope,CHA,open,,,,,,2026-03-11,,"POLYGON((46.76 39.18,46.762 39.18,46.762 39.182,46.76 39.182,46.76 39.18))"
B-1,Orchard,SHA,open,,,,,,,,"POLYGON((46.75 39.18,46.751 39.18,46.751 39.181,46.75 39.181,46.75 39.18))"
B-2,Yard,CHA,handed_over,cleared,0.2,manual,below 0.2 m,Agency,,,"POLYGON((46.752 39.18,46.753 39.18,46.753 39.181,46.752 39.181,46.752 39.18))"
B-3,Lane,CHA,closed,cleared,,,,Agency,,,"POLYGON((46.754 39.18,46.755 39.18,46.755 39.181,46.754 39.181,46.754 39.18))"
B-4,Swapped,SHA,open,,,,,,,,"POLYGON((39.18 46.754,39.181 46.754,39.181 46.755,39.18 46.754))"
B-5,Size,SHA,open,,,,,,,100,"POLYGON((46.756 39.18,46.757 39.18,46.757 39.181,46.756 39.181,46.756 39.18))"
B-6,Nowhere,SHA,open,,,,,,,,
CSV
ok "unsigned, a file releases nothing" sh -c '"$1" land import "$2/release.csv" --db "$3" --dry-run >"$2/out" && grep -q "no authority signed" "$2/out"' sh "$KEND" "$work" "$db"
ok "the authority signs its release" kend land sign "$work/release.csv" --key "$work/deputy.key" --out "$work/release.sig"
kend land sign "$work/release.csv" --key "$work/stranger.key" --out "$work/stranger.sig"
ok "wrongly signed: a release by a stranger" refuses "wrongly signed" t data import "$work/release.csv" --signature "$work/stranger.sig"
sed 's/0.2,manual/0.9,manual/' "$work/release.csv" >"$work/changed.csv"
ok "wrongly signed: a release changed afterwards" refuses "wrongly signed" t data import "$work/changed.csv" --signature "$work/release.sig"
ok "a signed release is taken in" t deputy_data import "$work/release.csv" --signature "$work/release.sig"
reasons() {
    grep -q "B-4 .*wrong axis order" "$work/out" && grep -q "B-3 .*without depth_m" "$work/out" && grep -q "B-5 .*not conserved" "$work/out" &&
        grep -q "B-6 .*null geometry" "$work/out" && grep -q "A-1 .*differs" "$work/out"
}
ok "with differences shown and mistakes named" reasons
worse() { kend land show A-1 --db "$db" && grep -q "in_use" "$work/out" && grep -q "hazard" "$work/out" && grep -q "differs" "$work/out"; }
ok "nothing is overwritten, and the worse holds" worse
ok "handed over by the authority's release" sh -c '"$1" land show B-2 --db "$2" | grep -q "handover_signed"' sh "$KEND" "$db"
no=$(sed -n 's/.*differs: .*(no. \([0-9]*\)).*/\1/p' "$work/out")
ok "no certificate of what the authority calls hazardous" refuses "calls .A-1. hazardous" kend land report A-1 --db "$db" --kind certificate --out "$work/worse.html"
ok "own approval: the importer does not reconcile" refuses "own work" t deputy_data release A-1 --step reconcile --import "$no" --text x
ok "own approval: nor the same person with another key" refuses "own work" t deputy release A-1 --step reconcile --import "$no" --text x
ok "a second person does" t authority release A-1 --step reconcile --import "$no" --text "the authority is right"
ok "and it is hazard again" sh -c '"$1" land show A-1 --db "$2" | grep -q "cha .*hazard"' sh "$KEND" "$db"

# --- files that are not what they seem
signed() { # NAME: signs $work/NAME and imports it
    kend land sign "$work/$1" --key "$work/deputy.key" --out "$work/$1.sig" && t deputy_data import "$work/$1" --signature "$work/$1.sig"
}
box() { # WEST SOUTH: a WKT square of a thousandth of a degree
    awk -v w="$1" -v s="$2" 'BEGIN { printf "\"POLYGON((%.4f %.4f,%.4f %.4f,%.4f %.4f,%.4f %.4f,%.4f %.4f))\"", w, s, w + .001, s, w + .001, s + .001, w, s + .001, w, s }'
}
state_is() { kend land show "$1" --db "$db" && grep -q "^$1 ([^)]*): $2 " "$work/out"; }
words() { # ID OUTCOME STATUS METHOD DEPTH SOUTH
    echo "id,type,status,outcome,depth_m,method,residual,org,wkt"
    echo "$1,CHA,$3,$2,$5,$4,below,Agency,$(box 46.7800 "$6")"
}
south=39.1700
reads_hazard() { # ID OUTCOME STATUS: signed, and still hazard, with a note that says why
    south=$(awk -v s=$south 'BEGIN { printf "%.4f", s + 0.002 }')
    words "$1" "$2" "$3" manual 0.2 "$south" >"$work/$1.csv"
    signed "$1.csv" && state_is "$1" cha && grep -q "read as hazard" "$work/out"
}
ok "free text is no release: never cleared" reads_hazard W-1 "" "never cleared"
ok "free text is no release: nor as an outcome" reads_hazard W-2 "never cleared" closed
ok "free text is no release: cleared area suspected again" reads_hazard W-3 "cleared area suspected again" closed
ok "free text is no release: cleared, but suspended" reads_hazard W-4 cleared suspended
ok "free text is no release: cleared, of no status" reads_hazard W-5 cleared ""
ok "free text is no release: handed over, of no outcome" reads_hazard W-6 "" handed_over
# --- a release signed before somebody found something
day=2026-03-11
dated() { # FILE DATE: a release of R-1
    printf 'id,name,type,status,outcome,depth_m,method,residual,org,date,wkt\nR-1,R-1,CHA,handed_over,cleared,0.2,manual,below 0.2 m,Agency,%s,%s\n' "$2" "$(box 46.7860 39.1760)" >"$work/$1.csv"
}
difference() { sed -n 's/.*differs: .*(no. \([0-9]*\)).*/\1/p' "$work/out"; }
takes() { # WHO: reconciles what R-1 differs in
    kend land show R-1 --db "$db" && no=$(difference) && t "$1" release R-1 --step reconcile --import "$no" --text "the authority says so"
}
dated old 2026-03-01 && dated undated "" && dated next 2026-03-12 && dated later 2027-01-01
ok "a signed release hands an area over" signed old.csv
mine_found() {
    t user find R-1 --text "a mine" --position 46.7865,39.1765 && state_is R-1 reopened &&
        no=$("$KEND" land show --db "$db" --json | sed -n '/"finds"/,$s/.*"no": \([0-9]*\).*/\1/p' | tail -1) &&
        t inspector find --step resolve --find "$no" --result removed --text "a mine, blown up" && t deputy release --step restore --find "$no" --text "removed"
}
ok "a mine is found there and taken away" mine_found
ok "it stays reopened" state_is R-1 reopened
ok "the same file and signature come again" signed old.csv
ok "replayed: a release that was taken before, by the authority too" refuses "replayed: this release was taken as no" takes authority
ok "it is still reopened" state_is R-1 reopened
ok "a release without a date" signed undated.csv
ok "replayed: it may be older than the mine" refuses "bears no .date. after" takes authority
printf '\n' >>"$work/old.csv"
ok "the old release with one more line" signed old.csv
ok "replayed: it is older than the mine" refuses "dated 2026-03-01 and knows nothing of the danger" takes authority
ok "a release of next year" signed later.csv
ok "is none of today" refuses "dated 2027-01-01, after it was taken in" takes authority
ok "a release signed after the mine" signed next.csv
ok "own approval: a data clerk does not take hazard to released" refuses "the authority's to sign" takes data
ok "the authority does" takes authority
ok "and it is handed over" state_is R-1 handover_signed

both() { # one file that calls the same area cleared, and then hazard
    words W-7 cleared closed manual 0.2 39.1670 >"$work/W-7.csv" && words W-7 "" open manual 0.2 39.1670 | tail -1 >>"$work/W-7.csv"
    signed W-7.csv && state_is W-7 cha
}
ok "what a file calls hazard too is not released by it" both
refuses_row() { # ID METHOD DEPTH WORDS
    words "$1" cleared closed "$2" "$3" 39.1690 >"$work/$1.csv"
    kend land sign "$work/$1.csv" --key "$work/deputy.key" --out "$work/$1.sig" &&
        kend land import "$work/$1.csv" --signature "$work/$1.sig" --db "$db" --dry-run && grep -q "$1 .*$4" "$work/out"
}
ok "a release of a machine alone is not taken" refuses_row V-1 machine 0.2 "alone never clears"
ok "nor one to a depth that is none" refuses_row V-2 manual -3 "cleared to -3 m"
ok "nor one by a method that is none" refuses_row V-3 prayer 0.2 "no way to clear"
no_ids() { # three hazards without a name, with the mark of a spreadsheet, semicolons and a column in capitals
    printf '\357\273\277Type;WKT;Name\r\nSHA;%s;one\r\nSHA;%s;two\r\nSHA;%s;three\r\n' "$(box 46.7900 39.1800)" "$(box 46.7920 39.1800)" "$(box 46.7940 39.1800)" >"$work/noid.csv"
    t data import "$work/noid.csv" && grep -qE "new +3$" "$work/out" && ! grep -q "twice" "$work/out"
}
ok "three outlines without an id are three areas" no_ids
again() { kend land import "$work/noid.csv" --db "$db" --dry-run && grep -qE "same +3$" "$work/out"; }
ok "and the same three when read again" again
marked() { # the id under the mark; blanks in the outline make no other area
    printf '\357\273\277id,type,wkt\nU-1,SHA,%s\n,SHA,%s\n' "$(box 46.7960 39.1800)" "$(box 46.7900 39.1800 | sed 's/,/ , /g')" >"$work/mark.csv"
    t data import "$work/mark.csv" && state_is U-1 sha && kend land import "$work/mark.csv" --db "$db" --dry-run && grep -qE "same +2$" "$work/out"
}
ok "a mark before the first column hides no id" marked
numbers() {
    echo '{"type":"FeatureCollection","features":[{"type":"Feature","id":4711,"properties":{"type":"SHA"},"geometry":{"type":"Polygon","coordinates":[[[46.798,39.18],[46.799,39.18],[46.799,39.181],[46.798,39.18]]]}}]}' >"$work/number.geojson"
    t data import "$work/number.geojson" && state_is 4711 sha
}
ok "a number is an id too" numbers
twice() {
    t collector area A-8 --geometry "$work/more.json" --evidence "the same field, reported again" && kend land show A-8 --db "$db" && grep -q "overlaps .A-7. by" "$work/out" &&
        kend land show --db "$db" && grep -qE "of it [1-9][0-9]* m2 lie under two areas and count twice" "$work/out"
}
ok "the same outline under a second name is told" twice
pairs() {
    printf 'id,type,wkt\nO-1,SHA,%s\nO-2,SHA,%s\n' "$(box 46.7980 39.1840)" "$(box 46.7985 39.1840)" >"$work/over.csv"
    kend land import "$work/over.csv" --db "$db" --dry-run --json && tr -d '\n ' <"$work/out" | grep -q '"overlap_pairs":\[{"id":"O-1","other":"O-2","m2":' &&
        t data import "$work/over.csv" && kend land show O-2 --db "$db" && grep -q "note: overlaps .O-1. by" "$work/out"
}
ok "outlines that overlap are named" pairs
hidden_hazard() { # a signed row hands over what O-1 holds as a hazard
    printf 'id,type,status,outcome,depth_m,method,residual,org,date,wkt\nO-9,CHA,handed_over,cleared,0.2,manual,below 0.2 m,Agency,2026-03-01,%s\n' "$(box 46.7980 39.1840)" >"$work/O-9.csv"
    signed O-9.csv && state_is O-9 handover_signed
}
ok "a release over ground that is a hazard by another name" hidden_hazard
ok "no certificate for ground that is a hazard by another name" refuses "lies in part on .O-1., which is sha" kend land report O-9 --db "$db" --kind certificate --out "$work/o9.html"
ok "it leaves no page" test ! -e "$work/o9.html"
ok "an id in other capitals is the same area" refuses "there already" t collector area r-1 --geometry "$work/more.json" --evidence x
ok "an id with a sign that does not print" refuses "does not print" t collector area "$(printf 'R-1\342\200\213')" --geometry "$work/more.json" --evidence x
ok "an id with a blank at its end" refuses "blank at its ends" t collector area "R-1 " --geometry "$work/more.json" --evidence x
capitals() { # a row ` o-1 ` is O-1, and no area of its own
    printf 'id,type,status,outcome,depth_m,method,residual,org,date,wkt\n" o-1 ",CHA,handed_over,cleared,0.2,manual,below 0.2 m,Agency,2026-03-01,%s\n' "$(box 46.7980 39.1840)" >"$work/o-1.csv"
    signed o-1.csv && state_is O-1 sha && grep -q "differs" "$work/out"
}
ok "a file's id in other capitals opens nothing beside the hazard" capitals

# --- an accident closes what a find closes
day=2026-03-13
ok "wrong axis order: an accident" refuses "wrong axis order" t user people --step accident --text x --casualties 1 --position 39.1765,46.7865
ok "no category that is none" refuses "one of: mine_ap" t user people --step accident --text x --casualties 1 --category bomb
ok "the land is handed over" state_is R-1 handover_signed
ok "an accident on it" t user people --step accident --text "a tractor ran over something" --casualties 2 --position 46.7865,39.1765 --category mine_av --type mine
no=$(sed -n 's/^no. \([0-9]*\) .*/\1/p' "$work/out")
ok "reopens it" state_is R-1 reopened
told() { kend land show --db "$db" && grep -q "accident with 2 casualties, mine_av, in daily life, find no. $no, .*a tractor ran over something; OPEN; closes [0-9]* area" "$work/out"; }
ok "and is listed with what went off" told
ok "an accident was never nothing" refuses "something was there" t inspector find --step resolve --find "$no" --result nothing --text x
ok "the ground is looked at" t inspector find --step resolve --find "$no" --result removed --text "a crater, fragments taken"
ok "the authority closes the report" t deputy release --step restore --find "$no" --text "fragments taken"
ok "the area stays reopened until it is cleared again" state_is R-1 reopened
ok "an accident of a team, by the area's name" t leader people P-2 --step accident --text "a detonation in lane 2" --casualties 1 --type demining
ok "reopens that area" state_is P-2 reopened
ok "a lesson with place, organisation and way of teaching" t user people --step lesson --text "what to do" --people 31 --language az --method "play with puppets" --org "School 2" --position 46.7610,39.1810
lessons() { kend land show --db "$db" && grep -q "lesson no. [0-9]*, 2026-03-13, by School 2: 31 people in az, by play with puppets, at 46.76100,39.18100: what to do" "$work/out"; }
ok "lessons are listed" lessons
as_json() { kend land show --db "$db" --json && tr -d '\n ' <"$work/out" | grep -q '"accident":true,"casualties":2,"category":"mine_av","type":"mine","position":\[46.78' && grep -q '"org": "School 2"' "$work/out"; }
ok "accidents and lessons stand in the JSON" as_json

# --- signed without a network, on a copy
cp "$db" "$work/phone.db"
offline() {
    kend land find --text "a lid" --place old-mill --db "$work/phone.db" --key "$work/user.key" --at "${day}T13:00:00Z" --out "$work/offline.jsonl" &&
        kend land take "$work/offline.jsonl" --db "$db"
}
ok "a record signed offline is added later" offline
ok "replayed: the same file from the phone again" refuses "replayed: this very record" kend land take "$work/offline.jsonl" --db "$db"

# --- the village file: a place gate of its own, whatever the records say
village() { # SED SCRIPT: agali with one change
    sed -e '/^land:/,/^  records:/d' -e "$1" villages/agali.yaml >"$work/village.yaml"
}
gate() { # WORDS, SED SCRIPT: refused with line, column, caret, parcel and state
    village "$2"
    ! kend check "$work/village.yaml" && grep -qE "village.yaml:[0-9]+:[0-9]+: .*$1" "$work/err" && grep -q '\^' "$work/err"
}
ok "the village as it is has no mistake" sh -c '"$1" check villages/agali.yaml' sh "$KEND"
ok "on land not handed over: an asset" gate '`mast|`station. stands on `north-slope`, which is not handed over \(hazard\)' 's/on: solar-parcel, point: \[46.76243, 39.18292\]/on: north-slope, point: [46.76420, 39.18560]/'
ok "on land not handed over: a street with its lamps" gate '`lamps-lane. stands on `north-slope`, which is not handed over' 's/\(id: north-lane, name: {[^}]*}, kind: street, on: \)centre/\1north-slope/'
ok "on land not handed over: a lane that only crosses it" gate '`north-lane. lies on `north-slope`, which is not handed over \(hazard\)' 's/line: \[\[46.75833, 39.18316\], \[46.76170, 39.18250\]\]/line: [[46.75833, 39.18316], [46.76500, 39.18560]]/'
ok "on land not handed over: a field" gate '`irrigation. stands on `old-orchard`, which is not handed over' 's/    at: pump-house/    at: old-orchard/'
ok "on land not handed over: bins" gate '`bin-organic. stands on `meadow-lane`, which is not handed over \(released\)|`bin-organic. stands on `meadow`, which is not handed over \(released\)' 's/^  - {id: avenue,/  - {id: meadow-lane, kind: street, on: meadow, line: [[46.7520, 39.1825], [46.7525, 39.1835]]}\n&/; s/    setback_m: 4$/    setback_m: 4/; /id: bin-organic/,/along:/s/along: \[west-1,/along: [meadow-lane, west-1,/'
ok "on land not handed over: a leg of a round" gate '`organic-west. drives over `meadow-lane` on `meadow`, which is not handed over \(released\); nothing may be sent there' 's/^  - {id: avenue,/  - {id: meadow-lane, kind: street, on: meadow, line: [[46.7540, 39.1837], [46.7525, 39.1835]]}\n&/; /id: organic-west/,/legs:/s/west-5, west-6\]/west-5, west-6, meadow-lane]/'
ok "on land not handed over: the way between two legs" gate '`organic-west. drives over the way to `west-1` on `pit`, which is not handed over \(hazard\)' 's/^  - {id: avenue,/  - {id: pit, kind: parcel, state: hazard, area: [[46.75660, 39.17848], [46.75680, 39.17848], [46.75680, 39.17845], [46.75660, 39.17845]]}\n&/'
ok "a round leaves no street out on its way" gate '`east-4. is [0-9]+ m from the nearest leg before it' '/id: organic-west/,/legs:/s/west-5, west-6\]/west-5, west-6, east-4]/'
ok "a bin that no round comes by" gate '`bin-organic-024. stands [0-9]+ m off the way of `organic-west`' '/id: organic-west/,/bins:/s/bins: bin-organic/bins: [bin-organic, bin-organic-024]/'

# --- replayed records
"$KEND" land export --db "$db" --out "$work/all.jsonl"
grep 'land.progress' "$work/all.jsonl" | head -1 >"$work/one.jsonl"
ok "replayed: a signed record sent again" refuses "replayed: this very record" kend land take "$work/one.jsonl" --db "$db"
kend land open --db "$work/other.db" --key "$work/authority.key" --call 1 --site 46.7592,39.1803 --at 2026-03-01
ok "replayed: a record of another chain" refuses "replayed: the record belongs to another chain" kend land take "$work/one.jsonl" --db "$work/other.db"
ok "replayed: with a changed word it is no longer signed" sh -c 'sed "s/manual/mutual/" "$1/one.jsonl" >"$1/two.jsonl"; ! "$2" land take "$1/two.jsonl" --db "$3" 2>"$1/err" && grep -q "changed after signing" "$1/err"' sh "$work" "$KEND" "$db"

ok "a data base that is not there is not made" refuses "No such file" kend land show --db "$work/typo.db"

# --- the chain
kend land verify --db "$db" --json && head=$(sed -n 's/.*"head": "\([0-9a-f]*\)".*/\1/p' "$work/out")
ok "the chain is proven against an outside head" kend land verify --db "$db" --head "$head"
ok "a head of another chain is refused" refuses "not in this chain" kend land verify --db "$db" --head 0123456789abcdef0123
ok "the export proves the same" sh -c '"$1" land export --db "$2" --out "$3/chain.jsonl" && "$1" land verify "$3/chain.jsonl" --head "$4"' sh "$KEND" "$db" "$work" "$head"
by_hand() { # the second link with no program of ours
    node -e '
        const fs = require("fs"), h = t => require("crypto").createHash("sha256").update(t).digest("hex");
        let prev = "0".repeat(64);
        for (const line of fs.readFileSync(process.argv[1], "utf8").trim().split("\n")) {
            const r = JSON.parse(line);
            prev = h(prev + "\n" + r.body + "\n" + r.signature + "\n");
            if (prev !== r.hash) process.exit(1);
        }
        process.exit(prev === process.argv[2] ? 0 : 1);' "$work/chain.jsonl" "$head"
}
ok "and anybody can check it without kend" by_hand
tamper() { # WORDS, sed script
    sed "$2" "$work/chain.jsonl" >"$work/bad.jsonl"
    refuses "$1" kend land verify "$work/bad.jsonl"
}
ok "tampered chain: a word changed" tamper "changed after signing" 's/two witnesses/no witnesses/'
ok "tampered chain: a record cut out" tamper "tampered" '20d'
ok "tampered chain: two records swapped" tamper "tampered" '20{h;d};21{G}'
ok "tampered chain: the end cut off" sh -c 'sed "\$d" "$1/chain.jsonl" >"$1/cut.jsonl"; ! "$2" land verify "$1/cut.jsonl" --head "$3" 2>"$1/err" && grep -q "rewritten, cut" "$1/err"' sh "$work" "$KEND" "$head"
cp "$db" "$work/edited.db"
ok "tampered chain: the data base edits nothing" sh -c '! sqlite3 "$1" "UPDATE chain SET body = replace(body, 1, 2) WHERE seq = 20" 2>/dev/null' sh "$work/edited.db"
edit_data_base() { # somebody who owns the file
    sqlite3 "$work/edited.db" "DROP TRIGGER chain_keeps; UPDATE chain SET body = CAST(replace(CAST(body AS TEXT), 'North', 'South') AS BLOB)" &&
        refuses "changed after signing" kend land verify --db "$work/edited.db"
}
ok "tampered chain: with its triggers removed" edit_data_base
ok "tampered chain: nothing can be added to it" refuses "changed after signing" kend land task A-1 --step nts --operator x --order y --db "$work/edited.db" --key "$work/deputy.key"
echo "1..$n"
