#!/usr/bin/env node
// Plain JavaScript that an old Node can read: it finds a Node that is new enough, then the program.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const NEEDED = 24;
const root = new URL('..', import.meta.url);
const path = (name) => fileURLToPath(new URL(name, root));

if (Number(process.versions.node.split('.')[0]) >= NEEDED) await start();
else startWithNewerNode(path('node_modules/node/bin/node'));

/** In a clone the sources are run as they are; the published package holds only what was built from them. */
async function start() {
  const inClone = existsSync(path('src/main/cli.ts'));
  // Never in a shared folder such as /tmp: what is cached there is run, and it must be nobody else's.
  if (inClone) module.enableCompileCache(path('node_modules/.cache/lifeboat'));
  await import(new URL(inClone ? 'src/main/cli.ts' : 'dist/main/cli.js', root));
}

function startWithNewerNode(node) {
  if (!existsSync(node)) {
    console.error(`lifeboat: this is Node ${process.versions.node}, and Lifeboat needs Node ${NEEDED} or newer`);
    console.error('  → Install Node 24 (https://nodejs.org), or in a clone of the repository: npm run setup');
    process.exit(24);
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal sends Ctrl-C to both of us, `kill` only to this process: the child takes two at once as one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`lifeboat: ${node} cannot be started: ${error.message}`);
    console.error('  → Remove node_modules and run: npm run setup');
    process.exit(24);
  });
  child.on('exit', (code, signal) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(name);
    if (signal) process.kill(process.pid, signal);
    else process.exit(code === null ? 70 : code);
  });
}
