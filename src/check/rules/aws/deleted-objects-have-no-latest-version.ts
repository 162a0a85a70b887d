import { selectionOf } from '../../../shell/programs/jmespath.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { about } from '../../runbooks/acts.ts';
import { callsOf, mayBeSame, type PlacedCall } from '../../runbooks/aws-calls.ts';
import { commandsAfter, type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** What was deleted is exactly what this list leaves out. */
export const deletedObjectsHaveNoLatestVersion: Rule = {
  id: 'deleted-objects-have-no-latest-version',
  level: 'error',
  title: 'Deleted objects are looked for among the delete markers',
  why: 'Deleting an object of a versioned bucket puts a delete marker on top, and the marker is the latest from then on. Versions[?IsLatest] lists the objects that are not deleted: copying these onto themselves brings nothing back (S3 user guide, deleting object versions and delete markers).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: back, uses: shell.run, with: { command: "aws s3api list-object-versions --bucket b --query 'Versions[?IsLatest].[VersionId,Key]' --output text | while read -r v k; do aws s3api copy-object --bucket b --key \\"$k\\" --copy-source \\"b/$k?versionId=$v\\"; done" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: back, uses: shell.run, with: { command: "aws s3api list-object-versions --bucket b --query 'DeleteMarkers[?IsLatest].[VersionId,Key]' --output text | while read -r v k; do aws s3api delete-object --bucket b --key \\"$k\\" --version-id \\"$v\\"; done" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge: (plan, facts) => sequencesOf(plan, facts).flatMap(judgeSequence),
};

const judgeSequence = (sequence: Sequence): readonly Complaint[] =>
  callsOf(sequence, 's3api list-object-versions').flatMap((list): readonly Complaint[] => {
    const word = list.aws.all('query')[0];
    const selection = word && selectionOf(word.value);
    if (!word || selection?.list !== 'Versions' || !selection.filters.some(isLatest)) return [];
    const copy = commandsAfter(sequence, list).find((later) => copiesBack(list, later));
    if (!copy) return [];
    return [
      about(list, {
        at: word.at,
        message:
          'Versions[?IsLatest] lists the objects that are there: of a deleted one the delete marker is the latest, so that nothing that was deleted is brought back',
        hint: 'List DeleteMarkers[?IsLatest] of the window and remove these markers (aws s3api delete-object --version-id; s3.undelete), or copy the newest version before the deletion.',
        related: [{ path: copy.path, within: copy.command.at, message: 'copies them onto themselves' }],
      }),
    ];
  });

/** `IsLatest`, alone or compared with true; among other conditions as well, but not turned round. */
const isLatest = (filter: string): boolean =>
  /(^|&&|\()\s*IsLatest\s*(==\s*[`'"]*true[`'"]*\s*)?($|&&|\))/.test(filter);

/** Into another bucket it is a copy of what is there, and right. */
function copiesBack(
  list: PlacedCall,
  { aws, ...rest }: { aws: PlacedCall['aws'] | undefined } & Omit<PlacedCall, 'aws'>,
): boolean {
  if (
    aws?.service !== 's3api' ||
    aws.operation !== 'copy-object' ||
    !/\?versionId=/i.test(aws.get('copy-source') ?? '')
  )
    return false;
  return mayBeSame(list, ['bucket'], { aws, ...rest }, ['bucket']);
}
