import type { HttpClient } from './client-api.ts';

export interface FakeHttp {
  readonly client: HttpClient;
  /** What each further question meets, in order; the last one stays. A number is a status, null is no answer. */
  answers: (number | null)[];
  readonly asked: string[];
}

/** A service that answers as scripted, and is healthy when it says 200. */
export function fakeHttp(...answers: (number | null)[]): FakeHttp {
  const fake: FakeHttp = {
    answers,
    asked: [],
    client: {
      async ask(component, { signal }) {
        signal.throwIfAborted();
        fake.asked.push(component);
        const status = (fake.answers.length > 1 ? fake.answers.shift() : fake.answers[0]) ?? null;
        const seen = status === null ? 'nothing listens there' : `it answered ${status}`;
        return { healthy: status === 200, status, expected: 'status == 200', seen };
      },
    },
  };
  return fake;
}
