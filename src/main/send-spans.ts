import type { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import type { Clock } from '../lib/clock.ts';
import { formatDuration, seconds } from '../lib/duration.ts';
import type { RunSpan } from '../model/run-spans.ts';

type ReadableSpan = Parameters<OTLPTraceExporter['export']>[0][number];

/** Whoever recovers does not wait longer than this for a tracing system. */
const SEND_WITHIN = seconds(3);

/** Whether somebody wants spans, by the variables that every OpenTelemetry program knows. */
export function wantsSpans(env: (name: string) => string | undefined): boolean {
  const isOff = env('OTEL_SDK_DISABLED')?.toLowerCase() === 'true' || env('OTEL_TRACES_EXPORTER') === 'none';
  const endpoint = env('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') || env('OTEL_EXPORTER_OTLP_ENDPOINT');
  return !isOff && endpoint !== undefined && endpoint !== '';
}

export interface SendSpans {
  readonly clock: Clock;
  readonly version: string;
  readonly service: string;
  readonly within?: number;
}

/** Sends spans over OTLP/HTTP, to where the OTEL_… variables say. Says why they could not be sent; never throws, and ends in bounded time. */
export async function sendSpans(spans: readonly RunSpan[], to: SendSpans): Promise<string | undefined> {
  const { clock, within = SEND_WITHIN } = to;
  const done = new AbortController();
  const late = clock.sleep(within, done.signal).then(
    () => `nobody took them within ${formatDuration(within)}`,
    () => undefined,
  );
  try {
    return await Promise.race([exported(spans, { ...to, within }), late]);
  } catch (error) {
    return whyOf(error);
  } finally {
    done.abort();
  }
}

/** The library is loaded only here: a recovery that nobody traces does not wait for it. */
async function exported(spans: readonly RunSpan[], to: SendSpans & { within: number }): Promise<string | undefined> {
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  const exporter = new OTLPTraceExporter({ timeoutMillis: to.within, keepAlive: false });
  return new Promise((resolve) => {
    exporter.export(
      spans.map((span) => readable(span, to)),
      ({ code, error }) => resolve(code === EXPORTED ? undefined : whyOf(error)),
    );
  });
}

/** Values of the library's enums, written out so that it need not be loaded for them. */
const EXPORTED = 0;
const INTERNAL = 0;
const UNSET = 0;
const FAILED = 2;
const SAMPLED = 1;

function readable(span: RunSpan, { version, service }: SendSpans): ReadableSpan {
  const { traceId, spanId, parentSpanId, name, from, to, isError, attributes } = span;
  const context = (id: string) => ({ traceId, spanId: id, traceFlags: SAMPLED });
  return {
    name,
    kind: INTERNAL,
    spanContext: () => context(spanId),
    ...(parentSpanId === undefined ? {} : { parentSpanContext: context(parentSpanId) }),
    startTime: hrTime(Date.parse(from)),
    endTime: hrTime(Date.parse(to)),
    duration: hrTime(Math.max(0, Date.parse(to) - Date.parse(from))),
    status: { code: isError ? FAILED : UNSET },
    attributes: { ...attributes },
    links: [],
    events: [],
    ended: true,
    resource: {
      attributes: { 'service.name': service, 'service.version': version },
    } as unknown as ReadableSpan['resource'],
    instrumentationScope: { name: 'lifeboat', version },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

const hrTime = (ms: number): [number, number] => [Math.floor(ms / 1000), Math.round((ms % 1000) * 1_000_000)];

/** One line, and short: an answer may be a whole page. */
const whyOf = (error: unknown): string => {
  const { code, message } = error as { code?: string | number; message?: string };
  return `${code === undefined ? '' : `${code} `}${message ?? String(error)}`
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 200);
};
