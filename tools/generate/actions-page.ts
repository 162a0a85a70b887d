import type { AnyAction } from '../../src/actions/action.ts';
import { formatDuration } from '../../src/lib/duration.ts';
import { providers } from '../../src/providers/index.ts';
import { madeFrom, page, table } from './markdown.ts';
import { fieldsTable, schemaOf } from './schema-table.ts';

/** Every action of every provider: what it takes, gives, may do, and whether it can be undone. */
export function actionsPage(): string {
  const all = providers.flatMap(({ actions }) => actions as readonly AnyAction[]);
  const rows = all.map(({ name, danger, summary }) => [`[\`${name}\`](#${anchor(name)})`, danger, summary]);
  return page([
    madeFrom('src/providers'),
    '# Actions',
    'Danger: `read` has no effect; `add` makes something new; `change` alters what is there; `destroy` cannot be taken back.',
    table(['Action', 'Danger', 'What it does'], rows),
    ...all.flatMap(actionBlocks),
  ]);
}

function actionBlocks(action: AnyAction): readonly string[] {
  const facts = [
    `- Danger: ${action.danger}`,
    `- Timeout unless the step says otherwise: ${formatDuration(action.timeout)}`,
    `- Undo: ${typeof action.undo === 'function' ? 'yes' : `no. ${action.undo.impossible}`}`,
    ...(action.owes ? ['- Leaves something that must be put back before the run may close'] : []),
    ...(action.settles ? ['- Puts back what an earlier step left'] : []),
  ];
  return [
    `## ${action.name}`,
    action.summary,
    facts.join('\n'),
    'Input:',
    fieldsTable(schemaOf(action.input)),
    'Output:',
    fieldsTable(schemaOf(action.output)),
  ];
}

const anchor = (name: string): string => name.replaceAll(/[^a-z0-9_-]/g, '');
