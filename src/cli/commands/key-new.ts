import { resolve } from 'node:path';
import { type NewApprovalKey, type NewKey, newApprovalKey, newKey } from '../../usecases/new-key.ts';
import { defineCommand, text, toggle } from '../define-command.ts';

export const keyNewCommand = defineCommand({
  name: 'key new',
  summary: 'Make a key pair: the public half for the plan, the private half for a safe place.',
  details:
    'Without --approval: for backups. With it: for approvals that come as a code, one pair for each person who may be asked.',
  examples: ['lifeboat key new --out lifeboat.key', 'lifeboat key new --approval --out grace.key'],
  args: {},
  flags: {
    out: text(
      'FILE',
      'Where the private half is written. Default: lifeboat.key here; for approvals lifeboat-approval.key.',
    ),
    approval: toggle('A pair for approvals by a signed code.'),
  },
  fails: ['USAGE'],
  run: async ({ out, approval }, services): Promise<NewKey | NewApprovalKey> => {
    const file = resolve(services.cwd, out ?? (approval ? 'lifeboat-approval.key' : 'lifeboat.key'));
    return approval ? newApprovalKey(file) : newKey(file, services.clock.now());
  },
  print: (result) => ('approval_key' in result ? approvalText(result) : backupText(result)),
});

const approvalText = ({ approval_key, file }: NewApprovalKey): string =>
  `Public half, for people.NAME in the plan: approval_key: ${approval_key}\nPrivate half: ${file}\nKeep it where you are when everything else is gone. Who has it can say yes in your name.`;

const backupText = ({ recipient, file }: NewKey): string =>
  `Public half, for repository.recipients: ${recipient}\nPrivate half: ${file}\nKeep it away from this machine: without it nobody can restore.`;
