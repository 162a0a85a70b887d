import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

/* Runs the measurements named, or all that there are: npm run bench, npm run bench check-scale. Options are theirs: npm run bench -- postgres --scale 10 */
const FOLDER = new URL('./', import.meta.url).pathname;
const NO_MEASUREMENT = ['run', 'large-plan', 'engine-run'];
const all = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replace(/\.ts$/, ''))
  .filter((name) => !NO_MEASUREMENT.includes(name));
const given = process.argv.slice(2);
const firstOption = given.findIndex((word) => word.startsWith('-'));
const wanted = firstOption < 0 ? given : given.slice(0, firstOption);
const options = firstOption < 0 ? [] : given.slice(firstOption);
const unknown = wanted.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`There is no measurement ${unknown.join(', ')}. One of: ${all.join(', ')}`);
  process.exit(2);
}

const failed = (wanted.length === 0 ? all : wanted).filter((name) => {
  console.log(`\n${name}`);
  return spawnSync(process.execPath, [`${FOLDER}${name}.ts`, ...options], { stdio: 'inherit' }).status !== 0;
});
if (failed.length > 0) {
  console.error(`\nfailed: ${failed.join(', ')}`);
  process.exit(1);
}
