import { defineJob, type JobDefinition } from '@fluxori/queue';
import { z } from 'zod';
import type { UploadedFile } from '../uploads/uploads-client.js';
import type { AmazonJobParts } from './job-parts.js';
import { marketplaceField } from './payload-fields.js';
import { storedFileField } from './stored-file-field.js';

const payloadSchema = z.strictObject({
  /** What it is for: the path of the operation that will name it. */
  resource: z
    .string('write the path of the operation that it is for')
    .regex(
      /^\/?[^/\s]+(\/[^/\s]+)+$/,
      'write the path of the operation that it is for, see `uploadResources`',
    ),
  contentType: z
    .string()
    .regex(/^[\w.+-]+\/[\w.+-]+(\s*;.*)?$/, 'write a content type such as application/pdf'),
  file: storedFileField,
  /** The account's first by default. */
  marketplaceId: marketplaceField.optional(),
});

export type UploadsSendPayload = z.output<typeof payloadSchema>;

/** Uploads a file from the content store. Begun again after a crash, it makes another destination; one that nobody names is nothing. */
export function uploadsSend({ connector }: AmazonJobParts): JobDefinition {
  return defineJob<UploadsSendPayload, undefined, UploadedFile>({
    name: 'uploads.send',
    section: 'uploads',
    version: 1,
    payload: payloadSchema,
    // The resource may hold an order's number; that is no secret.
    describe: ({ resource, contentType }) => ({ resource, contentType }),
    async run(ctx) {
      const { uploads } = await connector(ctx.accountId);
      const { file, ...rest } = ctx.payload;
      return ctx.call((terms) => uploads.sendStored(file, { ...rest, ...terms }));
    },
  });
}
