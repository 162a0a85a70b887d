import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

/* Runs the measurements named, or all that there are: npm run bench, npm run bench check-scale. */
const FOLDER = new URL('./', import.meta.url).pathname;
const NO_MEASUREMENT = ['run', 'large-plan', 'engine-run'];
const all = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replace(/\.ts$/, ''))
  .filter((name) => !NO_MEASUREMENT.includes(name));
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`There is no measurement ${unknown.join(', ')}. One of: ${all.join(', ')}`);
  process.exit(2);
}

const failed = (wanted.length === 0 ? all : wanted).filter((name) => {
  console.log(`\n${name}`);
  return spawnSync(process.execPath, [`${FOLDER}${name}.ts`], { stdio: 'inherit' }).status !== 0;
});
if (failed.length > 0) {
  console.error(`\nfailed: ${failed.join(', ')}`);
  process.exit(1);
}
