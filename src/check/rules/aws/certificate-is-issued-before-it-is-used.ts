import type { Rule } from '../../rule.ts';
import { type Act, about, beside } from '../../runbooks/acts.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** To ask for a certificate is not to have one. */
export const certificateIsIssuedBeforeItIsUsed: Rule = {
  id: 'certificate-is-issued-before-it-is-used',
  level: 'warning',
  title: 'A runbook waits until a certificate is issued before it uses it',
  why: 'A certificate of ACM stays in PENDING_VALIDATION until a record in DNS proves the domain; a listener or a distribution that is given it before is refused (ACM documentation, DNS validation). Where names are changed by hand, that record is a step of a person. An alternate name of CloudFront can belong to one distribution only (CloudFront documentation, alternate domain names).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: certificate, uses: shell.run, with: { command: aws acm request-certificate --domain-name api.example.com --validation-method DNS } }
      - { id: listener, uses: shell.run, with: { command: aws elbv2 create-listener --protocol HTTPS --port 443 --certificates CertificateArn=$ARN } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: certificate, uses: shell.run, with: { command: aws acm request-certificate --domain-name api.example.com --validation-method DNS } }
      - { id: record, title: Add the record that proves the domain, uses: human.task, with: { instruction: Add the CNAME of the validation. } }
      - { id: issued, uses: shell.run, with: { command: aws acm wait certificate-validated --certificate-arn $ARN } }
      - { id: listener, uses: shell.run, with: { command: aws elbv2 create-listener --protocol HTTPS --port 443 --certificates CertificateArn=$ARN } }
`,
  judge: (plan, facts) =>
    sequencesOf(plan, facts).flatMap((sequence) => {
      const asked = sequence.acts.find(requests);
      const used = asked && sequence.after(asked).find(uses);
      if (!asked || !used || isWaitedFor(asked, used, sequence)) return [];
      return [
        about(used, {
          message: `${saidOf(used)} uses the certificate that ${saidOf(asked)} has just asked for, and nothing waits until it is issued`,
          hint: 'Between them: the validation record in DNS, then aws acm wait certificate-validated --certificate-arn ….',
          related: [beside(asked, 'asks for it')],
        }),
      ];
    }),
};

/** A script says by its name what it makes. */
const scriptOf = ({ command }: Act): string =>
  /\.(sh|py)$/.test(command?.program ?? '') ? (command?.program as string) : '';

const requests = (act: Act): boolean =>
  act.name === 'certificate.request' ||
  /(create|request|make).*(cert|\bacm\b)/i.test(scriptOf(act).replaceAll(/[-_.]/g, ' '));

const uses = (act: Act): boolean =>
  act.name === 'load_balancer.create_listener' ||
  /(create|make).*(https.*listener|listener.*https|cloudfront|distribution)/i.test(scriptOf(act));

const isWaitedFor = (asked: Act, used: Act, { after, before, steps, isAfter }: Sequence): boolean => {
  const earlier = new Set(before(used));
  const waits = after(asked).some(
    (act) =>
      earlier.has(act) &&
      (act.name === 'certificate.wait_issued' || /(wait|valid).*cert|cert.*(wait|valid|issued)/i.test(scriptOf(act))),
  );
  const byHand = steps.some(
    ({ step }) =>
      /^human\./.test(step.uses) &&
      isAfter(step.id, asked.placed.step.id) &&
      isAfter(used.placed.step.id, step.id) &&
      /certificate|validat|issued/i.test(`${step.title ?? ''} ${String(step.with.instruction ?? '')}`),
  );
  return waits || byHand;
};

const saidOf = ({ command, placed }: Act): string =>
  command?.words
    .slice(0, 3)
    .map(({ text }) => text)
    .join(' ') ?? placed.step.id;
