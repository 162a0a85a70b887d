import { effectiveObjective } from '../../../model/plan/effective.ts';
import { connectionOf, type World } from '../world.ts';
import type { FailoverClient } from './client-api.ts';
import { fence, fenceState, unfence } from './fences.ts';
import { following } from './following.ts';
import { oldPrimary } from './old-primary.ts';
import { tryWriteAt } from './probe.ts';
import { promote, promotionOf } from './promoting.ts';
import { lossReading } from './read-loss.ts';
import { rejoin } from './rejoin.ts';
import { standing } from './standing.ts';
import { views } from './witnesses.ts';

/** The part of the real client that fails over. */
export const openFailover = (world: World): FailoverClient => ({
  maximumLoss: (component) => effectiveObjective(world.plan, { component }, 'rpo')?.promised?.max,
  views: (request) => views(world, request),
  standing: (component, signal) => standing(world, component, signal),
  oldPrimary: (component, signal) => oldPrimary(world, component, signal),
  lossReading: (request) => lossReading(world, request),
  fenceState: (request) => fenceState(world, request),
  fence: (request) => fence(world, request),
  unfence: (request) => unfence(world, request),
  promote: (request) => promote(world, request),
  promotionOf: (component, signal) => promotionOf(world, component, signal),
  tryWrite: (component, signal) => tryWriteAt(connectionOf(world, component), component, signal),
  following: (request) => following(world, request),
  rejoin: (request) => rejoin(world, request),
});
