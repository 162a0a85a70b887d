import { copyPlaces, RETRIEVAL } from '../../copies.ts';
import { componentPromise, rangeText } from '../../promises.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** What lies in an archive is not at hand. */
export const archiveFitsTheRto: Rule = {
  id: 'archive-fits-the-rto',
  level: 'error',
  title: 'The RTO leaves time to get copies out of the archive',
  why: 'An object in S3 Glacier Flexible Retrieval can be read only after a standard retrieval of 3 to 5 hours, one in Deep Archive after 12 hours (AWS documentation, archive retrieval options). Copying it back begins after that.',
  bad: `
components:
  media:
    kind: bucket
    domain: machine
    objectives: { rto: 4h, rpo: 24h }
    backups: [{ method: s3.copy, every: 12h, copies: [{ domain: cellar, storage: archive }] }]
`,
  good: `
components:
  media:
    kind: bucket
    domain: machine
    objectives: { rto: 4h, rpo: 24h }
    backups: [{ method: s3.copy, every: 12h, copies: [{ domain: cellar, storage: archive-instant }] }]
`,
  judge: (plan) =>
    Object.entries(plan.components).flatMap(([name, component]): readonly Complaint[] => {
      const rto = componentPromise(plan, name, 'rto');
      const places = copyPlaces(plan, name, component);
      const waits = places.map(({ copy }) => RETRIEVAL[copy?.storage ?? 'standard']);
      const [first, ...others] = waits.flatMap((wait) => wait ?? []).sort((a, b) => a.max - b.max);
      if (rto?.limit === undefined || !first || others.length + 1 < waits.length || first.max < rto.limit) return [];
      const at = waits.indexOf(first);
      return [
        {
          path: [...(places[at]?.path ?? []), 'storage'],
          message: `${name} promises to serve again after ${rto.text}, and its copies lie in an archive that takes ${rangeText(first)} before copying back can begin`,
          hint: 'Keep the newest copies where they can be read at once (archive-instant, infrequent), or promise less.',
          related: [{ path: rto.path, message: `an RTO of ${rto.text}` }],
        },
      ];
    }),
};
