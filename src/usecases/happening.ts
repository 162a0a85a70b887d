export type { Happening } from '../engine/ports.ts';
