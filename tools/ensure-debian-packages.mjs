// What Debian has and npm has not: PostgreSQL's own programs and a browser. Installed where we may, and said plainly where we may not.
// Without them the npm package serves as a server, and tests that need pg_dump, pg_waldump or the browser are skipped.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';

const FOLDER = '/usr/lib/postgresql';
const PROGRAMS = ['postgres', 'initdb', 'pg_ctl', 'pg_dump', 'pg_waldump'];
const required = process.env.LAB_REQUIRED === '1';

/** Programs that some tests compare us with: needed only where nothing may be skipped. */
const COMPARED = ['age', 'zstd', 'openssl'];

/** What each package is for, for the person who is asked. */
const NEEDED_FOR = {
  postgresql: 'tests that need pg_dump or pg_waldump',
  chromium: 'tests that open documents in a browser',
};

/** The demo opens no browser. */
const needsBrowser = !process.argv.includes('--server-only');
const wanted = [...(complete() ? [] : ['postgresql']), ...(needsBrowser && !hasBrowser() ? ['chromium'] : [])];
if (wanted.length > 0) await provide();
const absent = required ? COMPARED.filter((program) => !onPath(program)) : [];
if (absent.length > 0 && mayInstall()) {
  run(['update', '-q']);
  run(['install', '-y', '-q', '--no-install-recommends', ...absent]);
}

function onPath(program) {
  return (process.env.PATH ?? '').split(':').some((folder) => folder !== '' && existsSync(`${folder}/${program}`));
}

/** The same names as tests/e2e/find-chromium.ts looks for. */
function hasBrowser() {
  return ['chromium', 'chromium-browser', 'google-chrome'].some(onPath);
}

function mayInstall() {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

function complete() {
  const versions = existsSync(FOLDER) ? readdirSync(FOLDER) : [];
  return versions.some((version) => PROGRAMS.every((program) => existsSync(`${FOLDER}/${version}/bin/${program}`)));
}

async function provide() {
  if (mayInstall() && (required || process.argv.includes('--install') || (await agreed()))) return install();
  const server = wanted.includes('postgresql') ? ': the npm package is the server instead' : '';
  console.error(`lifeboat: not on this machine: ${wanted.join(', ')}${server}`);
  const skipped = wanted.map((name) => NEEDED_FOR[name]).join(', and ');
  console.error(`  → For all of it: apt-get install ${wanted.join(' ')} (as root); until then ${skipped} are skipped`);
  if (required) process.exit(24);
}

async function agreed() {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return false;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const what = wanted.length > 1 ? `packages ${wanted.join(' and ')}` : `package ${wanted[0]}`;
  const answer = await lines.question(`lifeboat: install the Debian ${what} (no server is started)? yes/no: `);
  lines.close();
  return answer.trim() === 'yes';
}

function install() {
  run(['update', '-q']);
  if (wanted.includes('postgresql')) installPostgres();
  if (wanted.includes('chromium')) run(['install', '-y', '-q', '--no-install-recommends', 'chromium']);
  if (complete() && (!needsBrowser || hasBrowser())) return;
  console.error(`lifeboat: ${wanted.join(' and ')} was installed and programs are still missing`);
  process.exit(24);
}

/** Debian's package would make a cluster and start it on port 5432: it is told not to before it comes. */
function installPostgres() {
  run(['install', '-y', '-q', '--no-install-recommends', 'postgresql-common']);
  mkdirSync('/etc/postgresql-common/createcluster.d', { recursive: true });
  writeFileSync('/etc/postgresql-common/createcluster.d/lifeboat.conf', 'create_main_cluster = false\n');
  run(['install', '-y', '-q', '--no-install-recommends', 'postgresql']);
}

function run(args) {
  console.error(`lifeboat: apt-get ${args.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status } = spawnSync('apt-get', args, { env, stdio: ['ignore', 2, 2] });
  if (status === 0) return;
  console.error(
    `lifeboat: apt-get ${args.join(' ')} failed\n  → See the lines above, or install by hand: ${[...wanted, ...COMPARED].join(' ')}`,
  );
  process.exit(24);
}
