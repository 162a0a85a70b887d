import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isJsonObject, type Json } from '../lib/json.ts';
import { spokenLines } from '../lib/spoken-code.ts';
import { bytesToSign, codeBytes } from '../model/approval-code.ts';
import { KnownError } from '../model/errors.ts';
import { DANGERS, type Danger } from '../model/run.ts';
import { type ApprovalRequest, parseRequest } from './approval-request.ts';
import type { Services } from './services.ts';

/** What somebody is about to say yes to, worked out on their own machine from nothing but what the hash covers. */
export interface Shown {
  readonly request: ApprovalRequest;
  readonly danger: Danger;
  readonly lines: readonly string[];
}

/** Reads a request and says in words what it asks for. Throws APPROVAL_INVALID. */
export function showRequest(text: string, services: Pick<Services, 'actions'>): Shown {
  const request = parseRequest(text);
  const { subject } = request;
  const steps = isJsonObject(subject) && Array.isArray(subject.steps) ? subject.steps : [];
  const alone = isJsonObject(subject) ? [{ step: subject.step ?? null, input: subject.input ?? null }] : [];
  const all = steps.length > 0 ? steps.map((step) => ({ step, input: withOf(step) })) : alone;
  const told = all.map(({ step, input }) => tell(step, input, services));
  const danger = DANGERS.findLast((one) => told.some((each) => each.danger === one)) ?? 'destroy';
  return { request, danger, lines: told.flatMap(({ lines }) => lines) };
}

const withOf = (step: Json): Json => (isJsonObject(step) ? (step.with ?? {}) : {});

function tell(step: Json, input: Json, { actions }: Pick<Services, 'actions'>) {
  const { id, title, uses } = isJsonObject(step) ? step : {};
  const action = actions.get(String(uses));
  const parsed = action?.input.safeParse(input);
  const preview = action && parsed?.success ? action.preview(parsed.data, { state: 'absent' }) : undefined;
  // Of an action that this build does not know the worst is assumed.
  const danger: Danger = preview?.danger ?? action?.danger ?? 'destroy';
  const about = action ? action.summary : 'this Lifeboat does not know that action';
  return {
    danger,
    lines: [
      `${id}${typeof title === 'string' ? ` (${title})` : ''}: ${uses}, ${danger}. ${about}`,
      ...(preview?.changes ?? []).map((change) => `  - ${change}`),
      ...(isJsonObject(input) ? Object.entries(input) : []).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`),
      `  as in the plan: ${JSON.stringify(step)}`,
    ],
  };
}

export interface SignedCode {
  readonly run: string;
  readonly step: string;
  readonly by: string;
  /** To be read out line by line. */
  readonly code: readonly string[];
  /** The public half of the key, which the plan must say for this person. */
  readonly key: string;
}

/** A yes to exactly this request, as a code that can be read out. */
export function signRequest(
  { run, step, hash, environment }: ApprovalRequest,
  by: string,
  keyFile: string,
): SignedCode {
  const key = readPrivateKey(keyFile);
  const yes = { run, step, hash, person: by };
  const signature = sign(null, bytesToSign(yes, environment), key);
  return { run, step, by, code: spokenLines(codeBytes(yes, signature)), key: publicText(key) };
}

/** `ed25519:` and the public half in hex, as `people.NAME.approval_key` says it. */
export const publicText = (key: KeyObject): string => {
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  return `ed25519:${Buffer.from(x ?? '', 'base64url').toString('hex')}`;
};

function readPrivateKey(file: string): KeyObject {
  let cause: unknown;
  try {
    const key = createPrivateKey(readFileSync(file));
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new KnownError(
        'KEY_MISSING',
        `there is no approval key ${file}`,
        'Name the file with --key FILE. A new pair is made with: lifeboat key new --approval',
        error,
      );
    cause = error;
  }
  throw new KnownError(
    'KEY_WRONG',
    `${file} does not hold a private approval key`,
    'Name the file that was made with: lifeboat key new --approval',
    cause,
  );
}
