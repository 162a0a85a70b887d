// Plain JavaScript for whatever Node the machine has: makes sure that the dependencies and Node 24 are there.
// Says what it does on stderr; stdout belongs to the command that follows.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const node = join(root, 'node_modules/node/bin/node');

const why = whyNotInstalled();
// Not `npm ci`: it refuses a lock file without the optional packages of platforms that the registry at hand does not carry.
const install = ['install', '--no-save', '--no-audit', '--no-fund', '--no-json'];
if (why) run('npm', install, root, `installing dependencies (${why}): npm ${install.join(' ')}`);
if (!worksAs24()) {
  const folder = join(root, 'node_modules/node');
  run(process.execPath, ['installArchSpecificPackage.js'], folder, 'fetching Node 24 (install scripts did not run)');
}
if (!worksAs24())
  stop('Node 24 could not be installed', 'Remove node_modules and run: npm install --foreground-scripts');

/** Compares what the lock file wants with what npm noted it has installed: file times say nothing after a clone or a copy. */
function whyNotInstalled() {
  const wanted = packagesOf(join(root, 'package-lock.json'));
  if (!wanted) stop('package-lock.json is missing or damaged', 'Get it back from the repository.');
  const installed = packagesOf(join(root, 'node_modules/.package-lock.json'));
  if (!installed) return 'there are none yet';
  const other = Object.keys(wanted).find(
    (name) => name !== '' && !wanted[name].optional && installed[name]?.version !== wanted[name].version,
  );
  return other && `${other} differs from package-lock.json`;
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function worksAs24() {
  if (!existsSync(node)) return false;
  const { status, stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  return status === 0 && Number(stdout.slice(1).split('.')[0]) >= 24;
}

function run(command, args, cwd, saying) {
  console.error(`lifeboat: ${saying}`);
  // Its output goes to our stderr; a project that blocks install scripts must not block Node's own.
  const env = { ...process.env, npm_config_ignore_scripts: 'false' };
  const { status, error } = spawnSync(command, args, { cwd, env, stdio: ['ignore', 2, 2] });
  if (error || status !== 0)
    stop(`${command} ${args.join(' ')} failed`, 'See the lines above. Is the package registry reachable?');
}

function stop(message, hint) {
  console.error(`lifeboat: ${message}\n  → ${hint}`);
  process.exit(24);
}
