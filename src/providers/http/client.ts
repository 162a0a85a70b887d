import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { ProviderServices } from '../../actions/provider.ts';
import { type Duration, formatDuration } from '../../lib/duration.ts';
import type { Json } from '../../lib/json.ts';
import { KnownError } from '../../model/errors.ts';
import type { ServiceComponent } from '../../model/plan.ts';
import type { Answer, HttpClient } from './client-api.ts';
import { whyNoAnswer } from './errors.ts';

/** More of a body is not read: a health page is small, and an endless one must not fill the memory. */
const LONGEST_BODY = 1024 * 1024;

/** The real client. Each question is a connection of its own: one that was open before the loss proves nothing. */
export function openHttp({ plan, condition }: Pick<ProviderServices, 'plan' | 'condition'>): HttpClient {
  return {
    async ask(component, { within, signal }) {
      const { url, expect } = serviceOf(plan, component).health;
      const address = addressOf(component, url);
      const said = await questionWithin(address, within, signal);
      if ('why' in said)
        return { healthy: false, status: null, expected: expect, seen: `${shown(address)}: ${said.why}` };
      const { status } = said;
      return { status, expected: expect, ...judge(said, expect, condition, address) };
    },
  };
}

function serviceOf(plan: ProviderServices['plan'], name: string): ServiceComponent {
  const component = plan.components[name];
  if (component?.kind === 'service') return component;
  const services = Object.keys(plan.components).filter((other) => plan.components[other]?.kind === 'service');
  throw new KnownError(
    'PLAN_INVALID',
    `the plan has no component ${name} of kind service`,
    services.length === 0 ? 'Add it under components.' : `There is: ${services.join(', ')}.`,
  );
}

function addressOf(component: string, text: string): URL {
  const address = URL.canParse(text) ? new URL(text) : undefined;
  if (address !== undefined && ['http:', 'https:'].includes(address.protocol)) return address;
  throw new KnownError(
    'PLAN_INVALID',
    `components.${component}.health.url is not an http or https address`,
    'Write it whole, e.g. https://api.example.com/health.',
  );
}

/** Without user, password and query, which may hold a secret. */
const shown = (address: URL): string => `${address.origin}${address.pathname}`;

type Said = { readonly status: number; readonly body: string; readonly location?: string } | { readonly why: string };

async function questionWithin(address: URL, within: Duration, signal: AbortSignal): Promise<Said> {
  signal.throwIfAborted();
  const late = AbortSignal.timeout(within);
  try {
    return await question(address, AbortSignal.any([signal, late]));
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (late.aborted) return { why: `no whole answer within ${formatDuration(within)}` };
    const why = whyNoAnswer(error);
    if (why === undefined) throw error;
    return { why };
  }
}

function question(address: URL, signal: AbortSignal): Promise<Said> {
  const send = address.protocol === 'https:' ? httpsRequest : httpRequest;
  const headers = { accept: 'application/json, */*', 'user-agent': 'lifeboat', 'cache-control': 'no-cache' };
  return new Promise((resolve, reject) => {
    const sent = send(address, { agent: false, signal, headers }, (answer) => {
      readBody(answer).then((body) => {
        const { location } = answer.headers;
        resolve({ status: answer.statusCode as number, body, ...(location === undefined ? {} : { location }) });
        sent.destroy();
      }, reject);
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** Throws when the answer is cut off. */
async function readBody(answer: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of answer as AsyncIterable<Buffer>) {
    pieces.push(piece);
    length += piece.length;
    if (length > LONGEST_BODY) break;
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** An answer about which the condition cannot be worked out, e.g. a page of a proxy instead of JSON, is not healthy. */
function judge(
  { status, body, location }: Exclude<Said, { why: string }>,
  expect: string,
  condition: ProviderServices['condition'],
  address: URL,
): Pick<Answer, 'healthy' | 'seen'> {
  const answered = `${shown(address)} answered ${status}${location === undefined ? '' : ' and sends elsewhere'}`;
  try {
    const healthy = condition(expect, { status, body, json: parsed(body) });
    return { healthy, seen: healthy ? answered : `${answered}, and ${expect} is false` };
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    return { healthy: false, seen: `${answered}. ${error.message}` };
  }
}

function parsed(body: string): Json {
  try {
    return JSON.parse(body) as Json;
  } catch {
    return null;
  }
}
