import { intercept, type OnCall } from './intercept.ts';

/** What a killed process looks like to the code that ran in it: from then on no call is answered. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** Kills the process after call `n`: that call is carried out and its answer is lost. With 0 it dies before the first. */
export function dyingAfter(n: number): OnCall {
  let made = 0;
  return (name, go) => {
    if (made >= n) throw new Crash(`the process was dead before ${name}`);
    made += 1;
    return made < n ? go() : answerLost(name, go);
  };
}

function answerLost(name: string, go: () => unknown): unknown {
  const die = (): never => {
    throw new Crash(`the process died after ${name}`);
  };
  let answer: unknown;
  try {
    answer = go();
  } catch {
    return die();
  }
  return answer instanceof Promise ? answer.then(die, die) : die();
}

/** The client of a process that dies after its call `n`. */
export const crashAfter = <Client extends object>(client: Client, n: number): Client =>
  intercept(client, dyingAfter(n));
