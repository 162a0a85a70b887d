import { resolve } from 'node:path';
import { KnownError } from '../../model/errors.ts';
import type { Services } from '../../usecases/services.ts';
import { type Shown, type SignedCode, showRequest, signRequest } from '../../usecases/sign-approval.ts';
import { defineCommand, text } from '../define-command.ts';
import type { Screen } from '../screen.ts';

export const signCommand = defineCommand({
  name: 'sign',
  summary: 'Say yes to an approval request from afar: read it from stdin, and make a code to be read out.',
  details:
    'Needs nothing but the text that "lifeboat approve RUN STEP --request" printed, and your approval key: no network, no state folder.\n' +
    'Shows what will be done, worked out here from what the hash covers; then asks. Read the lines of the code out; each one proves itself.',
  examples: ['lifeboat sign --by grace --key grace.key < request.txt'],
  args: {},
  flags: {
    by: text('NAME', 'Who says yes: your entry of people in the plan. Default: $LIFEBOAT_USER, else your user name.'),
    key: text('FILE', 'Your approval key. Default: lifeboat-approval.key here.'),
  },
  fails: ['USAGE', 'APPROVAL_INVALID', 'KEY_MISSING', 'KEY_WRONG'],
  async run({ by, key }, services, screen): Promise<SignedCode> {
    if (!screen.readInput) throw new KnownError('USAGE', 'no request came in', 'Type: lifeboat sign < request.txt');
    const shown = showRequest(await screen.readInput(), services);
    const person = by ?? services.actor;
    for (const line of requestLines(shown, person)) screen.say(line);
    await confirm(shown, person, { screen, services });
    return signRequest(shown.request, person, resolve(services.cwd, key ?? 'lifeboat-approval.key'));
  },
  print: ({ run, step, by, code, key }) =>
    [
      `The yes of ${by} to ${step} of ${run}. Read it out line by line; U, I, L and O do not occur:`,
      ...code.map((line, index) => `${String(index + 1).padStart(2)}: ${line}`),
      `It is typed there as: lifeboat approve ${run} ${step} --by ${by} --code "…"`,
      `It counts when the plan says for ${by}: approval_key: ${key}`,
    ].join('\n'),
});

function requestLines({ request, lines }: Shown, person: string): readonly string[] {
  const { run, step, environment, until, asks, hash } = request;
  return [
    `Run ${run} asks about the step ${step} in ${environment}${until === undefined ? '' : `, until ${until}`}:`,
    ...lines.map((line) => `  ${line}`),
    `Hash ${hash}: it is that of what is shown here.`,
    ...(asks.includes(person) ? [] : [`! It asks ${asks.join(', ') || 'nobody'}, not ${person}.`]),
  ];
}

/** What destroys something is said yes to by the name of the environment. */
async function confirm(
  { request, danger }: Shown,
  person: string,
  { screen, services }: { readonly screen: Screen; readonly services: Services },
): Promise<void> {
  const { environment } = request;
  if (services.chosen.environment === environment) return;
  const word = danger === 'destroy' ? environment : 'yes';
  const ask = screen.ask ?? screen.askAnyway;
  const typed = (await ask?.(`Type ${word} to approve as ${person}: `, screen.signal))?.trim();
  if (typed === word) return;
  throw new KnownError(
    'USAGE',
    'nothing was signed',
    ask
      ? `Type ${word} to sign it.`
      : `Without a terminal say what you approve: lifeboat sign --environment ${environment}`,
  );
}
