import type { Plan } from '../../../model/plan.ts';
import { awsInput } from '../../../shell/programs/aws-input.ts';
import { RETRIEVAL } from '../../copies.ts';
import { rangeText, scenarioPromise } from '../../promises.ts';
import type { CheckFacts, Complaint, Rule } from '../../rule.ts';
import { about } from '../../runbooks/acts.ts';
import { callName, callsOf, fixedValue, type PlacedCall } from '../../runbooks/aws-calls.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** An archive gives back on request, hours later. */
export const archivedObjectsAreRetrievedFirst: Rule = {
  id: 'archived-objects-are-retrieved-first',
  level: 'warning',
  title: 'What lies in an archive is asked for before it is copied back',
  why: 'An object in S3 Glacier Flexible Retrieval or Deep Archive cannot be read or copied: the call ends with InvalidObjectState until a restore request has been carried out, which takes 3 to 5 hours or 12 (S3 user guide, restoring an archived object, and archive retrieval options). It is an error when that is longer than the promised RTO.',
  bad: `
components: { files: { kind: bucket, domain: machine, ids: { bucket: shop-files }, objectives: { rto: 1h }, backups: [{ method: s3.versioning, copies: [{ domain: machine }, { domain: cellar, storage: archive }] }] } }
scenarios: { gone: { title: Gone, loses: [files], steps: [{ id: back, uses: shell.run, with: { command: "aws s3api copy-object --bucket shop-files --key $K --copy-source shop-files/$K?versionId=$V" } }] } }
`,
  good: `
components: { files: { kind: bucket, domain: machine, ids: { bucket: shop-files }, objectives: { rto: 1h }, backups: [{ method: s3.versioning, copies: [{ domain: machine }, { domain: cellar, storage: archive-instant }] }] } }
scenarios: { gone: { title: Gone, loses: [files], steps: [{ id: back, uses: shell.run, with: { command: "aws s3api copy-object --bucket shop-files --key $K --copy-source shop-files/$K?versionId=$V" } }] } }
`,
  judge: judgePlan,
};

interface Archive {
  readonly storage: string;
  readonly path: Complaint['path'];
  readonly within?: number;
}

function judgePlan(plan: Plan, facts: CheckFacts): readonly Complaint[] {
  const sequences = sequencesOf(plan, facts);
  const archives = new Map([...declared(plan), ...sequences.flatMap(byLifecycle)]);
  return sequences.flatMap((sequence) => judgeSequence(plan, sequence, archives));
}

function judgeSequence(plan: Plan, sequence: Sequence, archives: ReadonlyMap<string, Archive>): readonly Complaint[] {
  const asked = callsOf(sequence, 's3api restore-object').length > 0;
  if (!sequence.scenario || asked) return [];
  const promise = scenarioPromise(plan, sequence.name, 'rto');
  return callsOf(sequence, 's3api copy-object', 's3 cp', 's3 sync').flatMap((copy): readonly Complaint[] => {
    const bucket = bucketRead(copy);
    const archive = archives.get(bucket ?? '');
    const wait = RETRIEVAL[archive?.storage ?? ''];
    if (!archive || !wait) return [];
    const isLate = promise?.limit !== undefined && promise.limit < wait.max;
    return [
      about(copy, {
        ...(isLate ? { level: 'error' as const } : {}),
        message: `what of ${bucket} lies in the archive cannot be copied: it has to be asked for first, which takes ${rangeText(wait)}${isLate ? `, and ${sequence.name} promises ${promise.text}` : ''}`,
        hint: 'Ask for it in a step before (aws s3api restore-object) and wait, or keep what a recovery needs in a class that answers at once (archive-instant).',
        related: [
          {
            path: archive.path,
            ...(archive.within === undefined ? {} : { within: archive.within }),
            message: 'puts it into the archive',
          },
        ],
      }),
    ];
  });
}

/** Buckets of which the plan says that copies or older versions lie in an archive. */
const declared = ({ components }: Plan): readonly (readonly [string, Archive])[] =>
  Object.entries(components).flatMap(([name, { ids, backups }]) =>
    backups.flatMap(({ method, copies }, index) =>
      copies.flatMap(({ storage }, at): readonly (readonly [string, Archive])[] =>
        method === 's3.versioning' && ids.bucket !== undefined && RETRIEVAL[storage]
          ? [[ids.bucket, { storage, path: ['components', name, 'backups', index, 'copies', at] }]]
          : [],
      ),
    ),
  );

/** Buckets that a command of the plan gives a lifecycle into an archive. */
const byLifecycle = (sequence: Sequence): readonly (readonly [string, Archive])[] =>
  callsOf(sequence, 's3api put-bucket-lifecycle-configuration').flatMap((call) => {
    const bucket = fixedValue(call, 'bucket');
    const text = awsInput(call.aws, 'lifecycle-configuration', call.script)?.text ?? '';
    const storage = /"StorageClass"\s*:\s*"(GLACIER|DEEP_ARCHIVE)"/.exec(text)?.[1];
    if (bucket === undefined || storage === undefined) return [];
    const found = {
      storage: storage === 'GLACIER' ? 'archive' : 'deep-archive',
      path: call.path,
      within: call.command.at,
    };
    return [[bucket, found] as const];
  });

function bucketRead({ aws }: PlacedCall): string | undefined {
  const source =
    callName(aws) === 's3api copy-object' ? aws.get('copy-source') : aws.plain[0]?.value.replace(/^s3:\/\//, '');
  return source?.replace(/^\//, '').split('/')[0];
}
