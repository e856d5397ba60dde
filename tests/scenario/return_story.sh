# From a suspected area to a handed key, through the commands: the land is surveyed, released, handed over and commissioned; households are
# registered, drawn, offered, briefed and moved. Every wrong move is refused for its own reason, each class in at least three ways. Prints TAP.
cd "$KEND_SOURCE" || exit 1
work=$(mktemp -d)
village= # the process that runs it
stop_village() {
    [ -n "$village" ] && kill "$village" && wait "$village"
    village=
}
trap 'stop_village 2>/dev/null; rm -rf "$work"' EXIT
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
says() { grep -qE -- "$1" "$work/out"; }
db=$work/village.db
day=2026-03-02
at() { echo "${day}T12:00:00Z"; }
t() { # WHO COMMAND ARGS: a record about the land, as that person, at noon of $day
    who=$1 command=$2
    shift 2
    kend land "$command" "$@" --db "$db" --key "$work/$who.key" --at "$(at)"
}
r() { # the same about the return
    who=$1 command=$2
    shift 2
    kend household "$command" "$@" --db "$db" --key "$work/$who.key" --at "$(at)"
}
state() { "$KEND" household list "$1" --db "$db" --json | sed -n 's/.*"state": "\(.*\)".*/\1/p'; }
home_of() { "$KEND" household list "$1" --db "$db" --json | sed -n 's/.*"home": "\(.*\)".*/\1/p'; }
# The village runs on the data base, on its own clock; its word about a home is waited for: village FILE, then says HOME WORDS.
run_village() {
    "$KEND" run "$1" --listen 127.0.0.1:0 --db "$db" --history 0 --control rules >"$work/run.out" 2>"$work/run.err" &
    village=$!
}
village_says() {
    for _ in $(seq 300); do
        "$KEND" household list "$1" --homes --db "$db" --json | grep -qE "\"village_says\": \".*$2" && return 0
        sleep 0.1
    done
    "$KEND" household list "$1" --homes --db "$db" --json | grep village_says
    return 1
}
is() { [ "$(state "$1")" = "$2" ] || { state "$1"; false; }; }

# --- people
for who in authority deputy deputy2 collector data tester tester2 user registrar registrar2 registrar_data observer educator educator_late inspector stranger; do
    kend land key "$work/$who.key" --name "$who" && cp "$work/out" "$work/$who.pub"
done
cp "$work/registrar.key" "$work/open.key" && chmod 644 "$work/open.key"
kend land open --db "$db" --key "$work/authority.key" --call 102 --site 46.7592,39.1803 --reach-m 50000 --at 2026-03-01
accredit() { # KEY ID ORG ROLES UNTIL
    kend land accredit "$2" --db "$db" --key "$work/authority.key" --at 2026-03-01T08:00:00Z --public "$(cat "$work/$1.pub")" --id "$2" --org "$3" --roles "$4" --until "$5"
}
people() {
    accredit deputy deputy Agency authority 2027-03-01 && accredit deputy2 deputy2 Agency authority 2027-03-01 && accredit collector collector "Survey Ltd" collector 2027-03-01 &&
        accredit data data Centre data 2027-03-01 && accredit tester tester "Grid Ltd" tester 2027-03-01 && accredit tester2 registrar Office tester 2027-03-01 &&
        accredit user user Village user 2027-03-01 && accredit registrar registrar Office registrar 2027-03-01 && accredit registrar2 registrar2 Office registrar 2027-03-01 &&
        accredit registrar_data data Centre tester,registrar 2027-03-01 && accredit observer observer Council observer 2027-03-01 && accredit educator educator School educator 2027-03-01 && accredit inspector inspector "Quality Ltd" inspector 2027-03-01 &&
        accredit educator_late educator2 School educator 2026-03-12
}
ok "the authority certifies people, also for the return" people
self() { # ID: an authority certifies itself by another key
    kend land accredit deputy --db "$db" --key "$work/deputy.key" --at 2026-03-01T09:00:00Z --public "$(cat "$work/stranger.pub")" --id "$1" --org Agency --roles observer --until 2027-03-01
}
ok "own approval: nobody certifies themselves, also not by another key" refuses "nobody accredits themselves" self deputy
ok "own approval: nor by other letters" refuses "nobody accredits themselves" self Deputy

# --- land: suspected, surveyed, released, handed over; its commissioning comes later
printf '{"type":"Polygon","coordinates":[[[46.753,39.1786],[46.756,39.1781],[46.757,39.1800],[46.754,39.1806],[46.753,39.1786]]]}' >"$work/area.json"
ok "ground under the western homes is suspected" t collector area A-1 --geometry "$work/area.json" --evidence "an old map"

# --- rules and homes
printf 'home,rooms,accessible\nhome-s-001,3,yes\nhome-s-002,3,no\nhome-s-003,3,no\nhome-m-001,4,no\n' >"$work/homes.csv"
ok "eligibility needs signed rules: not by a registrar" refuses "wants authority" r registrar rules villages/agali.return.json
sed 's/"persons": 9/"persons": 8/' villages/agali.return.json >"$work/short.json"
ok "a table of rooms that ends too early is refused" refuses "ends with a row for 9" r deputy rules "$work/short.json"
ok "the authority signs rules" r deputy rules villages/agali.return.json
ok "homes are read from the village file" r data homes "$work/homes.csv" --village villages/agali.yaml
printf 'home,rooms,accessible\nhome-x-1,3,yes\n' >"$work/nohome.csv"
ok "a home that the village has not is refused" refuses "no home of" r data homes "$work/nohome.csv" --village villages/agali.yaml
ok "homes: not by a tester of the same office" refuses "wants data" r tester homes "$work/homes.csv" --village villages/agali.yaml

# --- registration
a1=h-0000000000a1 a2=h-0000000000a2 a3=h-0000000000a3 a4=h-0000000000a4 a5=h-0000000000a5 a6=h-0000000000a6 a7=h-0000000000a7 a8=h-0000000000a8 a9=h-0000000000a9
ok "a name is no pseudonym" refuses "never a name" r registrar register Aliyev-family-1 --size 3 --language az
ok "a name with blanks neither" refuses "hold no names" r registrar register "Leyla Aliyeva" --size 3 --language az
ok "a field for anything else is not there" refuses "no option" r registrar register $a1 --size 3 --language az --faith x
register() { # ID SIZE ARGS: registered, consented, surveyed
    id=$1 size=$2
    shift 2
    r registrar register "$id" --size "$size" --language az "$@" && r registrar consent "$id" --purpose return && r registrar consent "$id" --purpose survey &&
        r registrar consent "$id" --purpose contact && r registrar survey "$id" --intention return
}
ok "a registrar registers by pseudonym" r registrar register $a1 --size 3 --language az --accessible yes
ok "the same household twice is refused" refuses "registered already" r registrar2 register $a1 --size 3 --language az
ok "skipped state: decided before the survey" refuses "registered; return.eligible wants surveyed" r deputy decide $a1 --step eligible --met displaced_from_here,no_other_home,lives_in_temporary_housing
ok "no survey without consent" refuses "not consented to .return" r registrar survey $a1 --intention return
r registrar consent $a1 --purpose return
ok "nor with consent to something else only" refuses "not consented to .survey" r registrar survey $a1 --intention return
printf 'a signed form' >"$work/form"
ok "consent with the digest of its paper" r registrar consent $a1 --purpose survey --paper "$work/form"
r registrar consent $a1 --purpose contact
ok "the household is surveyed" r registrar survey $a1 --intention return
g=g-7k2m4q
ok "two that stay together, and five more" eval 'register $a2 3 --group $g && register $a3 4 --group $g && register $a4 6 && register $a5 2 && register $a6 3 && register $a7 4 && register $a8 2 && register $a9 1'

# --- unsigned, wrongly signed, expired, stale, replayed
all=displaced_from_here,no_other_home,lives_in_temporary_housing
ok "unsigned: no key" refuses "unsigned" kend household decide $a1 --step eligible --met $all --db "$db"
ok "wrongly signed: a key nobody accredited" refuses "has not accredited" r stranger decide $a1 --step eligible --met $all
ok "wrongly signed: the wrong role" refuses "wants authority, registrar" r observer decide $a1 --step eligible --met $all
ok "wrongly signed: a key that others may read" refuses "others may read" r open decide $a1 --step eligible --met $all
ok "own approval: who registered does not decide" refuses "own work: the registration" r registrar decide $a1 --step eligible --met $all
ok "stale version: decided on an older state" refuses "stale version" r deputy decide $a1 --step eligible --met $all --rev 3
ok "not all criteria met" refuses "2 of 3 criteria" r deputy decide $a1 --step eligible --met displaced_from_here,no_other_home
ok "a criterion that the rules have not" refuses "no criterion" r deputy decide $a1 --step eligible --met displaced_from_here,no_other_home,faith
ok "eligible, and its rooms follow from the table" r deputy decide $a1 --step eligible --met $all
for h in $a2 $a3 $a4 $a5 $a6; do r deputy decide $h --step eligible --met $all; done
ok "refused with a criterion" r deputy decide $a7 --step refuse --unmet no_other_home
ok "a refusal without one is none" refuses "wants .unmet" r deputy decide $a8 --step refuse
r deputy decide $a8 --step refuse --unmet displaced_from_here
r deputy decide $a9 --step eligible --met $all
ok "a household appeals" r registrar appeal $a7
ok "own approval: who refused does not decide the appeal" refuses "own work: the decision" r deputy decide $a7 --step eligible --met $all
ok "own approval: nor who registered it" refuses "own work: the registration" r registrar decide $a7 --step eligible --met $all
ok "a third person decides it" r deputy2 decide $a7 --step eligible --met $all
r registrar appeal $a8
ok "an appeal may fail, for good" r deputy2 decide $a8 --step refuse --unmet displaced_from_here
ok "stale version: consent on an older state" refuses "stale version" r registrar consent $a9 --purpose return --act withdrawn --rev 2
ok "nobody is kept out of a draw on a clerk's word" refuses "would lose that" r registrar consent $a9 --purpose return --act withdrawn
printf 'we stay here' >"$work/stay"
ok "somebody takes the consent back" r registrar consent $a9 --purpose return --act withdrawn --paper "$work/stay"
ok "and is out" is $a9 withdrawn
ok "skipped state: an offer before a draw" refuses "withdrawn; return.offer wants drawn, reserve" r registrar offer $a9 --home home-s-001
ok "skipped state: keys before anything" refuses "eligible; return.key wants scheduled" r registrar key $a1 --home home-s-001 --elec-kWh 0 --water-m3 0 --keys 2

# --- the draw
day=2026-03-03
ok "the list of the draw" kend household pool --db "$db" --out "$work/pool.json"
commit() { # LIST NAME SEED-AFTER ARGS
    list=$1 name=$2 after=$3
    shift 3
    kend draw commit "$list" --name "First homes" --seed-source "numbers of the state lottery" --seed-after "$after" --secret "$work/$name.secret" --at "${day}T08:00:00Z" --out "$work/$name.commit" "$@"
}
hash_of() { sed -n 's/^ "commitment": "\(.*\)",$/\1/p' "$work/$1.commit"; }
ok "its commitment" commit "$work/pool.json" first 2026-03-03T20:00:00Z
node -e 'const p=JSON.parse(require("fs").readFileSync(process.argv[1]));p.entries=p.entries.filter(e=>e.id!=="h-0000000000a6");console.log(JSON.stringify(p))' "$work/pool.json" >"$work/without.json"
commit "$work/without.json" without 2026-03-05T20:00:00Z
ok "a list that leaves somebody out is refused" refuses "a6. is eligible" r registrar commit "$work/without.commit" --draw D-1
node -e 'const p=JSON.parse(require("fs").readFileSync(process.argv[1]));p.entries.push({id:"h-0000000000a8",rooms:3,accessible:false});console.log(JSON.stringify(p))' "$work/pool.json" >"$work/more.json"
commit "$work/more.json" more 2026-03-05T20:00:00Z
ok "a list with somebody who was refused is refused" refuses "a8. in the list is refused" r registrar commit "$work/more.commit" --draw D-1
sed 's/"rooms": 4/"rooms": 3/' "$work/pool.json" >"$work/rooms.json"
commit "$work/rooms.json" rooms 2026-03-05T20:00:00Z
ok "a list with another class of rooms is refused" refuses "was decided for 4|has 4 rooms" r registrar commit "$work/rooms.commit" --draw D-1
commit "$work/pool.json" late 2026-03-03T09:00:00Z
ok "seed after entries: a list signed when the seed could be known is refused" refuses "fixed before its seed" r registrar commit "$work/late.commit" --draw D-1
day=2026-03-02
commit "$work/pool.json" back 2026-03-02T20:00:00Z
t collector people --step lesson --text school --people 20 --language az
ok "seed after entries: nor by a date behind what the chain holds" eval 'day=2026-03-03; t collector people --step lesson --text school --people 20 --language az; day=2026-03-02; refuses "not dated back" r registrar commit "$work/back.commit" --draw D-1'
day=2026-03-03
ok "the list is committed" r registrar commit "$work/first.commit" --draw D-1
ok "one list for a draw" refuses "commitment already|stale version" r registrar2 commit "$work/first.commit" --draw D-1
ok "replayed: the same list as another draw" refuses "replayed: this commitment" r registrar2 commit "$work/first.commit" --draw D-2
ok "what stands in the list is not amended any more" refuses "published list" r registrar register $a1 --step amend --size 6 --language az
# --- the seed is there, and the secret is said to be lost: who knows it would try again until a draw suits them
day=2026-03-04
ok "a list is not found wrong after its seed" refuses "drawn as it is" r deputy cancel D-1 --reason list_wrong
ok "nor given up without signed grounds" refuses "signed grounds" r deputy cancel D-1 --reason secret_lost
printf 'the safe burned' >"$work/grounds"
ok "own approval: nor by a registrar" refuses "wants authority" r registrar cancel D-1 --reason secret_lost --paper "$work/grounds"
ok "by the authority, with grounds" r deputy cancel D-1 --reason secret_lost --paper "$work/grounds"
ok "its list stays: nobody is free for another" is $a1 pooled
kend draw "$work/first.commit" --secret "$work/first.secret" --seed 01-02-03-04-05-06 --seed-at 2026-03-03T20:30:00Z --out "$work/old.json"
ok "offer outside the draw: the one given up is not made after all" refuses "given up; commit the same list again" r observer draw "$work/old.json" --draw D-1
commit "$work/without.json" other 2026-03-05T20:00:00Z --instead-of "$(hash_of first)"
ok "offer outside the draw: another list instead" refuses "entries. is another" r registrar2 commit "$work/other.commit" --draw D-1
commit "$work/first.commit" unnamed 2026-03-05T20:00:00Z
ok "nor the same one as if nothing had been" refuses "--instead-of" r registrar2 commit "$work/unnamed.commit" --draw D-1
commit "$work/first.commit" commitment 2026-03-05T20:00:00Z --instead-of "$(hash_of first)"
ok "own approval: who committed what was given up does not commit again" refuses "own work" r registrar commit "$work/commitment.commit" --draw D-1
ok "own approval: nor who gave it up" refuses "own work" r deputy commit "$work/commitment.commit" --draw D-1
ok "the same list, another secret, a later seed" r registrar2 commit "$work/commitment.commit" --draw D-1
day=2026-03-06
for text in "4-11-19-23-38-42" "04 11 19 23 38 42" "04-11-19-23-38-42."; do
    ok "a seed has one spelling, not $text" refuses "one spelling" kend draw "$work/commitment.commit" --secret "$work/commitment.secret" --seed "$text" --seed-at 2026-03-05T20:30:00Z
done
kend draw "$work/commitment.commit" --secret "$work/commitment.secret" --seed 04-11-19-23-38-42 --seed-at 2026-03-05T20:30:00Z --out "$work/result.json"
node -e 'const f=require("fs"),r=JSON.parse(f.readFileSync(process.argv[1]));const p=r.placed,x=p[0].home;p[0].home=p[1].home;p[1].home=x;f.writeFileSync(process.argv[2],JSON.stringify(r))' "$work/result.json" "$work/swapped.json"
ok "offer outside the draw: a result with homes exchanged" refuses "first difference" r observer draw "$work/swapped.json" --draw D-1
ok "own approval: a draw is signed by an observer" refuses "wants observer" r registrar draw "$work/result.json" --draw D-1
ok "a draw without its commitment" refuses "no commitment" r observer draw "$work/result.json" --draw D-9
ok "the observer signs the result" r observer draw "$work/result.json" --draw D-1
ok "a draw is never made twice" refuses "drawn already" r observer draw "$work/result.json" --draw D-1
ok "and anybody can check it" kend draw verify "$work/result.json"
ok "and sees that it was drawn again, and instead of which" says "DRAWN AGAIN: commitment $(hash_of first)"

# --- who got what
ok "who needs a step-free home drew it" [ "$(home_of $a1)" = home-s-001 ]
ok "six persons drew four rooms" [ "$(home_of $a4)" = home-m-001 ]
drawn3=$("$KEND" household list --db "$db" | awk '$2 == "drawn" && /3 rooms/ && !/step-free/ {print $1}')
reserve=$("$KEND" household list --db "$db" | awk '$2 == "reserve" {print $1}')
first=$(echo "$drawn3" | head -1) other=$(echo "$drawn3" | tail -1)
ok "two of five drew the others of three rooms, the rest wait" [ "$(echo $drawn3 | wc -w)" = 2 -a "$(echo $reserve | wc -w)" = 3 ]

# --- offers
ok "home before commissioning: the ground is suspected" refuses "home before commissioning.*A-1" r registrar offer $a1
land_ready() {
    t deputy task A-1 --step nts --operator "Survey Ltd" --order "NTS 1" && t collector survey A-1 --method nts --result none --evidence "ploughed since 2001" --residual low &&
        t deputy release A-1 --outcome cancelled
}
ok "the land is surveyed and released" land_ready
ok "home before commissioning: released, not handed over" refuses "home before commissioning.*cancelled" r registrar offer $a1
ok "it is handed over" eval 't deputy handover A-1 --use homes --residual low && t user handover A-1 --step accept'
ok "home before commissioning: handed over, not tested" refuses "home before commissioning.*handover_signed" r registrar offer $a1
ok "the tester commissions what was built" t tester handover A-1 --step commission --test "streets and homes" --result pass
ok "home before commissioning: nobody has tested its power" refuses "power of .home-s-001. hangs on .home-s-001" r registrar offer $a1
ok "own approval: who listed the homes does not test them" refuses "own work: the list of homes" r registrar_data test transformer --supply power --result pass
ok "a test of something no home hangs on" refuses "no home's power hangs on" r tester test line-006 --supply power --result pass
ok "two supplies are not one of them" refuses "one of: power" r tester test home-s-001 --supply "power water" --result pass
ok "two purposes are not one of them" refuses "one of: return" r registrar consent $a1 --purpose "return survey" --act withdrawn
supplies() {
    for x in transformer line-001 home-s-001 home-s-002 home-s-003 home-m-001; do r tester test $x --supply power --result pass || return 1; done
    for x in home-s-001 home-s-002 home-s-003 home-m-001; do r tester test $x --supply heat --result pass || return 1; done
    r tester test west-1 --supply water --result pass && r tester test west-1 --supply road --result fail
}
ok "supplies are tested" supplies
ok "home before commissioning: the road failed its test" refuses "road of .home-s-001. hangs on .west-1., whose newest test failed" r registrar offer $a1
ok "the road passes" r tester test west-1 --supply road --result pass
ok "offer outside the draw: another's home" refuses "offer outside the draw: .* drew" r registrar offer $a1 --home home-s-002
waits=$(echo "$reserve" | head -1)
ok "offer outside the draw: one of the reserve list while nothing is vacant" refuses "offer outside the draw: .* is held" r registrar offer "$waits" --home home-s-001
ok "offer outside the draw: a home that is none" refuses "no home" r registrar offer $a1 --home home-s-999
# --- the village itself: signed tests stay true for ever, what runs now may not
ok "home before commissioning: no village runs on the data base" refuses "no village runs on this data base.*kend run" r registrar offer $a1
sed '/id: west-1, name:/s/on: homes-west,/on: homes-west, state: under_construction,/; s#records: agali#records: '"$PWD"'/villages/agali#' villages/agali.yaml >"$work/dug.yaml"
run_village "$work/dug.yaml"
ok "the running village says that the street is dug up" village_says home-s-001 "road: .west-1. is under_construction"
ok "home before commissioning: the running village says so" refuses "running village says of .home-s-001.: road: .west-1. is under_construction" r registrar offer $a1
ok "home before commissioning: nor by a record that was signed elsewhere" eval 'r registrar offer $a1 --out "$work/offer.jsonl" && refuses "running village says" kend land take "$work/offer.jsonl" --db "$db"'
ok "what was refused left nothing" is $a1 drawn
stop_village
run_village villages/agali.yaml
ok "the running village says it is ready" village_says home-s-001 ready
ok "the drawn home is offered" r registrar offer $a1
ok "two offers for one household" refuses "is offered; return.offer" r registrar2 offer $a1
ok "stale version: an answer on an older state" refuses "stale version" r registrar2 answer $a1 --step accept --rev 4
ok "own approval: who offered does not record the answer" refuses "own work: the offer" r registrar answer $a1 --step accept
ok "own approval: nor with another key of the same person" refuses "wants" r tester2 answer $a1 --step accept
ok "it accepts" r registrar2 answer $a1 --step accept
ok "the others are ready too" eval 'village_says "$(home_of $first)" ready && village_says "$(home_of $a4)" ready'
ok "an offer that expires too early" refuses "has until" eval 'r registrar offer $first && r observer answer $first --step expire'
day=2026-03-12
ok "an answer that comes too late" refuses "ended 2026-03-11" r observer answer "$first" --step accept
ok "nor dated back" refuses "dated before the newest" eval 'r registrar2 register h-0000000000b1 --size 1 --language az; day=2026-03-10; r observer answer "$first" --step accept'
day=2026-03-12
ok "own approval: who offered does not let it run out" refuses "own work: the offer" r registrar answer "$first" --step expire
ok "it expires" r observer answer "$first" --step expire
ok "the home is vacant" sh -c '"$1" household list --db "$2" --homes | grep -q "vacant"' sh "$KEND" "$db"
next=$("$KEND" household list --db "$db" --homes | sed -n 's/.*goes to \([^ ]*\) of the reserve.*/\1/p')
vacant=$("$KEND" household list --db "$db" --homes | awk '$2 == "vacant" {print $1}')
not_next=$(echo "$reserve" | grep -v "^$next\$" | tail -1)
ok "offer outside the draw: not the first of the reserve list" refuses "offer outside the draw: .$next. is next" r registrar offer "$not_next" --home "$vacant"
ok "the first of the reserve list gets it" r registrar offer "$next"
ok "nobody declines on a clerk's word" refuses "wants .paper" r observer answer "$next" --step decline
ok "nor takes consent back" refuses "would lose that" r registrar consent "$next" --purpose return --act withdrawn
ok "nor is forgotten" refuses "would lose that" r registrar erased "$next"
printf 'no, thank you' >"$work/no"
ok "and declines, as it signed" r observer answer "$next" --step decline --paper "$work/no"
grep -v "^$vacant," "$work/homes.csv" >"$work/fewer.csv"
ok "offer outside the draw: the home is not taken off the list of homes" refuses "waited for on the reserve list" r data homes "$work/fewer.csv" --village villages/agali.yaml

# --- move, briefing, keys
ok "skipped state: keys before the move is fixed" refuses "accepted; return.key wants scheduled" r registrar key $a1 --elec-kWh 12 --water-m3 1 --keys 2
ok "a day that is past" refuses "is past" r registrar move $a1 --day 2026-03-10
ok "the move is fixed" r registrar move $a1 --day 2026-03-20
key() { r registrar key $a1 --elec-kWh "$1" --water-m3 1 --keys 2; }
day=2026-03-20
ok "key before briefing: none was given" refuses "key before briefing" key 12
map() { kend household map villages/agali.yaml --household $a1 --db "$db" --at "$(at)" --out "$work/$1"; }
map map
ok "key before briefing: one in another language is none" refuses "speaks az" r educator briefing $a1 --language en --people 3 --map-sha256 "$work/map"
ok "key before briefing: one without a map is none" refuses "wants .map_sha256" r educator briefing $a1 --language az --people 3
ok "key before briefing: one by somebody who does not teach it is none" refuses "wants educator" r registrar2 briefing $a1 --language az --people 3 --map-sha256 "$work/map"
ok "expired accreditation: an educator of last week" refuses "not in force" r educator_late briefing $a1 --language az --people 3 --map-sha256 "$work/map"
ok "and still none" refuses "key before briefing" key 12
printf 'a drawing' >"$work/drawing"
ok "key before briefing: a drawing that is no map of the records is none" refuses "no map of" r educator briefing $a1 --language az --people 3 --map-sha256 "$work/drawing"
ok "key before briefing: a digest typed by hand is none" refuses "no map of" r educator briefing $a1 --language az --people 3 --map-sha256 "$(printf %064d 0)"
other_home() { kend household map villages/agali.yaml --home home-m-001 --language az --db "$db" --at "$(at)" --out "$work/other-home"; }
ok "key before briefing: the map of another home is none" eval 'other_home && refuses "not the map of .home-s-001" r educator briefing $a1 --language az --people 3 --map-sha256 "$work/other-home"'
other_language() { kend household map villages/agali.yaml --household $a1 --language ru --db "$db" --at "$(at)" --out "$work/map-ru"; }
ok "key before briefing: its map in another language is none" eval 'other_language && refuses "not the map of .home-s-001. in az" r educator briefing $a1 --language az --people 3 --map-sha256 "$work/map-ru"'
ok "the household is briefed in its language over the map" r educator briefing $a1 --language az --people 3 --map-sha256 "$work/map"
ok "a number that is none" refuses "give a number" key nan
ok "keys before the meters are read" refuses "meters of .home-s-001. were not read" key 12
ok "own approval: a tester who is also the registrar" eval 'r tester2 meter $a1 --elec-kWh 10 --water-m3 1 && refuses "own work: the reading" key 12'
ok "the tester reads the meters" r tester meter $a1 --elec-kWh 12 --water-m3 1
ok "a meter does not run backwards" refuses "backwards" key 11
ok "keys of another home" refuses "keys of another home" r registrar key $a1 --home home-m-001 --elec-kWh 12 --water-m3 1 --keys 2

# --- a find between offer and key
ok "somebody finds something on the street" t user find --text "a round thing" --position 46.7555,39.1787
ok "home before commissioning: a find stops the key" refuses "home before commissioning.*A-1.*reopened" key 12
ok "home before commissioning: and a new move" refuses "home before commissioning" r registrar move $a1 --day 2026-03-21
no=$("$KEND" land show --db "$db" --json | sed -n '/"finds"/,$s/.*"no": \([0-9]*\).*/\1/p' | head -1)
day=2026-03-21
ok "the find is resolved by two people" eval 't inspector find --step resolve --find "$no" --result nothing --text "a lid" && t deputy release --step restore --find "$no" --text "a lid"'
printf '{"type":"Polygon","coordinates":[[[46.770,39.1786],[46.771,39.1786],[46.771,39.1796],[46.770,39.1796],[46.770,39.1786]]]}' >"$work/new.json"
ok "new suspicion a kilometre away" t collector area A-2 --geometry "$work/new.json" --evidence "a shepherd"
ok "key before briefing: the map that was shown does not show it" refuses "key before briefing: the map shown.*A-2" key 12
ok "key before briefing: the old map again is none" refuses "is older.*A-2" r educator briefing $a1 --language az --people 3 --map-sha256 "$work/map"
map map2
ok "the household is briefed again" r educator briefing $a1 --language az --people 3 --map-sha256 "$work/map2"
ok "a feeder fails its test" r tester test line-001 --supply power --result fail
ok "home before commissioning: a failed feeder stops the key" refuses "home before commissioning: power.*line-001" key 12
r tester test line-001 --supply power --result pass
stop_village
old_word() { sqlite3 "$db" "UPDATE record SET data = CAST(replace(CAST(data AS TEXT), '\"at_ms\":17', '\"at_ms\":16') AS BLOB) WHERE key = 'ready'"; }
ok "home before commissioning: the village was last seen long ago" eval 'old_word && refuses "last seen 20.*more than 10 minutes" key 12'
run_village villages/agali.yaml
ok "the village runs again" village_says home-s-001 ready
ok "the key is handed over" key 12
ok "with the meters' start" sh -c '"$1" household list h-0000000000a1 --db "$2" --json | grep -q "\"elec_kWh\": 12"' sh "$KEND" "$db"
ok "a second home for the same household" refuses "is keys; return.offer" r registrar offer $a1 --home "$vacant"
ok "follow-up before its day" refuses "has not come" r registrar followup $a1 --day 7 --result settled
day=2026-03-29
ok "the first visit is due" sh -c '"$1" household list --due --db "$2" --at 2026-03-29 | grep -q "a1 .*day 7"' sh "$KEND" "$db"
ok "and made" r registrar followup $a1 --day 7 --result settled
ok "a visit on another day than the rules say" refuses "day 7, 30 and 90" r registrar followup $a1 --day 8 --result settled
ok "a visit without consent" eval 'r registrar consent $a1 --purpose contact --act withdrawn && refuses "not consented to .contact" r registrar followup $a1 --day 30 --result settled'

# --- expired and revoked
kend land accredit --db "$db" --key "$work/authority.key" --at "$(at)" --revoke --public "$(cat "$work/registrar2.pub")"
ok "expired accreditation: a registrar who was revoked" refuses "not in force" r registrar2 register h-0000000000b2 --size 1 --language az
day=2026-03-11
ok "expired accreditation: dated into the time before" refuses "14 days" r educator_late briefing $a1 --language az --people 3 --map-sha256 "$work/map"
day=2026-03-29

# --- is the list of homes what the file says?
ok "the homes are what the village file says" kend household homes --check --village villages/agali.yaml --db "$db"
sed 's/\(id: west-1, name: {[^}]*}, kind: street, on: homes-west, line: \[\[\)46.75653/\146.75643/; s#records: agali#records: '"$PWD"'/villages/agali#' villages/agali.yaml >"$work/moved.yaml"
ok "and are not when a street was moved" refuses "are not what" kend household homes --check --village "$work/moved.yaml" --db "$db"

# --- pipeline and chain
ok "the pipeline counts without pseudonyms" sh -c '"$1" household pipeline --db "$2" --at 2026-03-29 >"$3/p" && grep -qE "^keys +1" "$3/p" && ! grep -q "h-00" "$3/p"' sh "$KEND" "$db" "$work"
ok "also as JSON" sh -c '"$1" household pipeline --db "$2" --json --at 2026-03-29 | node -e "const p=JSON.parse(require(\"fs\").readFileSync(0));process.exit(p.stages.find(s=>s.stage===\"keys\").households===1&&!JSON.stringify(p).includes(\"h-0\")?0:1)"' sh "$KEND" "$db"
ok "the chain is proven with all of it" sh -c '"$1" land verify --db "$2" | grep -q "10 households"' sh "$KEND" "$db"
"$KEND" land export --db "$db" --out "$work/all.jsonl"
ok "and from its export" kend land verify "$work/all.jsonl"
grep 'return.answer\|return.accept' "$work/all.jsonl" | head -1 >"$work/one.jsonl"
ok "replayed: an answer sent again" refuses "replayed: this very record" kend land take "$work/one.jsonl" --db "$db"
grep 'return.key' "$work/all.jsonl" | sed 's/a1/a4/' >"$work/two.jsonl"
ok "replayed: a key for somebody else" refuses "changed after signing" kend land take "$work/two.jsonl" --db "$db"
kend land open --db "$work/other.db" --key "$work/authority.key" --call 1 --site 46.7592,39.1803 --at 2026-03-01
ok "replayed: on another chain" refuses "replayed: the record belongs to another chain" kend land take "$work/one.jsonl" --db "$work/other.db"
sed 's/home-s-001/home-s-002/' "$work/all.jsonl" >"$work/bad.jsonl"
ok "tampered chain: another home" refuses "changed after signing" kend land verify "$work/bad.jsonl"
ok "tampered chain: two records exchanged" eval 'sed "60{h;d};61{G}" "$work/all.jsonl" >"$work/bad.jsonl"; refuses "tampered" kend land verify "$work/bad.jsonl"'
ok "tampered chain: the draw taken out" eval 'grep -v "return.draw" "$work/all.jsonl" >"$work/bad.jsonl"; refuses "tampered" kend land verify "$work/bad.jsonl"'
ok "signed offline, added later" eval 'kend household survey h-0000000000b1 --intention stay --db "$db" --key "$work/registrar.key" --at "$(at)" --out "$work/off.jsonl" && refuses "not consented" kend land take "$work/off.jsonl" --db "$db"'
ok "nothing personal is on the chain" sh -c '! grep -qiE "name\\\\\\\":\\\\\\\"(Aliyev|Leyla)|faith|\\\\\\\"text\\\\\\\".*h-0" "$1/all.jsonl"' sh "$work"
echo "1..$n"
