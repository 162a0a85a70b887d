import { z } from 'zod';
import { isBech32 } from '../lib/bech32.ts';
import { parseDuration } from '../lib/duration.ts';

/*
 * The plan file. One schema makes the type, the validator, the editor's JSON Schema and docs/reference/plan.md.
 * Text that holds `${{ … }}` outside scenarios is resolved when the plan is loaded, inside scenarios when the run needs it.
 */

const Name = z
  .string()
  .regex(/^[a-z][a-z0-9_-]*$/, 'a name is lower-case letters, digits, - and _, and begins with a letter');

export const DurationText = z
  .string()
  .refine((text) => parseDuration(text) !== undefined, 'a duration is written like 90s, 15m, 1h30m or 2d')
  .describe('A length of time: 90s, 15m, 1h30m, 2d. 0 is none at all.');

/** `${{ secret("env:NAME") }}` after loading: a reference, never the value. */
export const SecretRef = z
  .strictObject({ secret: z.string().regex(/^(env|file):.+/, 'a secret is referred to as env:NAME or file:/path') })
  .describe('A reference to a secret, written ${{ secret("env:NAME") }} or ${{ secret("file:/path") }}.');
export type SecretRef = z.infer<typeof SecretRef>;

const Objectives = z.strictObject({
  rto: DurationText.describe('Longest acceptable time from impact until the component serves again.'),
  rpo: DurationText.describe('Longest acceptable span of lost data. 0 means no acknowledged write may be lost.'),
});
export type Objectives = z.infer<typeof Objectives>;

const BackupPolicy = z.strictObject({
  method: z
    .enum(['postgres.base_backup', 'postgres.wal_stream', 'postgres.dump'])
    .describe('How the copy is taken. wal_stream is continuous and adds every moment since the last base backup.'),
  every: DurationText.optional().describe('How often it is taken. wal_stream has none: it never stops.'),
  takes: DurationText.optional().describe('How long it is expected to take. Counts towards the worst-case loss.'),
});
export type BackupPolicy = z.infer<typeof BackupPolicy>;

const Verification = z.strictObject({
  name: z.string().describe('What is proven, as a sentence a person reads in the report.'),
  sql: z.string().describe('A query that returns one row.'),
  expect: z.string().describe('A CEL expression over the columns of that row that must be true, e.g. `companies > 0`.'),
});

const ComponentBase = {
  title: z.string().optional().describe('The name people use.'),
  domain: z.string().optional().describe('The failure domain it lives in: an entry of `domains`.'),
  needs: z.array(Name).default([]).describe('Components it cannot serve without.'),
  objectives: Objectives.optional().describe('What is promised for this component.'),
  backups: z.array(BackupPolicy).default([]).describe('How recovery points of this component come to be.'),
};

export const PostgresComponent = z.strictObject({
  kind: z.literal('postgres').describe('A PostgreSQL server, version 15 or newer.'),
  ...ComponentBase,
  connection: z
    .union([SecretRef, z.string()])
    .describe('Connection URI of the database. With a password it must be a secret reference.'),
  application_roles: z
    .array(z.string())
    .default([])
    .describe('Database roles the application itself uses. They are never blocked: that would stop the product.'),
  tables: z
    .array(z.string())
    .default([])
    .describe('The tables that matter, as `table` or `schema.table`. Loss is looked for in these; empty means all.'),
  server: z
    .strictObject({
      data_folder: z
        .string()
        .min(1, 'must not be empty')
        .describe('Data folder of the server, and where a destroyed one is restored to.'),
      listen: z.string().default('127.0.0.1').describe('Addresses a restored server listens on.'),
      port: z.number().int().min(1).max(65535).default(5432).describe('Port a restored server listens on.'),
      user: z
        .string()
        .optional()
        .describe('Operating-system user that owns a restored server when Lifeboat runs as root.'),
    })
    .optional()
    .describe('Where a restored server runs. Without it Lifeboat restores into side instances only.'),
  verification: z
    .array(Verification)
    .default([])
    .describe('What must be true of restored data, beyond being readable.'),
});
export type PostgresComponent = z.infer<typeof PostgresComponent>;

export const ServiceComponent = z.strictObject({
  kind: z.literal('service').describe('Something that answers over HTTP.'),
  ...ComponentBase,
  health: z
    .strictObject({
      url: z.string().describe('Address that is asked.'),
      expect: z
        .string()
        .default('status == 200')
        .describe('CEL over `status` (number), `body` (text) and `json` (parsed body) that is true when healthy.'),
    })
    .describe('How to tell that it is healthy.'),
  ledger: z
    .string()
    .optional()
    .describe(
      'File in which the application itself notes every acknowledged commit, one JSON object a line: {"id", "at", …}.',
    ),
});
export type ServiceComponent = z.infer<typeof ServiceComponent>;

export const Component = z.discriminatedUnion('kind', [PostgresComponent, ServiceComponent]);
export type Component = z.infer<typeof Component>;

const Approval = z.strictObject({
  role: Name.describe('Who may approve: an entry of `roles`.'),
  count: z.number().int().min(1).default(1).describe('How many different people must approve.'),
  within: DurationText.optional().describe('How long the run waits for them. Default: 24h.'),
});

export const Step = z.strictObject({
  id: Name.describe('Name of the step: the key of its outputs and of its record.'),
  title: z.string().optional().describe('What it achieves, in the words of a person.'),
  uses: z.string().describe('The action, e.g. postgres.find_deletion. See docs/reference/actions.md.'),
  with: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('The input of the action. Text may hold ${{ expressions }}.'),
  needs: z.array(Name).optional().describe('Steps that must have succeeded first. Default: the step above.'),
  when: z.string().optional().describe('${{ CEL }}: the step is skipped when this is false.'),
  expect: DurationText.optional().describe('How long it is expected to take.'),
  timeout: DurationText.optional().describe('How long it may take. Default: what the action says.'),
  retry: z
    .strictObject({
      times: z.number().int().min(1).max(100).describe('How many further tries.'),
      every: DurationText.default('5s').describe('Pause before each further try.'),
    })
    .optional()
    .describe('Tries again what failed with an error that may pass. Other errors are not retried.'),
  success: z.string().optional().describe('${{ CEL over outputs }} that must be true for the step to have succeeded.'),
  approve: Approval.optional().describe('People who must say yes before the step runs.'),
  on_failure: z
    .enum(['ask', 'undo', 'continue', 'stop'])
    .default('ask')
    .describe(
      'ask: wait for a person. undo: take back what this run did, newest first. continue: go on. stop: end the run as failed.',
    ),
});
export type Step = z.infer<typeof Step>;

export const Scenario = z.strictObject({
  title: z.string().describe('What happened, as people say it.'),
  loses: z.array(Name).min(1).describe('Components that are lost or damaged.'),
  detection: z.array(z.string()).default([]).describe('How one notices.'),
  detect_within: DurationText.optional().describe('How long noticing takes; it is part of the RTO.'),
  objectives: Objectives.describe('What is promised for this scenario.'),
  inputs: z
    .record(
      Name,
      z.strictObject({
        describe: z.string().describe('What to enter, for the person who is asked.'),
        default: z.union([z.string(), z.number(), z.boolean()]).optional().describe('Used when nothing is entered.'),
      }),
    )
    .default({})
    .describe('What must be known when the run starts; given with --set name=value.'),
  impact: z
    .string()
    .optional()
    .describe(
      '${{ CEL over steps }}: when the damage was done. The RTO clock starts there. Default: --impact, else the start of the run.',
    ),
  healthy: Name.describe('The step after which the service is healthy again. The RTO clock stops there.'),
  steps: z.array(Step).min(1).describe('The runbook.'),
});
export type Scenario = z.infer<typeof Scenario>;

const AgeRecipient = z
  .string()
  .regex(/^age1([02-9a-z]{58}|(pq|tag|tagpq)1[02-9a-z]+)$/, {
    error: 'an age recipient begins with age1 and 58 letters and digits follow',
    abort: true,
  })
  .refine(isBech32, 'this age recipient is mistyped: its checksum is wrong')
  .describe('An age public key, as `lifeboat key new` prints it.');

export const Plan = z.strictObject({
  lifeboat: z.literal(1).describe('Version of the plan language.'),
  plan: z
    .strictObject({
      name: Name.describe('Short name; with the environment it is the lock that keeps two recoveries apart.'),
      title: z.string().describe('Title of the document.'),
      owner: Name.describe('The role that keeps this plan: an entry of `roles`.'),
      version: z.string().describe('Version of the plan.'),
      classification: z.string().optional().describe('Who may read it.'),
      review: z
        .strictObject({
          every: DurationText.describe('How often the plan is reviewed.'),
          last: z.iso.date().describe('Day of the last review.'),
        })
        .optional(),
    })
    .describe('What this plan is and who keeps it.'),
  domains: z
    .record(
      z.string(),
      z.strictObject({ title: z.string().describe('What is lost together when this domain is lost.') }),
    )
    .default({})
    .describe('Failure domains: what is lost together.'),
  environments: z
    .record(
      Name,
      z.strictObject({
        protected: z.boolean().default(true).describe('Destructive steps ask for the name of the environment.'),
        components: z
          .record(Name, z.record(z.string(), z.unknown()))
          .default({})
          .describe('Fields of components that differ in this environment.'),
      }),
    )
    .refine((all) => Object.keys(all).length > 0, 'a plan has at least one environment')
    .describe('Where the plan applies. The first one is the default.'),
  people: z
    .record(Name, z.strictObject({ name: z.string(), email: z.string().optional(), phone: z.string().optional() }))
    .default({})
    .describe('Who can be asked.'),
  roles: z
    .record(Name, z.strictObject({ title: z.string().optional(), people: z.array(Name).min(1) }))
    .describe('What people do in an emergency.'),
  repository: z
    .strictObject({
      folder: z.string().min(1, 'must not be empty').describe('Folder of the backup repository.'),
      domain: z.string().optional().describe('Failure domain it lives in. It must not be the one of what it protects.'),
      recipients: z
        .array(AgeRecipient)
        .min(1)
        .describe(
          'age public keys. Whoever holds one of the private keys can restore; the machine that backs up needs none.',
        ),
      identity: SecretRef.optional().describe('Where the private key is found when restoring.'),
    })
    .describe('Where recovery points are kept.'),
  components: z.record(Name, Component).describe('What can be lost.'),
  scenarios: z.record(Name, Scenario).describe('The losses this plan answers.'),
  waivers: z
    .array(
      z.strictObject({
        rule: z.string().describe('The rule that is waived.'),
        at: z.string().describe('Path in the plan, e.g. components.database.'),
        reason: z.string(),
        owner: Name.describe('The role that answers for it.'),
        expires: z.iso.date().describe('The day from which the finding counts again.'),
      }),
    )
    .default([])
    .describe('Findings that are known and accepted, for a time.'),
});
export type Plan = z.infer<typeof Plan>;
