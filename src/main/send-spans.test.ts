import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../lib/clock.ts';
import type { RunSpan } from '../model/run-spans.ts';
import { sendSpans, wantsSpans } from './send-spans.ts';

const NAMES = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_HEADERS'];
const servers: Server[] = [];
afterEach(async () => {
  for (const name of NAMES) delete process.env[name];
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Received {
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: { resourceSpans: readonly Sent[] };
}
interface Sent {
  readonly resource: { attributes: unknown };
  readonly scopeSpans: readonly { spans: readonly Record<string, unknown>[] }[];
}

/** A receiver as a tracing system is one, and what arrived. */
async function receiver(status = 200): Promise<{ readonly address: string; readonly received: Received[] }> {
  const received: Received[] = [];
  const address = await listen((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    request.on('end', () => {
      received.push({ path: request.url, headers: request.headers, body: JSON.parse(text) });
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
  });
  return { address, received };
}

const SPAN: RunSpan = {
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  parentSpanId: 'c'.repeat(16),
  name: 'load',
  from: '2026-01-14T03:00:00.250Z',
  to: '2026-01-14T03:00:02.000Z',
  isError: true,
  attributes: { 'lifeboat.step': 'load', 'lifeboat.attempt': 2 },
};
const TO = { clock: systemClock, version: '1.2.3', service: 'lifeboat' };

describe('spans', () => {
  test('arrive as they are, at the address and with the headers that the variables say', async () => {
    const { address, received } = await receiver();
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = address;
    process.env.OTEL_EXPORTER_OTLP_HEADERS = 'x-team=shop';
    expect(await sendSpans([SPAN], TO)).toBeUndefined();
    const [only] = received;
    expect(only).toMatchObject({ path: '/v1/traces', headers: { 'x-team': 'shop' } });
    const [resource] = only?.body.resourceSpans ?? [];
    expect(resource?.resource.attributes).toContainEqual({ key: 'service.name', value: { stringValue: 'lifeboat' } });
    const [span] = resource?.scopeSpans[0]?.spans ?? [];
    expect(span).toMatchObject({
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      parentSpanId: 'c'.repeat(16),
      name: 'load',
      startTimeUnixNano: String(BigInt(Date.parse(SPAN.from)) * 1_000_000n),
      endTimeUnixNano: String(BigInt(Date.parse(SPAN.to)) * 1_000_000n),
      status: { code: 2 },
    });
    expect(span?.attributes).toEqual([
      { key: 'lifeboat.step', value: { stringValue: 'load' } },
      { key: 'lifeboat.attempt', value: { intValue: 2 } },
    ]);
  });

  test('go to the address that is for traces alone, as it stands', async () => {
    const { address, received } = await receiver();
    process.env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT = `${address}/mine`;
    expect(await sendSpans([SPAN], TO)).toBeUndefined();
    expect(received.map(({ path }) => path)).toEqual(['/mine']);
  });
});

describe('what cannot be sent is said in one line', () => {
  test('when the receiver refuses them', async () => {
    const { address, received } = await receiver(400);
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = address;
    expect(await sendSpans([SPAN], TO)).toMatch(/^400\b[^\n]*$/);
    expect(received).toHaveLength(1);
  });

  test('when nobody listens there', async () => {
    const { address } = await receiver();
    const [server] = servers.splice(0);
    await new Promise((resolve) => server?.close(resolve));
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = address;
    expect(await sendSpans([SPAN], { ...TO, within: 300 })).toMatch(/^[^\n]+$/);
  });

  test('when the receiver never answers: it is not waited for longer', async () => {
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = await listen(() => undefined);
    const before = performance.now();
    expect(await sendSpans([SPAN], { ...TO, within: 200 })).toMatch(/^[^\n]+$/);
    expect(performance.now() - before).toBeLessThan(5000);
  });

  test('when the address is none', async () => {
    process.env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT = 'not an address';
    expect(await sendSpans([SPAN], { ...TO, within: 300 })).toMatch(/^[^\n]+$/);
  });
});

test.each([
  [{}, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318' }, true],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://localhost:4318/x' }, true],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318', OTEL_SDK_DISABLED: 'TRUE' }, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318', OTEL_TRACES_EXPORTER: 'none' }, false],
])('with %j spans are wanted: %s', (set: Record<string, string>, is) =>
  expect(wantsSpans((name) => set[name])).toBe(is),
);
