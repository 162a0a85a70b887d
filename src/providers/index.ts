import { http } from './http/index.ts';
import { postgres } from './postgres/index.ts';

/** Every system Lifeboat can act on. */
export const providers = [http, postgres] as const;
