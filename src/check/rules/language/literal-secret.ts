import type { PlanPath } from '../../../model/finding.ts';
import { optionWords } from '../../../shell/options.ts';
import type { ShellCommand } from '../../../shell/script.ts';
import { isCommandPath, judgeScripts, type PlacedScript, type Remark } from '../../commands/scripts.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { isOpen, textsIn } from '../../texts.ts';

/** A plan is read by many and kept for ever in version control: no secret may stand in it. */
export const literalSecret: Rule = {
  id: 'literal-secret',
  level: 'error',
  title: 'No password or key stands in the plan',
  why: 'The plan is shared, printed and kept in version control; it is also frozen into the journal and the evidence of every run. A secret in it is known to all who ever read one of them.',
  bad: `
components:
  database:
    connection: postgresql://lifeboat:hunter2@db.example.com/shop
`,
  good: `
components:
  database:
    connection: \${{ secret("env:DATABASE_URL") }}
  api:
    health: { url: "https://api.example.com/health" }
`,
  judge: (plan) => [
    ...textsIn(plan).flatMap(({ path, text }) => (isCommandPath(path) ? [] : complaints(path, text))),
    ...judgeScripts(plan, inScript),
  ],
};

function inScript({ script }: PlacedScript): readonly Remark[] {
  const known = withoutVariables(script.text);
  const found = [...PATTERNS, ...IN_COMMANDS].flatMap(([pattern, what]) => {
    const match = [...known.matchAll(new RegExp(pattern, `g${pattern.flags}`))].find(([text]) => isKnown(text));
    return match ? [{ at: match.index, what }] : [];
  });
  const [first] = [...found, ...script.commands.flatMap(loginOf)].sort((a, b) => a.at - b.at);
  return first ? [{ at: first.at, message: `the command holds ${first.what} in clear`, hint: SHELL_HINT }] : [];
}

const SHELL_HINT = 'Let the shell read it from a secret store when it runs, and change the secret: it is known now.';

/** What the shell puts in when it runs is no secret that stands in the plan. Offsets stay. */
const withoutVariables = (text: string): string =>
  text.replaceAll(/\$(?!\{\{)(\w+|\{[^}]{0,500}\}|\([^)]{0,500}\))/g, (open) => UNKNOWN.repeat(open.length));

/** A character that nobody writes. */
const UNKNOWN = '\u0001';

/** Whether the secret itself, which stands at the end, is written out. */
const isKnown = (text: string): boolean =>
  !text
    .split(/[:=\s]/)
    .at(-1)
    ?.includes(UNKNOWN);

/** `curl -u name:password`. */
function loginOf(command: ShellCommand): readonly { readonly at: number; readonly what: string }[] {
  const word = command.program === 'curl' ? optionWords(command, '-u', '--user')[0] : undefined;
  return word?.isLiteral && /^[^:<]*:[^<]/.test(word.value) ? [{ at: word.at, what: 'a password' }] : [];
}

/** Where programs take a password from their words. */
const IN_COMMANDS: readonly (readonly [RegExp, string])[] = [
  [/\b(PGPASSWORD|MYSQL_PWD|REDISCLI_AUTH)=["']?(?!\$\{\{)[^\s"'<]/, 'a password'],
  [/\s--?password[= ]["']?(?!\$\{\{)[^\s"'<-]/, 'a password'],
  [/\bAuthorization: *(Bearer|Basic|OAuth|Token) +(?!\$\{\{|[A-Z_]+\b|<)[\w.~+/-]{8,}/, 'an access token'],
];

function complaints(path: PlanPath, text: string): readonly Complaint[] {
  const what =
    PATTERNS.find(([pattern]) => pattern.test(text))?.[1] ?? (isSecretField(path, text) ? 'a secret' : undefined);
  if (what === undefined) return [];
  return [
    {
      path,
      message: `${String(path.at(-1))} holds ${what} in clear`,
      hint: 'Write ${{ secret("env:NAME") }} or ${{ secret("file:/path") }}, and change the secret: it is known now.',
    },
  ];
}

/** The forms in which secrets are told from other text without guessing. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/:@]{0,200}:(?!\$\{\{)[^\s/@]{1,500}@/i, 'a password in an address'],
  [/[?&]password=(?!\$\{\{)[^&\s]/i, 'a password in an address'],
  [/(^|\s)password\s*=\s*(?!\$\{\{)\S/i, 'a password'],
  [/AGE-SECRET-KEY-1[0-9A-Z]{20}/, 'a private age key'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'a private key'],
  [/\b(AKIA|ASIA)[0-9A-Z]{16}\b/, 'an access key'],
  [/\bgh[pousr]_[A-Za-z0-9]{30}/, 'an access token'],
  [/\bxox[abprs]-[A-Za-z0-9-]{10}/, 'an access token'],
];

const SECRET_NAME =
  /^(password|passwd|pwd|passphrase|secret_key|secret_access_key|api_key|apikey|token|access_token|private_key)$/i;

/** A field that by its name holds a secret, with a value that is no expression. */
const isSecretField = (path: PlanPath, text: string): boolean =>
  SECRET_NAME.test(String(path.at(-1))) && text !== '' && !isOpen(text);
