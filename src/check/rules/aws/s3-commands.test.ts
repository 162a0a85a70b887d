import { describe, expect, test } from 'vitest';
import { saidOfScript, saidOfScripts, shellSteps } from '../../scripted-plan.fake.ts';

const list = (query: string, bucket = 'b'): string =>
  `aws s3api list-object-versions --bucket ${bucket} --query '${query}' --output text`;
const COPY = 'aws s3api copy-object --bucket b --key "$k" --copy-source "b/$k?versionId=$v"';
const LATEST = 'Versions[?IsLatest==`true`].[VersionId,Key]';

describe('deleted-objects-have-no-latest-version', () => {
  const said = (...texts: readonly string[]) => saidOfScripts('deleted-objects-have-no-latest-version', texts).length;

  test.each([
    [[`${list(LATEST)} | while read -r v k; do ${COPY}; done`]],
    [[list('Versions[?IsLatest].VersionId'), COPY]],
    [[`${list("Versions[?Size > `0` && IsLatest == 'true'].Key")} > keys`, `while read k; do ${COPY}; done < keys`]],
    [[`V=$(${list(LATEST)})\n${COPY}`]],
    [[list(LATEST, '"$BUCKET"'), COPY]],
  ])('%s', (texts) => expect(said(...texts)).toBe(1));

  test.each([
    [
      [
        list('DeleteMarkers[?IsLatest==`true`].[VersionId,Key]'),
        'aws s3api delete-object --bucket b --key "$k" --version-id "$v"',
      ],
    ],
    [[list('Versions[?IsLatest==`false`].[VersionId,Key]'), COPY]],
    [[list('Versions[?!IsLatest].[VersionId,Key]'), COPY]],
    [[list('Versions[?starts_with(LastModified, `2026`)].VersionId'), COPY]],
    // Only counted, or copied into another bucket.
    [[`${list(LATEST)} | wc -l`]],
    [[list(LATEST), COPY.replace('--bucket b', '--bucket elsewhere')]],
    [[list(LATEST), 'aws s3api copy-object --bucket b --key k --copy-source b/k']],
    [[list(LATEST, 'other'), COPY]],
    [[`echo "${LATEST}"`, COPY]],
  ])('silent: %s', (texts) => expect(said(...texts)).toBe(0));
});

describe('object-keys-are-read-whole', () => {
  const said = (text: string) => saidOfScript('object-keys-are-read-whole', text).length;
  const each = (query: string, read: string) => `${list(query)} | while ${read}; do ${COPY}; done`;

  test.each([
    each('Versions[].[Key,VersionId]', 'read key id'),
    each('Versions[].[Key,VersionId]', 'read -r key id'),
    each('DeleteMarkers[?IsLatest].[Key, VersionId]', 'read key id'),
    'aws s3api list-objects-v2 --bucket b --query \'Contents[].[Key,Size]\' --output text | while read k size; do echo "$k"; done',
  ])('%s', (text) => expect(said(text)).toBe(1));

  test.each([
    each('Versions[].[VersionId,Key]', 'read -r id key'),
    each('Versions[].[Key,VersionId]', "IFS=$'\\t' read -r key id"),
    each('Versions[].[Key,VersionId]', 'read -r line'),
    each('Versions[].Key', 'read -r key rest'),
    'while read key id; do echo "$key"; done < keys.txt',
    "aws ec2 describe-instances --query 'Reservations[].[Key,Id]' --output text | while read key id; do echo; done",
  ])('silent: %s', (text) => expect(said(text)).toBe(0));
});

describe('object-copies-are-complete', () => {
  const said = (text: string) => saidOfScript('object-copies-are-complete', text);

  test('says what of it fails', () => {
    const [first] = said(`while read -r v k; do ${COPY}; done < keys`);
    expect(first).toBe(
      'copying every object onto itself fails above 5 GB, turns every storage class into STANDARD, fails for keys that must be URL-encoded, and stores all of them a second time',
    );
    expect(said(`for k in a b; do ${COPY} --storage-class "$CLASS"; done`).join()).not.toContain('STANDARD');
  });

  test.each([
    COPY,
    `while read -r k; do aws s3api copy-object --bucket b --key "$k" --copy-source "backup/$k?versionId=1"; done`,
    `while read -r k; do aws s3api copy-object --bucket b --key "$k" --copy-source "b/$k"; done`,
    'for x in a b; do aws s3api copy-object --bucket b --key k --copy-source "b/k?versionId=1"; done',
    'while read -r v k; do aws s3api delete-object --bucket b --key "$k" --version-id "$v"; done',
    'for d in a b; do aws s3 cp "s3://b/$d" "s3://c/$d"; done',
  ])('silent: %s', (text) => expect(said(text)).toEqual([]));
});

describe('listing-is-in-key-order', () => {
  const said = (text: string) => saidOfScript('listing-is-in-key-order', text).length;

  test.each([
    'aws s3 ls s3://b/ --recursive | tail -20',
    'aws s3 ls s3://b/p/ --recursive --human-readable | tail -n 5',
    'docker compose exec -T tools aws s3 ls s3://b --recursive\naws s3 ls --recursive s3://b/ \\\n  | tail',
  ])('%s', (text) => expect(said(text)).toBe(1));

  test.each([
    'aws s3 ls s3://b/ --recursive | sort | tail -20',
    'aws s3 ls s3://b/ --recursive | wc -l',
    'aws s3 ls s3://b/ --recursive --summarize | tail -2',
    // A script that takes one of them counts on names that begin with the time.
    "NEWEST=$(aws s3 ls s3://b/daily/ --recursive | tail -1 | awk '{print $4}')",
    'aws s3 ls s3://b/daily/ --recursive | tail -1 | xargs echo',
    'aws s3 ls s3://b/daily/ | tail -3',
    'ls -R /backups | tail -20',
  ])('silent: %s', (text) => expect(said(text)).toBe(0));
});

describe('versioning-was-on-before', () => {
  const ON = 'aws s3api put-bucket-versioning --bucket b --versioning-configuration Status=Enabled';
  const rule = 'versioning-was-on-before';
  const said = (...texts: readonly string[]) => saidOfScripts(rule, texts).length;

  test.each([
    [[ON, list('DeleteMarkers[]')]],
    [[`aws s3api get-bucket-versioning --bucket b\n${ON}\n${COPY}`]],
    [
      [
        `aws s3api put-bucket-versioning --bucket b --versioning-configuration '{"Status": "Enabled"}'`,
        list('Versions[]'),
      ],
    ],
  ])('%s', (texts) => expect(said(...texts)).toBe(1));

  test.each([
    [[list('DeleteMarkers[]'), ON]],
    [[list('DeleteMarkers[]'), ON, COPY]],
    [['aws s3api create-bucket --bucket b', ON, list('Versions[]')]],
    [['aws s3 mb s3://b', ON, list('Versions[]')]],
    [[ON, list('Versions[]', 'other')]],
    [[ON]],
    [[ON.replace('Enabled', 'Suspended'), list('Versions[]')]],
    [[ON.replace('Status=Enabled', '"$CONFIG"'), list('Versions[]')]],
  ])('silent: %s', (texts) => expect(said(...texts)).toBe(0));

  test('a procedure beside the scenarios may turn it on', () => {
    const care = { procedures: { care: { title: 'Care', steps: shellSteps([ON, list('Versions[]')]) } } };
    expect(saidOfScripts(rule, ['true'], care)).toEqual([]);
  });
});

const PUT = 'aws s3api put-bucket-lifecycle-configuration --bucket b --lifecycle-configuration';
const lifecycle = (rule: object): string =>
  `${PUT} '${JSON.stringify({ Rules: [{ ID: 'a', Status: 'Enabled', Filter: {}, ...rule }] })}'`;

describe('mfa-delete-or-lifecycle', () => {
  const mfa = (bucket = 'b') =>
    `aws s3api put-bucket-versioning --bucket ${bucket} --versioning-configuration Status=Enabled,MFADelete=Enabled --mfa "$MFA"`;
  const said = (...texts: readonly string[]) => saidOfScripts('mfa-delete-or-lifecycle', texts).length;

  test('both for one bucket', () => {
    expect(said(mfa(), lifecycle({}))).toBe(1);
    expect(said(`${PUT} file://rules.json`, mfa())).toBe(1);
  });

  test('one of them, another bucket, or an unknown one', () => {
    expect(said(mfa())).toBe(0);
    expect(said(mfa('other'), lifecycle({}))).toBe(0);
    expect(said(mfa('"$BUCKET"'), lifecycle({}))).toBe(0);
    expect(said(mfa().replace('MFADelete=Enabled', 'MFADelete=Disabled'), lifecycle({}))).toBe(0);
  });
});

describe('lifecycles', () => {
  const moves = { NoncurrentVersionTransitions: [{ NoncurrentDays: 30, StorageClass: 'GLACIER' }] };
  const ends = { NoncurrentVersionExpiration: { NoncurrentDays: 400 } };

  test('one that never ends', () => {
    const said = (text: string) => saidOfScript('lifecycle-ends-somewhere', text);
    expect(said(lifecycle(moves)).join()).toContain('uploads that broke off stay for ever, too');
    expect(
      said(lifecycle({ ...moves, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } })).join(),
    ).not.toContain('uploads');
    expect(said(lifecycle({ ...moves, ...ends }))).toEqual([]);
    expect(said(lifecycle({ Transitions: [{ Days: 30, StorageClass: 'GLACIER' }] }))).toEqual([]);
    expect(said(`${PUT} "$RULES"`)).toEqual([]);
    expect(said(`${PUT} '{"Rules": "none"}'`)).toEqual([]);
  });

  test('markers with an age', () => {
    const said = (text: string) => saidOfScript('delete-markers-expire-alone', text);
    expect(said(lifecycle({ Expiration: { Days: 30, ExpiredObjectDeleteMarker: true } })).join()).toContain(
      'beside Days (30)',
    );
    expect(said(lifecycle({ Expiration: { Date: '2026-01-01', ExpiredObjectDeleteMarker: true } })).length).toBe(1);
    expect(said(lifecycle({ ...ends, Expiration: { ExpiredObjectDeleteMarker: true } }))).toEqual([]);
    expect(said(lifecycle({ Expiration: { Days: 30 } }))).toEqual([]);
    expect(said(`${PUT} '{"Rules": [null]}'`)).toEqual([]);
    expect(said(`${PUT} file://rules.json`)).toEqual([]);
  });
});

describe('archived-objects-are-retrieved-first', () => {
  const files = (storage: string) => ({
    kind: 'bucket',
    domain: 'machine',
    ids: { bucket: 'b' },
    objectives: { rto: '1h' },
    backups: [{ method: 's3.versioning', copies: [{ domain: 'machine' }, { domain: 'cellar', storage }] }],
  });
  const said = (texts: readonly string[], storage: string, rto?: string) =>
    saidOfScripts('archived-objects-are-retrieved-first', texts, {
      components: { files: files(storage) },
      scenarios: { gone: { loses: ['files'], ...(rto === undefined ? {} : { objectives: { rto } }) } },
    }).map(({ level, message }) => `${level} ${message}`);

  test('what the plan says lies in an archive', () => {
    expect(said([COPY], 'archive', '2h').join()).toMatch(/^error .*takes 3h\.\.5h, and gone promises 2h$/);
    expect(said([COPY], 'archive', '12h').join()).toMatch(/^warning /);
    expect(said(['aws s3 sync s3://b/x s3://new/x'], 'deep-archive').join()).toContain('12h');
    expect(said([COPY], 'archive-instant', '2h')).toEqual([]);
    expect(said([COPY], 'infrequent', '2h')).toEqual([]);
  });

  test('silent when it is asked for, and for other buckets', () => {
    expect(
      said(['aws s3api restore-object --bucket b --key k --restore-request Days=3', COPY], 'archive', '2h'),
    ).toEqual([]);
    expect(said(['aws s3 cp s3://elsewhere/x s3://b/x'], 'archive', '2h')).toEqual([]);
    expect(said(['aws s3 cp "s3://$B/x" s3://b/x'], 'archive', '2h')).toEqual([]);
  });

  test('what a command of the plan puts there', () => {
    const care = (storage: string) => ({
      procedures: {
        care: { title: 'Care', steps: shellSteps([lifecycle({ Transitions: [{ Days: 30, StorageClass: storage }] })]) },
      },
    });
    const rule = 'archived-objects-are-retrieved-first';
    expect(saidOfScripts(rule, [COPY], care('GLACIER')).length).toBe(1);
    expect(saidOfScripts(rule, [COPY], care('DEEP_ARCHIVE')).length).toBe(1);
    expect(saidOfScripts(rule, [COPY], care('GLACIER_IR'))).toEqual([]);
  });
});
