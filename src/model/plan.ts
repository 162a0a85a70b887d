import { z } from 'zod';
import { isBech32 } from '../lib/bech32.ts';
import { Component } from './plan/components.ts';
import { Channel, Person, Role, Vendor } from './plan/people.ts';
import { Escalation, PostMortem, Severity, Template } from './plan/response.ts';
import { Procedure, Scenario } from './plan/scenarios.ts';
import { Control, Drill, NamedFile, ServiceLevel, Task } from './plan/upkeep.ts';
import { Day, DomainName, Name, Objectives, ScheduleText, SecretRef } from './plan/values.ts';

export { BACKUP_METHODS, type BackupMethodName, BackupPolicy, TAKEN_METHODS } from './plan/backups.ts';
export { Component, PostgresComponent, ServiceComponent } from './plan/components.ts';
export { objectiveText } from './plan/objectives.ts';
export { Scenario } from './plan/scenarios.ts';
export { Step, safetyPointsOf } from './plan/steps.ts';
export {
  DurationText,
  Objectives,
  ObjectiveValue,
  parseBytes,
  parseSpan,
  promised,
  SecretRef,
  Span,
} from './plan/values.ts';

/*
 * The plan file. One schema makes the type, the validator, the editor's JSON Schema and docs/reference/plan.md.
 * Text that holds `${{ … }}` outside scenarios is resolved when the plan is loaded, inside scenarios when the run needs it.
 */

const About = z.strictObject({
  name: Name.describe('Short name; with the environment it is the lock that keeps two recoveries apart.'),
  title: z.string().describe('Title of the document.'),
  owner: Name.describe('The role that keeps this plan: an entry of `roles`.'),
  version: z.string().describe('Version of the plan.'),
  updated: Day.optional().describe('Day of the last change.'),
  kept_in: z
    .array(DomainName)
    .default([])
    .describe(
      'Failure domains in which this plan and the program are at hand: a repository, a laptop, a stick in a safe.',
    ),
  classification: z.string().optional().describe('Who may read it.'),
  review: z
    .strictObject({
      every: ScheduleText.describe('How often the plan is reviewed.'),
      last: z
        .union([Day, z.literal('never')])
        .optional()
        .describe('Day of the last review, or never.'),
      next: Day.optional().describe('Day of the next review.'),
    })
    .optional(),
  changes: z
    .array(z.strictObject({ version: z.string(), on: Day, what: z.string(), by: z.string().optional() }))
    .default([])
    .describe('What changed, newest first.'),
  links: z.record(z.string(), z.string()).default({}).describe('Addresses people need.'),
});

const Domain = z.strictObject({
  title: z.string().describe('What is lost together when this domain is lost.'),
  kind: z
    .enum([
      'provider',
      'account',
      'region',
      'zone',
      'host',
      'identity',
      'chat',
      'registrar',
      'source',
      'person',
      'other',
    ])
    .optional(),
});

const Environment = z.strictObject({
  protected: z.boolean().default(true).describe('Destructive steps ask for the name of the environment.'),
  domain: DomainName.optional().describe('Failure domain it lives in.'),
  components: z
    .record(Name, z.record(z.string(), z.unknown()))
    .default({})
    .describe('Fields of components that differ in this environment.'),
});

const AgeRecipient = z
  .string()
  .regex(/^age1([02-9a-z]{58}|(pq|tag|tagpq)1[02-9a-z]+)$/, {
    error: 'an age recipient begins with age1 and 58 letters and digits follow',
    abort: true,
  })
  .refine(isBech32, 'this age recipient is mistyped: its checksum is wrong')
  .describe('An age public key, as `lifeboat key new` prints it.');

const Repository = z.strictObject({
  folder: z.string().min(1, 'must not be empty').describe('Folder of the backup repository.'),
  domain: DomainName.optional().describe('Failure domain it lives in. It must not be the one of what it protects.'),
  recipients: z
    .array(AgeRecipient)
    .min(1)
    .describe(
      'age public keys. Whoever holds one of the private keys can restore; the machine that backs up needs none.',
    ),
  identity: SecretRef.optional().describe('Where the private key is found when restoring.'),
  identity_in: z.array(DomainName).default([]).describe('Failure domains in which the private key is kept.'),
});

const Waiver = z.strictObject({
  rule: z.string().describe('The rule that is waived.'),
  at: z.string().describe('Path in the plan, e.g. components.database.'),
  reason: z.string(),
  owner: Name.describe('The role that answers for it.'),
  expires: Day.describe('The day from which the finding counts again.'),
});

export const Plan = z.strictObject({
  lifeboat: z.literal(1).describe('Version of the plan language.'),
  include: z
    .array(z.string())
    .default([])
    .describe('Further files of this plan, relative to this one. Each name may be said once.'),
  plan: About.describe('What this plan is and who keeps it.'),
  domains: z.record(DomainName, Domain).default({}).describe('Failure domains: what is lost together.'),
  environments: z
    .record(Name, Environment)
    .refine((all) => Object.keys(all).length > 0, 'a plan has at least one environment')
    .describe('Where the plan applies. The first one is the default.'),
  people: z.record(Name, Person).default({}).describe('Who can be asked.'),
  roles: z.record(Name, Role).describe('What people do in an emergency.'),
  vendors: z.record(Name, Vendor).default({}).describe('Outside firms one may need.'),
  channels: z.record(Name, Channel).default({}).describe('Ways to reach people and the public.'),
  repository: Repository.optional().describe('Where Lifeboat keeps recovery points. Needed to back up and to recover.'),
  objectives: Objectives.optional().describe(
    'What is promised for all, unless a class, component or scenario says otherwise.',
  ),
  classes: z
    .record(Name, z.strictObject({ title: z.string().optional(), objectives: Objectives }))
    .default({})
    .describe('Priority classes of components, with their objectives.'),
  data: z
    .record(Name, z.strictObject({ title: z.string(), in: z.array(Name).default([]), objectives: Objectives }))
    .default({})
    .describe('Kinds of data with objectives of their own, and the components they are kept in.'),
  service_levels: z.array(ServiceLevel).default([]).describe('What customers were promised.'),
  components: z.record(Name, Component).describe('What can be lost.'),
  scenarios: z.record(Name, Scenario).describe('The losses this plan answers.'),
  procedures: z.record(Name, Procedure).default({}).describe('Runbooks that several scenarios use.'),
  severities: z
    .record(Name, Severity)
    .default({})
    .describe('How bad an incident is; not the same as the class of a component.'),
  escalation: z
    .record(Name, Escalation)
    .default({})
    .describe('Who is called when nobody answers, or nothing gets better.'),
  templates: z.record(Name, Template).default({}).describe('Messages that are ready to be sent.'),
  post_mortem: PostMortem.optional().describe('How one learns from it.'),
  drills: z.record(Name, Drill).default({}).describe('Rehearsals.'),
  tasks: z.record(Name, Task).default({}).describe('What is done again and again, with a signature.'),
  controls: z.record(Name, Control).default({}).describe('What auditors ask for.'),
  files: z.record(z.string(), NamedFile).default({}).describe('Scripts and documents the plan relies on, by path.'),
  waivers: z.array(Waiver).default([]).describe('Findings that are known and accepted, for a time.'),
});
export type Plan = z.infer<typeof Plan>;
