# What is known of people, through the commands: registered, read by role and reason, read by the household itself, erased, a backup that comes
# back, a new master key; and every wrong move refused for its own reason. Prints TAP.
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
mkdir "$work/data" "$work/keys" "$work/backup"
db=$work/village.db
KEND_VAULT=$work/data/people.db
KEND_VAULT_KEY=$work/keys/master
export KEND_VAULT KEND_VAULT_KEY
today=$(date -u +%Y-%m-%d)
until=$(date -u -d '+300 days' +%Y-%m-%d)
p() { # WHO COMMAND ARGS: as that person
    who=$1
    command=$2
    shift 2
    kend household "$command" "$@" --db "$db" --key "$work/$who.key"
}
for who in authority registrar elder stranger leaver former; do
    kend land key "$work/$who.key" --name "$who" && cp "$work/out" "$work/$who.pub"
done
kend land open --db "$db" --key "$work/authority.key" --call 102 --site 46.7592,39.1803 --at "$today"
accredit() { kend land accredit "$1" --db "$db" --key "$work/authority.key" --public "$(cat "$work/$1.pub")" --id "$1" --org "$2" --roles "$3" --until "$until"; }
certified() { accredit registrar Office registrar && accredit elder Village user; }
ok "registrar and elder are certified" certified
yesterday=$(date -u -d '-1 day' +%Y-%m-%d)
former() { accredit leaver Office registrar && kend land accredit former --db "$db" --key "$work/authority.key" --public "$(cat "$work/former.pub")" --id former --org Office --roles registrar --from "$yesterday" --until "$today"; }
ok "so are two who leave" former

# --- the vault and its key
ok "the master key may not lie beside the vault" refuses "folder of the vault" kend household vault --vault-key "$work/data/master"
ok "and is not left there" test ! -e "$work/data/master"
ok "a vault is made" kend household vault
ok "vault and key are for their owner only" sh -c 'test "$(stat -c %a "$1" "$2" | tr "\n" " ")" = "600 600 "' sh "$KEND_VAULT" "$KEND_VAULT_KEY"
chmod 640 "$KEND_VAULT_KEY"
ok "a key that others may read is refused" refuses "others may read" kend household vault
chmod 600 "$KEND_VAULT_KEY"
kend household vault --vault "$work/data/other.db" --vault-key "$work/keys/other"
ok "another key is refused" refuses "not that of" sh -c '"$1" household vault --vault-key "$2/keys/other" >"$2/out" 2>"$2/err"' sh "$KEND" "$work"

# --- registered
cat >"$work/family.json" <<'JSON'
{"name": "Aysel Huseynova", "language": "az", "phone": "+994 50 111 22 33", "address_now": "Sumgait, 9th street 4",
 "members": [{"name": "Aysel Huseynova", "birth_year": 1981}, {"name": "Tural", "birth_year": 2012, "relation": "son"}],
 "consent": ["return", "survey"], "home_needs": ["step_free"], "work": "baker"}
JSON
ok "a household is registered" p registrar person --in "$work/family.json"
id=$(sed -n 's/^\(h-[0-9a-z]*\) .*/\1/p' "$work/out")
code=$(sed -n 's/.*household: //p' "$work/out")
ok "it gets a pseudonym and a code" test -n "$id" -a -n "$code"
json() { printf '%s' "$1" >"$work/in.json"; }
json '{"ethnicity": "x"}'
ok "ethnicity is never kept" refuses "never kept" p registrar person "$id" --in "$work/in.json"
json '{"faith": "x"}'
ok "nor faith" refuses "never kept" p registrar person "$id" --in "$work/in.json"
json '{"shoe_size": 43}'
ok "nor what has no purpose" refuses "no field" p registrar person "$id" --in "$work/in.json"
json '{"second_contact": "a cousin"}'
ok "nor without consent" refuses "by consent only" p registrar person "$id" --in "$work/in.json"
json '{"phone": "+994 50 444 55 66"}'
ok "a phone number is corrected" p registrar person "$id" --in "$work/in.json"
json '{"name": 1'
ok "a broken file is refused with its place" refuses "in.json:1:" p registrar person "$id" --in "$work/in.json"
json '{"name" "Aysel Huseynova"}'
quiet() { refuses "in.json:1:" p registrar person "$id" --in "$work/in.json" && ! grep -q Aysel "$work/err"; }
ok "and what stands at that place is not told to the log" quiet
json '{"document": "AZ 12-345"}'
p registrar person "$id" --in "$work/in.json"
json '{"name": "Another name", "document": "az 12345"}'
ok "one family is one household: a document that is here already" refuses "household $id has it already" p registrar person --in "$work/in.json"
ok "an elder registers nobody" refuses "wants the role registrar" p elder person --in "$work/family.json"

# --- read
shows() { p registrar show "$id" --why "to fetch them" && grep -q "444 55 66" "$work/out"; }
ok "the registrar reads it, with a reason" shows
ok "without a reason nobody does" refuses "why" p registrar show "$id"
sees_little() { p elder show "$id" --why "the door of the home" && grep -q step_free "$work/out" && ! grep -qE "Aysel|Sumgait|994" "$work/out"; }
ok "the elder sees language and needs, no name" sees_little
ok "and no more when asking by name" refuses "may not be read in this role" p elder show "$id" --fields name,phone --why "curious"
ok "a stranger reads nothing" refuses "not accredited|has accredited|accredit" p stranger show "$id" --why "curious"
mine() { kend household log "$id" --code "$code" && grep -q "elder (user) was refused: name, phone; why: curious" "$work/out" && grep -q "registrar.*read.*to fetch them" "$work/out"; }
ok "the household reads who asked, also who was refused" mine
ok "with a wrong code it does not" refuses "not the code" kend household log "$id" --code 0000-0000-0000-0000-0000-0000
# --- by whom, on which chain, now
ok "who was a registrar until today reads nothing" refuses "was not in force then" p former show "$id" --why "old times"
ok "nor by asking as of yesterday" sh -c '! "$1" household show "$2" --why "old times" --db "$3" --key "$4" --at "$5" 2>"$6" && grep -q -- "--at" "$6"' sh "$KEND" "$id" "$db" "$work/former.key" "$yesterday" "$work/err"
kend land open --db "$work/own.db" --key "$work/stranger.key" --call 1 --site 46.7592,39.1803 --at "$today"
own() { kend household "$1" "$id" --why "I am the authority here" --db "$work/own.db" --key "$work/stranger.key"; }
ok "a chain of one's own opens nothing" refuses "not the chain whose people use this vault" own show
ok "nor erases anybody" refuses "not the chain whose people use this vault" own erase
ok "who is to leave still reads" p leaver show "$id" --why "last day"
sqlite3 "$db" "VACUUM INTO '$work/yesterday.db'"
kend land accredit --db "$db" --key "$work/authority.key" --revoke --public "$(cat "$work/leaver.pub")"
ok "and then no more" refuses "was revoked" p leaver show "$id" --why "last day"
ok "the chain goes on" p registrar show "$id" --why "to fetch them"
ok "nor by yesterday's copy of the chain" refuses "or an older copy of it" kend household show "$id" --why "last day" --db "$work/yesterday.db" --key "$work/leaver.key"
ok "unless whoever holds the master key says so" eval 'kend household vault --new-chain --db "$work/yesterday.db" && grep -q "founded by authority" "$work/out" && p registrar show "$id" --why "to fetch them"'
hidden() { # the vault is busy, so that the program can be looked at
    printf 'BEGIN IMMEDIATE;\n.shell touch "%s"; while [ ! -e "%s" ]; do sleep 0.05; done\nROLLBACK;\n' "$work/held" "$work/seen" | sqlite3 "$KEND_VAULT" &
    busy=$!
    while [ ! -e "$work/held" ]; do sleep 0.05; done
    "$KEND" household log "$id" --code "$code" >"$work/out" 2>"$work/err" &
    reader=$!
    shows=1
    for _ in $(seq 60); do # it may take a moment until it has begun
        tr '\0' ' ' <"/proc/$reader/cmdline" >"$work/cmdline"
        if grep -q "household log" "$work/cmdline" && ! grep -q "$code" "$work/cmdline"; then shows=0 && break; fi
        sleep 0.05
    done
    touch "$work/seen"
    wait "$busy"
    wait "$reader" && [ "$shows" = 0 ]
}
ok "its code does not stand in the list of processes" hidden
copy() { kend household export "$id" --code "$code" --out "$work/copy.json" && grep -q '"purpose"' "$work/copy.json" && grep -q Tural "$work/copy.json" && test "$(stat -c %a "$work/copy.json")" = 600; }
ok "it gets its own copy" copy
public() { p registrar export --public && grep -q '"households": null' "$work/out" && ! grep -qE "Aysel|h-|Sumgait" "$work/out"; }
ok "counts for publishing leave small ones out" public
ok "nothing is over yet" sh -c '"$1" household retention --dry-run --db "$2" --key "$3" | grep -q "^0 fields"' sh "$KEND" "$db" "$work/registrar.key"
ok "the daily run needs no person, only the vault's key" kend household retention
plain() { ! grep -aqE "Aysel|Huseynova|Sumgait|Tural|baker|994 50|step_free" "$KEND_VAULT" "$KEND_VAULT"-* 2>/dev/null && ! grep -aqE "Aysel|Sumgait|994 50" "$db"*; }
ok "no word of it stands in any file" plain

# --- erased
cp "$KEND_VAULT" "$work/backup/people.db"
p registrar person --in "$work/family.json"
other=$(sed -n 's/^\(h-[0-9a-z]*\) .*/\1/p' "$work/out")
ok "the household has itself erased" kend household erase "$id" --code "$code"
ok "nobody can read it again" refuses "key is destroyed" p registrar show "$id" --why "to fetch them"
ok "the other household can be read" p registrar show "$other" --why "to fetch them"
cp "$work/backup/people.db" "$KEND_VAULT"
again() { "$KEND" household show "$id" --why x --db "$db" --key "$work/registrar.key" 2>"$work/err"; grep -q "came back with a backup; erased again" "$work/err" && grep -q "older than when it was last used" "$work/err"; }
ok "a backup does not bring it back, and says so" again
ok "nor at the next opening" refuses "key is destroyed" p registrar show "$id" --why "to fetch them"

# --- a new master key
p registrar person --in "$work/family.json"
third=$(sed -n 's/^\(h-[0-9a-z]*\) .*/\1/p' "$work/out")
cp "$KEND_VAULT" "$work/backup/older.db"
ok "a new master key" kend household vault --new-key "$work/keys/new"
ok "the old one opens the vault no more" refuses "not that of" p registrar show "$third" --why "to fetch them"
KEND_VAULT_KEY=$work/keys/new
ok "the new one does" p registrar show "$third" --why "to fetch them"
cp "$work/backup/older.db" "$KEND_VAULT"
ok "and opens no older backup" refuses "not that of" p registrar show "$third" --why "to fetch them"

# --- with the chain
KEND_VAULT=$work/data/second.db
KEND_VAULT_KEY=$work/keys/second
kend household vault
ok "registered with its record on the chain" p registrar person --in "$work/family.json" --register
fourth=$(sed -n 's/^\(h-[0-9a-z]*\) .*/\1/p' "$work/out")
facts() { kend household list "$fourth" --db "$db" --json && grep -q '"size": 2' "$work/out" && grep -q '"accessible": true' "$work/out" && grep -q '"language": "az"' "$work/out"; }
ok "which holds how many they are, the language, and whether the home must be accessible" facts
chain() { kend land export --db "$db" --out "$work/chain.jsonl" && grep -q return.register "$work/chain.jsonl" && ! grep -qE "Aysel|Huseynova|Tural|Sumgait|baker|step_free|(^|[^0-9a-f])1981([^0-9a-f]|$)" "$work/chain.jsonl"; }
ok "and nothing else of it" chain
ok "consent is recorded on the chain and noted in the vault" p registrar consent "$fourth" --purpose return
p registrar consent "$fourth" --purpose survey
withdrawn() { p registrar consent "$fourth" --purpose survey --act withdrawn && p registrar show "$fourth" --why "to check" && ! grep -q baker "$work/out" && grep -q step_free "$work/out"; }
ok "taken back, what was kept by it goes, the rest stays" withdrawn
seen() { kend household list "$fourth" --db "$db" --json && ! grep -q survey "$work/out" && p registrar log "$fourth" && grep -q "took consent back: consent, work" "$work/out"; }
ok "on the chain too, and the household can see it" seen
ok "a purpose that is none" refuses "purpose" p registrar consent "$fourth" --purpose marketing
cp "$KEND_VAULT" "$work/backup/second.db"
ok "a paper that is not there is told before anything is destroyed" refuses "no-such-form" p registrar erase "$fourth" --paper "$work/no-such-form"
ok "and nothing was" p registrar show "$fourth" --why "to check"
ok "it is erased, and the chain says so" p registrar erase "$fourth"
erased() { kend household list "$fourth" --db "$db" --json && grep -q '"state": "erased"' "$work/out"; }
ok "its state is erased" erased
cp "$work/backup/second.db" "$KEND_VAULT"
rm "$work"/keys/*.erased
lost() { "$KEND" household show "$fourth" --why "to fetch them" --db "$db" --key "$work/registrar.key" >"$work/out" 2>"$work/err"; [ $? -eq 1 ] && grep -q "the chain says were erased came back" "$work/err" && grep -q "key is destroyed" "$work/err" && ! grep -q Aysel "$work/out"; }
ok "with vault and list both set back, the chain does not let it come back" lost

# --- the table
current() { "$KEND" household fields --markdown >"$work/table" && sed -n '/^| field |/,/^$/p' docs/privacy.md | grep '^|' | cmp - "$work/table"; }
ok "docs/privacy.md holds the table of fields as it is" current
echo "1..$n"
