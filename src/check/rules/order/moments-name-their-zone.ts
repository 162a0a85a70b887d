import { option } from '../../../shell/options.ts';
import { awsCall } from '../../../shell/programs/aws.ts';
import { judgeScripts, type PlacedScript, type Remark } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** Half past two is another moment on every machine. */
export const momentsNameTheirZone: Rule = {
  id: 'moments-name-their-zone',
  level: 'warning',
  title: 'A moment to which data is taken back names its time zone',
  why: 'recovery_target_time of PostgreSQL is read in the time zone of the server when it names none (documentation of the recovery targets), and the AWS command line reads a moment without a zone in that of the machine it runs on. People take moments from logs and messages, which have zones of their own: the database comes back hours too early, or with the damage.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: back, uses: shell.run, with: { command: "aws rds restore-db-instance-to-point-in-time --source-db-instance-identifier shop --target-db-instance-identifier shop-2 --restore-time 2026-01-04T14:30:00" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    inputs: { moment: { describe: "The moment just before the damage, in UTC: 2026-01-04T14:30:00Z" } }
    steps:
      - { id: back, uses: shell.run, with: { command: "aws rds restore-db-instance-to-point-in-time --source-db-instance-identifier shop --target-db-instance-identifier shop-2 --restore-time \${{ inputs.moment }}" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge: (plan) => judgeScripts(plan, judgeScript),
};

const judgeScript = ({ script }: PlacedScript): readonly Remark[] => [
  ...script.commands.flatMap((command) => {
    const moment = option(command, '--restore-time', '--restore-to-time');
    return awsCall(command) && moment !== undefined && hasNoZone(moment)
      ? [remark(`--restore-time ${moment}`, command.at)]
      : [];
  }),
  ...[...script.text.matchAll(SETTING)].flatMap((match) =>
    hasNoZone(match[1] ?? '') ? [remark(match[0], match.index)] : [],
  ),
];

/** A setting of the server, wherever the text writes it: into a file, or with ALTER SYSTEM. */
const SETTING = /\brecovery_target_time\s*(?:=|TO)\s*['"]+([^'"\n]+)['"]/gi;

/** What is worked out at run time is not known. */
const hasNoZone = (moment: string): boolean => /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(moment.trim());

const remark = (what: string, at: number): Remark => ({
  at,
  message: `${what} names no time zone, so it depends on the machine which moment is meant`,
  hint: 'Write UTC: 2026-01-04T14:30:00Z, or for PostgreSQL 2026-01-04 14:30:00+00.',
});
