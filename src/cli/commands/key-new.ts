import { resolve } from 'node:path';
import { newKey } from '../../usecases/new-key.ts';
import { defineCommand, text } from '../define-command.ts';

export const keyNewCommand = defineCommand({
  name: 'key new',
  summary: 'Make a key pair: the public half for the plan, the private half for a safe place.',
  examples: ['lifeboat key new --out lifeboat.key'],
  args: {},
  flags: { out: text('FILE', 'Where the private half is written. Default: lifeboat.key here.') },
  fails: ['USAGE'],
  run: ({ out }, services) => newKey(resolve(services.cwd, out ?? 'lifeboat.key'), services.clock.now()),
  print: ({ recipient, file }) =>
    `Public half, for repository.recipients: ${recipient}\nPrivate half: ${file}\nKeep it away from this machine: without it nobody can restore.`,
});
