import { z } from 'zod';
import { DomainName, Name, SecretRef } from './values.ts';

export const Person = z.strictObject({
  name: z.string(),
  email: z.string().optional(),
  phone: z.string().optional(),
  approval_key: z
    .string()
    .regex(/^ed25519:[0-9a-f]{64}$/, 'an approval key is written like ed25519: and 64 hexadecimal digits')
    .optional()
    .describe('Public key of this person for approvals that come as a code: lifeboat key new --approval makes it.'),
  signs_in_through: z
    .array(DomainName)
    .default([])
    .describe('Failure domains without which this person can act on nothing: single sign-on, a laptop.'),
});

export const Role = z.strictObject({
  title: z.string().optional().describe('What this role does.'),
  people: z.array(Name).default([]).describe('Who has it, the first one first: entries of `people`.'),
  vendor: Name.optional().describe('Outside firm that fills it: an entry of `vendors`.'),
  reports_to: Name.optional().describe('The role above in the contact tree.'),
  on_call: z.boolean().optional().describe('True when somebody of it is always reachable.'),
});

export const Vendor = z.strictObject({
  title: z.string(),
  contact: z
    .string()
    .optional()
    .describe('How to reach them in an emergency: telephone or the address of the support desk.'),
  contract: z.string().optional().describe('Support level and what it promises.'),
});

export const Channel = z.strictObject({
  kind: z.enum(['chat', 'email', 'pager', 'sms', 'phone', 'status-page', 'topic', 'webhook']).describe('What it is.'),
  address: z.union([z.string(), SecretRef]).optional().describe('Where messages go.'),
  domain: DomainName.optional().describe('Failure domain it is lost with.'),
  fallback: Name.optional().describe('Channel to take when this one does not work.'),
});
