import { isJsonObject, type Json } from '../lib/json.ts';
import { subjectHash } from '../model/approval-code.ts';
import { KnownError } from '../model/errors.ts';
import { askedAt, subjectOf } from './approval-subject.ts';
import { approversNow } from './approvers.ts';
import { findRun } from './find-run.ts';
import type { Services } from './services.ts';

/** What is carried to somebody who cannot reach the run: all that they must see, and all that the hash is made of. */
export interface ApprovalRequest {
  readonly run: string;
  readonly step: string;
  readonly environment: string;
  /** Until when a yes is of use. */
  readonly until?: string;
  readonly asks: readonly string[];
  readonly hash: string;
  /** `{step, input}`, or `{part, steps}` where a whole procedure is asked for. */
  readonly subject: Json;
}

export interface RequestText {
  readonly run: string;
  readonly step: string;
  readonly hash: string;
  readonly text: string;
}

const FIRST = 'LIFEBOAT APPROVAL REQUEST';
const LAST = 'END OF REQUEST';

/** The question of a step as a text that can be sent, read out or photographed. */
export async function requestApproval(
  { run, step }: { readonly run: string; readonly step: string },
  services: Services,
): Promise<RequestText> {
  const { state } = await findRun(run, services);
  const asked = askedAt(state, step, services);
  const subject = subjectOf(state, step, asked, services);
  const { preview, where = [], expiresAt, hash } = asked;
  const text = [
    FIRST,
    `run: ${state.id}`,
    `step: ${step}`,
    `environment: ${state.origin.environment}`,
    `asks: ${approversNow(state, step, asked, services.clock.now()).join(', ')}`,
    ...(expiresAt === undefined ? [] : [`until: ${expiresAt}`]),
    ...preview.changes.map((change) => `it will (${preview.danger}): ${change.replaceAll('\n', ' ')}`),
    ...where.map((one) => `in: ${one}`),
    `hash: ${hash}`,
    JSON.stringify(subject, null, 1),
    LAST,
  ].join('\n');
  if (services.redact(text) !== text)
    throw new KnownError(
      'USAGE',
      `the input of ${step} holds the text of a secret, which is shown to nobody`,
      'It cannot be approved by a code. Write it as ${{ secret("env:NAME") }} in the plan.',
    );
  return { run: state.id, step, hash, text };
}

/** Reads the text back. Throws APPROVAL_INVALID when it is not whole, or its hash is not that of what it shows. */
export function parseRequest(text: string): ApprovalRequest {
  const lines = text.split(/\r?\n/).map((line) => line.trimEnd());
  const from = lines.indexOf(FIRST);
  const to = lines.indexOf(LAST);
  if (from < 0 || to < from) throw altered(`it does not go from "${FIRST}" to "${LAST}"`);
  const inside = lines.slice(from + 1, to);
  const body = inside.findIndex((line) => line.startsWith('{'));
  const said = new Map(inside.slice(0, Math.max(0, body)).map((line) => splitAt(line, ': ')));
  const subject = jsonOf(body < 0 ? '' : inside.slice(body).join('\n'));
  const [run, step, environment, hash] = ['run', 'step', 'environment', 'hash'].map((name) => said.get(name));
  if (!run || !step || !environment || !hash) throw altered('run, step, environment or hash is missing');
  if (subjectHash(subject) !== hash) throw altered('its hash is not that of what it shows');
  if (!isAbout(subject, step)) throw altered(`what it shows is not the step ${step}`);
  const until = said.get('until');
  const asks = (said.get('asks') ?? '').split(', ').filter((name) => name !== '');
  return { run, step, environment, hash, subject, asks, ...(until === undefined ? {} : { until }) };
}

/** A text in which one step is named and another one shown is a trap, or a mistake. */
function isAbout(subject: Json, step: string): boolean {
  if (!isJsonObject(subject)) return false;
  if (isJsonObject(subject.step)) return subject.step.id === step;
  return Array.isArray(subject.steps) && subject.steps.some((one) => isJsonObject(one) && one.id === step);
}

function splitAt(line: string, mark: string): [string, string] {
  const at = line.indexOf(mark);
  return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + mark.length)];
}

function jsonOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw altered('what it shows cannot be read', error);
  }
}

const altered = (why: string, cause?: unknown): KnownError =>
  new KnownError(
    'APPROVAL_INVALID',
    `this is not a whole approval request: ${why}`,
    'Ask for it once more, as text and not typed by hand: lifeboat approve RUN STEP --request',
    cause,
  );
