import { afterAll } from 'vitest';
import { endFakeClocks } from '../src/lib/clock.fake.ts';

/* Test files share a process: what one of them leaves behind must not go on beside the next. */
afterAll(endFakeClocks);
