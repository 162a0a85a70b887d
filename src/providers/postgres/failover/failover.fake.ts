import { KnownError } from '../../../model/errors.ts';
import type { FailoverClient, FenceState, Following, OldPrimary, ServerStanding } from './client-api.ts';
import type { Loss } from './loss.ts';
import type { View } from './views.ts';

/** A primary `database` that is down, and its replica `replica`. */
export interface FakeFailover {
  views: View[];
  readonly old: { -readonly [Field in keyof OldPrimary]: OldPrimary[Field] };
  closedBy: string | undefined;
  replica: ServerStanding;
  loss: Loss;
  maximumLoss: number | undefined;
  writable: boolean;
  follower: Following;
}

export const fakeFailover = (): FakeFailover => ({
  views: [
    { from: 'us', kind: 'us', sight: 'gone', how: 'nothing listens there' },
    { from: 'replica', kind: 'replica', sight: 'gone', how: 'its stream has ended' },
  ],
  old: { takesWrites: false, how: 'nothing listens there', system: '7', timeline: 1 },
  closedBy: undefined,
  replica: {
    system: '7',
    timeline: 1,
    inRecovery: true,
    received: '0/3000100',
    replayed: '0/3000100',
    hasReceived: true,
    lastCommitAt: '2026-01-14T02:00:00.000Z',
    replayPaused: false,
    slot: 'replica',
    synchronousStandbys: '',
  },
  loss: { known_from: 'primary', commits: 0, bytes: 0, seconds: 0 },
  maximumLoss: undefined,
  writable: true,
  follower: { follows: false, how: 'it is stopped', timeline: 1 },
});

interface Surroundings {
  readonly failover: FakeFailover;
  writes: number;
}

export function failoverClient(world: Surroundings): FailoverClient {
  const { failover } = world;
  return {
    maximumLoss: () => failover.maximumLoss,
    views: async () => [...failover.views],
    standing: async () => failover.replica,
    oldPrimary: async () => ({ ...failover.old }),
    async lossReading({ replicas }) {
      const name = replicas[0] ?? '';
      if (failover.replica.system !== '7')
        throw new KnownError('TARGET_UNREACHABLE', 'no replica can be asked', 'Look.');
      const { system, timeline, received, replayed, lastCommitAt } = failover.replica;
      const asked = { name, system, timeline, received, replayed, lastCommitAt, problems: ['no slot keeps its log'] };
      return { replicas: [asked], unreachable: [{ name: 'other', why: 'no answer' }], best: name, loss: failover.loss };
    },
    ...fences(world),
    ...promotions(world),
  };
}

function fences(world: Surroundings): Pick<FailoverClient, 'fenceState' | 'fence' | 'unfence'> {
  const { failover } = world;
  const state = (): FenceState =>
    failover.closedBy === undefined
      ? { closed: false, how: 'its application still writes' }
      : { closed: true, how: 'its application is turned away', closedBy: failover.closedBy, position: '0/3000100' };
  return {
    fenceState: async () => state(),
    async fence({ key }) {
      if (failover.closedBy !== key) world.writes++;
      failover.closedBy = key;
      return state();
    },
    async unfence() {
      if (failover.closedBy !== undefined) world.writes++;
      failover.closedBy = undefined;
    },
  };
}

type Promotions = Pick<FailoverClient, 'promote' | 'promotionOf' | 'tryWrite' | 'following' | 'rejoin'>;

function promotions(world: Surroundings): Promotions {
  const { failover } = world;
  const promotion = () => ({ timeline: failover.replica.timeline, forkedAt: failover.replica.received });
  return {
    async promote() {
      if (failover.replica.inRecovery) {
        world.writes++;
        failover.replica = { ...failover.replica, inRecovery: false, timeline: failover.replica.timeline + 1 };
      }
      return { ...promotion(), milliseconds: 80 };
    },
    promotionOf: async () => promotion(),
    tryWrite: async () => ({
      accepted: failover.writable,
      how: failover.writable ? 'a commit was accepted' : 'it is read-only',
    }),
    following: async () => failover.follower,
    async rejoin({ key }) {
      if (failover.follower.key !== key) world.writes++;
      failover.follower = { follows: true, how: 'it streams', timeline: 2, method: 'rewound', key };
      return failover.follower;
    },
  };
}
