import { planJsonSchema } from '../../src/plan/json-schema.ts';

/** The JSON Schema that editors complete plans with. */
export const planSchema = (): string => `${JSON.stringify(planJsonSchema(), null, 2)}\n`;
