import { z } from 'zod';
import type { Sandbox } from '../sandbox.js';
import type { Outcome } from '../work/outcome-board.js';
import type { AdminAnswer } from './admin-api.js';

const report = z
  .strictObject({
    text: z.string().optional(),
    base64: z.base64().optional(),
    /** On the machine where the sandbox runs. */
    file: z.string().optional(),
    contentType: z.string().nullable().optional(),
    compression: z.enum(['GZIP', 'none']).optional(),
    encoded: z.boolean().optional(),
  })
  .refine(
    ({ base64, file, text }) => [base64, file, text].filter((one) => one !== undefined).length === 1,
    'exactly one of text, base64 and file is needed',
  );

const finish = z.strictObject({ id: z.string().optional() });

export const workRoutes = [
  'PUT /reports/{type}',
  'DELETE /reports/{type}',
  'GET /outcomes',
  'POST /outcomes',
  'DELETE /outcomes',
  'DELETE /outcomes/{id}',
  'POST /work/finish',
];

/** The part of the admin URL that is about reports, feeds and queries; `undefined` for what is not. */
export async function routeWork(
  sandbox: Sandbox,
  route: string,
  id: string | undefined,
  body: unknown,
): Promise<AdminAnswer | undefined> {
  switch (route) {
    case 'PUT /reports/:id': {
      const { base64, file, text, ...options } = report.parse(body);
      const content = file === undefined ? (text ?? Buffer.from(base64 as string, 'base64')) : { file };
      return { status: 200, body: await sandbox.setReport(id as string, { content, ...options }) };
    }
    case 'DELETE /reports/:id':
      await sandbox.setReport(id as string, undefined);
      return { status: 200, body: {} };
    case 'GET /outcomes':
      return { status: 200, body: sandbox.outcomes() };
    case 'POST /outcomes':
      return { status: 201, body: { id: sandbox.setOutcome(body as Outcome) } };
    case 'DELETE /outcomes':
    case 'DELETE /outcomes/:id':
      sandbox.clearOutcomes(id);
      return { status: 200, body: {} };
    case 'POST /work/:id':
      if (id !== 'finish') return undefined;
      sandbox.finishWork(finish.parse(body ?? {}).id);
      return { status: 200, body: {} };
    default:
      return undefined;
  }
}
