import { checkContentName } from '@fluxori/documents';
import { z } from 'zod';

/** A file in a content store of the connector; sealed where it holds a buyer's data. Job payloads lie in the open, so files never stand in them. */
export const storedFileField = z.strictObject(
  {
    name: z.string().superRefine((name, context) => {
      try {
        checkContentName(name);
      } catch (error) {
        context.addIssue({ code: 'custom', message: (error as Error).message });
      }
    }),
    sealed: z.boolean().default(false),
  },
  'name a file in the content store: { name, sealed }',
);
