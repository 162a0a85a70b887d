import type { ProviderServices } from '../../actions/provider.ts';
import { KnownError } from '../../model/errors.ts';
import type { PostgresComponent, ServiceComponent } from '../../model/plan.ts';
import { requireConnectionUri } from './connection-uri.ts';

/** What the parts of the real client share. */
export type World = ProviderServices;

/** The database of that name. Throws PLAN_INVALID when the plan has none. */
export function database(world: World, name: string): PostgresComponent {
  const component = world.plan.components[name];
  if (component?.kind === 'postgres') return component;
  throw wrongComponent(world, name, 'postgres');
}

/** The service of that name. Throws PLAN_INVALID when the plan has none. */
export function service(world: World, name: string): ServiceComponent {
  const component = world.plan.components[name];
  if (component?.kind === 'service') return component;
  throw wrongComponent(world, name, 'service');
}

function wrongComponent({ plan }: World, name: string, kind: string): KnownError {
  const known = Object.entries(plan.components).filter(([, component]) => component.kind === kind);
  return new KnownError(
    'PLAN_INVALID',
    `the plan has no component ${name} of kind ${kind}`,
    known.length === 0 ? 'Add it under components.' : `There is: ${known.map(([other]) => other).join(', ')}.`,
  );
}

/** The connection URI of a database. Reading it registers its password for redaction. Throws PLAN_INVALID for what is none. */
export const connectionOf = (world: World, component: string): string =>
  requireConnectionUri(world.secret(database(world, component).connection), component);

/** Where the server of a component lives. Throws PLAN_INVALID when the plan does not say. */
export function serverPlace(world: World, component: string): NonNullable<PostgresComponent['server']> {
  const { server } = database(world, component);
  if (server !== undefined) return server;
  throw new KnownError(
    'PLAN_INVALID',
    `the plan does not say where the server of ${component} runs`,
    `Add components.${component}.server with its data_folder.`,
  );
}
