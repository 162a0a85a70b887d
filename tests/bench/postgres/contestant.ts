import type { World } from './world.ts';

/** A way to back a server up and to get it back: ours, a peer, or the physical limit. Everything it makes lies below `folder`. */
export interface Contestant {
  readonly name: string;
  /** What it does beyond or short of the others, so that the numbers are read rightly. */
  readonly remark: string;
  /** Once, before the first backup. */
  prepare(): Promise<void>;
  /** The program that takes a full backup; absent where there is none to speak of. */
  readonly backup?: () => Command;
  /** Bytes of the newest backup, as it is kept. */
  readonly size?: () => Promise<number>;
  /** Programs, one after the other, until a server answers on `port` as it was at `target`, or at the newest moment. */
  readonly recover?: (to: Recovery) => readonly Command[];
  /** Until what was written up to a position is kept. */
  readonly keepsUpTo?: (lsn: string) => Promise<void>;
  close(): Promise<void>;
}

export interface Recovery {
  readonly folder: string;
  readonly port: number;
  /** Just before this position in the log. */
  readonly target: string;
}

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** As the user that owns the server. */
  readonly asServer?: boolean;
  /** It goes on after the measurement, as a server does. */
  readonly stays?: boolean;
}

export type MakeContestant = (world: World, folder: string) => Contestant;
