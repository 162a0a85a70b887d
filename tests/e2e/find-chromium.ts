import { existsSync } from 'node:fs';

/** The browser of this machine; undefined when there is none. Debian's package is `chromium`. */
export const chromiumHere = (): string | undefined =>
  (process.env.PATH ?? '')
    .split(':')
    .filter((folder) => folder !== '')
    .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => `${folder}/${name}`))
    .find((file) => existsSync(file));
