import type { JournalEvent } from '../model/run.ts';
import { spansToSend } from '../model/run-spans.ts';
import type { Services } from './services.ts';

/** What became of the spans of a run. */
export interface RunTrace {
  readonly trace_id: string;
  readonly spans: number;
  /** Why they were not sent. */
  readonly trouble?: string;
}

/** Sends what ended in this process, where somebody wants it. Whatever goes wrong, the run is what it is. */
export async function traceRun(
  events: readonly JournalEvent[],
  { sendSpans, redact }: Services,
): Promise<{ readonly trace?: RunTrace }> {
  if (!sendSpans) return {};
  const spans = spansToSend(events);
  const [first] = spans;
  if (!first) return {};
  const trouble = await sendSpans(spans);
  const about = { trace_id: first.traceId, spans: spans.length };
  return { trace: trouble === undefined ? about : { ...about, trouble: redact(trouble) } };
}
