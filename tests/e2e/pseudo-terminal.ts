import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { type FakeTerminal, fakeTerminal } from '../../src/cli/testing/fake-terminal.ts';

/** A program on a real terminal (that `script` makes), with somebody who types, and what he sees. */
export interface PseudoTerminal {
  readonly process: ChildProcess;
  readonly screen: FakeTerminal;
  type(text: string): void;
  /** Waits until it looks as wanted. Fails when the program ends before. */
  until(what: string, looks: (screen: FakeTerminal) => boolean): Promise<void>;
  resize(columns: number, rows: number): void;
  readonly ended: Promise<number | null>;
}

export interface OnTerminal {
  readonly cwd: string;
  readonly columns?: number;
  readonly rows?: number;
}

/** What the terminal is set to is said before and after the command, so that a test can see whether it was put back. */
export function onPseudoTerminal(command: string, { cwd, columns = 80, rows = 24 }: OnTerminal): PseudoTerminal {
  const all = `stty cols ${columns} rows ${rows}; tty; ${command}; echo "ended with $?"; stty -a | tr ' ' '\\n' | grep -x -e -*icanon -e -*echo -e -*isig`;
  const child = spawn('script', ['-qec', all, '/dev/null'], {
    cwd,
    env: { ...process.env, TERM: 'xterm', NO_COLOR: '1' },
  });
  const screen = fakeTerminal(columns, rows);
  const looking = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen.write(text);
    for (const look of looking) look();
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return {
    process: child,
    screen,
    ended,
    type: (text) => void child.stdin.write(text),
    until: (what, looks) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!looks(screen)) return;
          looking.delete(look);
          resolve();
        };
        const missed = (why: string): void => reject(new Error(`${why} before ${what}:\n${screen.all()}`));
        void ended.then((code) => missed(`ended with ${code}`));
        setTimeout(() => missed('20 s passed'), 20_000).unref();
        looking.add(look);
        look();
      }),
    resize(wide, high) {
      const name = /^\/dev\/\S+/m.exec(screen.all())?.[0] as string;
      screen.resize(wide, high);
      const { status, stderr } = spawnSync('stty', ['-F', name, 'cols', String(wide), 'rows', String(high)]);
      if (status !== 0) throw new Error(`the terminal ${name} has no other size: ${stderr}`);
    },
  };
}
