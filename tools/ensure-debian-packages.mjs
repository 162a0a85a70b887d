// PostgreSQL's own programs, from Debian's package: installed where we may, and said plainly where we may not.
// Without them the npm package serves as a server, and tests that need pg_dump or pg_waldump are skipped.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';

const FOLDER = '/usr/lib/postgresql';
const PROGRAMS = ['postgres', 'initdb', 'pg_ctl', 'pg_dump', 'pg_waldump'];
const required = process.env.LAB_REQUIRED === '1';

/** Programs that some tests compare us with: needed only where nothing may be skipped. */
const COMPARED = ['age', 'zstd', 'openssl'];

if (!complete()) await provide();
const absent = required ? COMPARED.filter((program) => !onPath(program)) : [];
if (absent.length > 0 && mayInstall()) {
  run(['update', '-q']);
  run(['install', '-y', '-q', '--no-install-recommends', ...absent]);
}

function onPath(program) {
  return (process.env.PATH ?? '').split(':').some((folder) => folder !== '' && existsSync(`${folder}/${program}`));
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
  console.error("lifeboat: PostgreSQL's own programs are not here: the npm package is the server instead");
  console.error(
    '  → For all of it: apt-get install postgresql (as root); until then tests that need pg_dump are skipped',
  );
  if (required) process.exit(24);
}

async function agreed() {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return false;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question(
    'lifeboat: install the Debian package postgresql (no server is started)? yes/no: ',
  );
  lines.close();
  return answer.trim() === 'yes';
}

/** Debian's package would make a cluster and start it on port 5432: it is told not to before it comes. */
function install() {
  run(['update', '-q']);
  run(['install', '-y', '-q', '--no-install-recommends', 'postgresql-common']);
  mkdirSync('/etc/postgresql-common/createcluster.d', { recursive: true });
  writeFileSync('/etc/postgresql-common/createcluster.d/lifeboat.conf', 'create_main_cluster = false\n');
  run(['install', '-y', '-q', '--no-install-recommends', 'postgresql']);
  if (complete()) return;
  console.error('lifeboat: the package postgresql was installed and programs are still missing');
  process.exit(24);
}

function run(args) {
  console.error(`lifeboat: apt-get ${args.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status } = spawnSync('apt-get', args, { env, stdio: ['ignore', 2, 2] });
  if (status === 0) return;
  console.error(`lifeboat: apt-get ${args.join(' ')} failed\n  → See the lines above, or install postgresql by hand.`);
  process.exit(24);
}
