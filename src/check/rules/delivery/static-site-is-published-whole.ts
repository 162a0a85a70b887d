import type { Plan } from '../../../model/plan.ts';
import { awsCall } from '../../../shell/programs/aws.ts';
import type { Rule } from '../../rule.ts';
import { about } from '../../runbooks/acts.ts';
import { judgeActs } from '../../runbooks/sequences.ts';

/** A release is all of its files, and no others. */
export const staticSiteIsPublishedWhole: Rule = {
  id: 'static-site-is-published-whole',
  level: 'warning',
  title: 'A site is published without leftovers, and the edge is told',
  why: 'aws s3 sync leaves files in the bucket that the source does not have, unless --delete is given (AWS CLI reference). CloudFront goes on serving what it has cached until that is over, or until it is invalidated (CloudFront documentation). Customers then get pages of two releases.',
  bad: `
components: { site: { kind: static-site, technology: S3 and CloudFront, domain: cellar, stateless: true, objectives: { rto: 1h }, ids: { bucket: shop-pages } } }
scenarios:
  loss:
    steps:
      - { id: pages, uses: shell.run, with: { command: aws s3 sync dist s3://shop-pages } }
`,
  good: `
components: { site: { kind: static-site, technology: S3 and CloudFront, domain: cellar, stateless: true, objectives: { rto: 1h }, ids: { bucket: shop-pages } } }
scenarios:
  loss:
    steps:
      - { id: pages, uses: shell.run, with: { command: "aws s3 sync dist s3://shop-pages --delete\\naws cloudfront create-invalidation --distribution-id E1 --paths '/*'" } }
`,
  judge: (plan, facts) =>
    judgeActs(plan, facts, (act, { after }) => {
      const call = act.command && awsCall(act.command);
      const target = call?.service === 's3' && call.operation === 'sync' ? call.plain[1]?.value : undefined;
      const site = target === undefined ? undefined : siteOf(plan, target);
      if (site === undefined || call?.has('dryrun')) return [];
      const isTold = after(act).some(({ name }) => name === 'cloudfront.invalidate');
      const missing = [
        ...(call?.has('delete') ? [] : ['files of another release stay in the bucket (no --delete)']),
        ...(isTold || !site.hasEdge ? [] : ['CloudFront goes on serving what it has cached (no invalidation)']),
      ];
      if (missing.length === 0) return [];
      return [
        about(act, {
          message: `"${act.placed.step.id}" publishes ${site.name}, and ${missing.join('; ')}`,
          hint: 'Add --delete, and then aws cloudfront create-invalidation --distribution-id … --paths "/*".',
        }),
      ];
    }),
};

/** The site whose bucket this is. */
function siteOf(
  { components }: Plan,
  target: string,
): { readonly name: string; readonly hasEdge: boolean } | undefined {
  const bucket = /^s3:\/\/([^/]+)/.exec(target)?.[1];
  const found = Object.entries(components).find(
    ([, { kind, ids }]) => /^(static-site|frontend)$/.test(kind) && bucket !== undefined && ids.bucket === bucket,
  );
  if (!found) return undefined;
  const [name, { technology = '', ids }] = found;
  return { name, hasEdge: /cloudfront|cdn/i.test(`${technology} ${Object.keys(ids).join(' ')}`) };
}
