import type { z } from 'zod';
import { invalidInput } from '../http/refusal.js';

/**
 * Checks the members of a body that an operation relies on.
 *
 * @throws Refusal (400) that names every member at fault.
 */
export function readBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const checked = schema.safeParse(body);
  if (checked.success) return checked.data;
  const problems = checked.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
  throw invalidInput('Request body is invalid.', `${problems.join('; ')}.`);
}
