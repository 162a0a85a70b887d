import type { BackupMethodName } from '../../../model/plan.ts';
import { type CopyPlace, copyPlaces } from '../../copies.ts';
import { keepsData } from '../../losses.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** A copy that anybody can read is a leak; one that nobody can open is none. */
export const copiesAreEncrypted: Rule = {
  id: 'copies-are-encrypted',
  level: 'warning',
  title: 'Copies are encrypted, and the plan knows where the key is',
  why: 'A backup holds all data of a system and is looked after less well than the system. And a copy in another region whose key stayed in the lost one cannot be opened (AWS KMS keys belong to a region unless they are multi-region keys).',
  bad: `
components: { files: { kind: bucket, domain: machine, objectives: { rto: 1h }, backups: [{ method: s3.copy, every: 1h, copies: [{ domain: cellar, encrypted: "no" }] }] } }
`,
  good: `
components: { files: { kind: bucket, domain: machine, objectives: { rto: 1h }, backups: [{ method: s3.copy, every: 1h, copies: [{ domain: cellar, encrypted: own-key, key_in: cellar }] }] } }
`,
  judge: (plan) =>
    Object.entries(plan.components).flatMap(([name, component]): readonly Complaint[] => {
      if (!keepsData(component)) return [];
      const places = copyPlaces(plan, name, component);
      return [...places.flatMap((place) => judgePlace(name, place)), ...unsaid(name, places)];
    }),
};

/** What keeps no copy of data that others could read, or is encrypted whatever the plan says. */
const NO_MATTER = new Set<BackupMethodName>([
  'git.repository',
  'registry.images',
  'package.cache',
  'rds.multi_az',
  'secrets.replica',
]);

/** Said once for a component: one policy of a plan mostly holds for all copies. What Lifeboat keeps itself is always encrypted. */
function unsaid(name: string, places: readonly CopyPlace[]): readonly Complaint[] {
  const open = places.filter(
    ({ policy, copy, beside }) => !NO_MATTER.has(policy.method) && (beside || copy !== undefined),
  );
  if (open.length === 0 || places.some(({ copy }) => copy?.encrypted !== undefined)) return [];
  const methods = [...new Set(open.map(({ policy }) => policy.method))];
  return [
    {
      path: ['components', name, 'backups'],
      message: `nothing says whether the copies of ${name} (${methods.join(', ')}) are encrypted, nor where the key is`,
      hint: 'Add encrypted to each copy, and key_in where the key is your own: a key that is lost with the region opens nothing.',
    },
  ];
}

function judgePlace(name: string, { copy, path, policy }: CopyPlace): readonly Complaint[] {
  const where = `the copy of ${name} in ${copy?.domain} (${policy.method})`;
  if (copy?.encrypted === 'no')
    return [
      {
        path: [...path, 'encrypted'],
        level: 'error',
        message: `${where} is not encrypted`,
        hint: 'Encrypt it for recipients, or with a key that survives the loss of the original.',
      },
    ];
  if (copy?.encrypted !== 'own-key' || copy.key_in !== undefined) return [];
  const message = `${where} is encrypted with a key of your own, and nothing says where that is`;
  return [{ path: [...path, 'encrypted'], message, hint: 'Add key_in: the failure domain the key lives in.' }];
}
