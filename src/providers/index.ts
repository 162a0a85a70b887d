import { http } from './http/index.ts';
import { human } from './human/index.ts';
import { postgres } from './postgres/index.ts';
import { shell } from './shell/index.ts';
import { time } from './time/index.ts';

/** Every system Lifeboat can act on. */
export const providers = [http, human, postgres, shell, time] as const;
