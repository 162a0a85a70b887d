import { type CopyPlace, copyPlaces } from '../copies.ts';
import { keepsData } from '../losses.ts';
import type { Complaint, Rule } from '../rule.ts';

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
      return copyPlaces(plan, name, component).flatMap((place) => judgePlace(name, place));
    }),
};

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
