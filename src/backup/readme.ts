/** The page that lies in every repository, for a person who has age, zstd, tar and PostgreSQL, and nothing of Lifeboat. */
export function readmeText(recipients: readonly string[]): string {
  return `This folder holds encrypted backups made by Lifeboat. Do not rename, change or remove single files.

With Lifeboat:      lifeboat recover --help
Without Lifeboat:   this page. You need bash, age, zstd, tar, PostgreSQL of the same major version, and the private key.

The private key begins with AGE-SECRET-KEY-1 and is not in this folder. Put it into a file of its own, mode 600.
The repository was made for these public keys:
${recipients.map((recipient) => `  ${recipient}`).join('\n')}

WHAT LIES WHERE
  components/NAME/backups/ID/manifest.json          what one backup consists of, in order. A folder without it is no backup.
  components/NAME/backups/ID/PART.NUMBER.SUM.zst.age    the pieces of one part: zstd, then age
  components/NAME/wal/SYSTEM/TIMELINE/FROM-TO-TIME-SUM.zst.age   PostgreSQL's write-ahead log, bytes FROM to TO (hexadecimal)
  components/NAME/wal/SYSTEM/TIMELINE-TIME-SUM.history           where a timeline began
  components/NAME/verified/                         what test restores have found
  runs/RUN/log/EPOCH/FIRST-LAST-BYTES-HASH-SUM.zst.age          the log of a recovery, one event a line: zstd, then age
  runs/RUN/claims/, runs/RUN/signs/                 who drove that recovery, and when it last showed itself
  SUM is the beginning of the sha256 of the file: sha256sum FILE shows whether it is undamaged.

If this is a bucket, copy it into a folder first: aws s3 sync s3://BUCKET/PREFIX .
Run all of the following in one bash, in this folder.

1. SAY WHAT TO RESTORE, AND TO WHERE (an empty folder)
    KEY=/path/to/key.txt
    BACKUP=components/NAME/backups/ID
    DATA=/path/to/new/data
    set -eu -o pipefail
    unpack() { age -d -i "$KEY" "$1" | zstd -d -c; }
    pieces() { sed -n 's/^ *"key": "\\(components\\/.*\\)",$/\\1/p' "$BACKUP/manifest.json" | grep -F "/$1."; }

2. LOOK WHETHER ALL PIECES ARE THERE AND UNDAMAGED (needs no key)
    for f in $(sed -n 's/^ *"key": "\\(components\\/.*\\)",$/\\1/p' "$BACKUP/manifest.json"); do
      sum=\${f%.zst.age}; sum=\${sum##*.}
      case $(sha256sum "$f") in "$sum"*) ;; *) echo "DAMAGED: $f" >&2; exit 1 ;; esac
    done

3a. A BASE BACKUP ("method": "postgres.base_backup" in the manifest)
    mkdir -p -m 700 "$DATA"
    for f in $(pieces base.tar); do unpack "$f"; done | tar -x -f - -C "$DATA"
    chmod 700 "$DATA"

   Other parts that end in .tar are tablespaces: unpack each in the same way where "facts" in the manifest says.
   The data can be started as it is, and is then as old as the backup. To come further, go on with 4.

3b. A DUMP ("method": "postgres.dump"), instead of 3a and 4
   for f in $(pieces database.dump); do unpack "$f"; done > database.dump
   pg_restore --dbname=NEW_EMPTY_DATABASE database.dump

4. THE LOG SINCE THEN
   SYSTEM, TIMELINE and SEGMENT (the size of a log file, nearly always 16 MiB) stand under "facts" in the manifest.
   Do this for the timeline of the backup, then for each later timeline that you want to follow.
    WAL=components/NAME/wal/SYSTEM
    TIMELINE=00000001
    SEGMENT=16777216
    WORK=$(mktemp -d)
    base=
    for f in "$WAL/$TIMELINE"/*.zst.age; do
      name=\${f##*/}; from=$((16#\${name%%-*})); : "\${base:=$((from / SEGMENT * SEGMENT))}"
      unpack "$f" | dd of="$WORK/log" bs=1M iflag=fullblock oflag=seek_bytes seek=$((from - base)) conv=notrunc status=none
    done
    truncate -s "%$SEGMENT" "$WORK/log"
    split -b "$SEGMENT" -d -a 6 "$WORK/log" "$WORK/piece-"
    number=$((base / SEGMENT)); each=$((4294967296 / SEGMENT))
    for f in "$WORK"/piece-*; do
      cp "$f" "$DATA/pg_wal/$TIMELINE$(printf '%08X%08X' $((number / each)) $((number % each)))"
      number=$((number + 1))
    done
    for f in "$WAL"/*.history; do
      name=\${f##*/}; if [ -e "$f" ]; then cp "$f" "$DATA/pg_wal/\${name%%-*}.history"; fi
    done
    rm -r "$WORK"
    touch "$DATA/recovery.signal"
    echo "restore_command = 'false'" >> "$DATA/postgresql.auto.conf"

   To stop at a moment, add a line such as:   recovery_target_time = '2026-01-14 03:05:00+00'
   A hole in the log ends the replay there. Compare where it ended with the names of the files.

5. START IT
   chown -R postgres "$DATA", then as postgres: pg_ctl -D "$DATA" start
   It answers read-only questions before the log is replayed, from data that is still too old. Look only when this says f:
   psql -Atc 'select pg_is_in_recovery()' postgres
   With recovery_target_time it stops at that moment and stays t. When what you see is right: select pg_wal_replay_resume();
`;
}
