import { scriptsOf } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** A program that is no longer made is not on a new machine. */
export const composeIsVersionTwo: Rule = {
  id: 'compose-is-version-two',
  level: 'warning',
  title: 'Compose is called as docker compose, not docker-compose',
  why: 'docker-compose, version 1, has had no updates since July 2023, and current installations of Docker come without it (Docker documentation, migrate to Compose V2). On a machine that is set up in the emergency the command is not found.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: stop, uses: shell.run, with: { command: docker-compose stop api } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: stop, uses: shell.run, with: { command: docker compose stop api } }
`,
  judge: (plan) => {
    const calls = scriptsOf(plan).flatMap(({ script, path }) =>
      script.commands.filter(({ program }) => program === 'docker-compose').map(({ at }) => ({ path, within: at })),
    );
    const [first, ...others] = calls;
    if (!first) return [];
    const more = others.length > 0 ? `, here and in ${others.length} more places` : '';
    return [
      {
        ...first,
        message: `docker-compose is the name of version 1, which is no longer made, and Docker today comes with docker compose${more}`,
        hint: 'Write docker compose; options and files are the same.',
        related: others.map((one) => ({ ...one, message: 'here too' })),
      },
    ];
  },
};
