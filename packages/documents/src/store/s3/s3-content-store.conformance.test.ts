import { setImmediate as turn } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeContentStore } from '../../conformance.js';
import { LoopbackS3 } from '../../testing/s3/loopback-s3.js';
import { S3ContentStore } from './s3-content-store.js';

describeContentStore({ describe, it, beforeAll, afterAll, expect }, 'S3', {
  async place() {
    const s3 = await new LoopbackS3().start();
    const { endpoint, region, keys } = s3;
    const clients: S3Client[] = [];
    return {
      async open() {
        const client = new S3Client({ endpoint, region, credentials: keys, forcePathStyle: true });
        clients.push(client);
        return new S3ContentStore({
          bucket: 'documents',
          prefix: 'kept/here',
          endpoint,
          client,
          pageSize: 10,
        });
      },
      async remove() {
        // What an aborted write had begun is cleared away after the write has ended: who aborts does not wait for it.
        while (s3.bucket.uploads.size > 0) await turn();
        for (const client of clients) client.destroy();
        await s3.stop();
        // Everything that the SDK sent was signed, vouched for and in order.
        expect(s3.protests).toEqual([]);
        expect([...s3.bucket.objects.keys()].every((key) => key.startsWith('kept/here/'))).toBe(true);
      },
    };
  },
  largeBytes: 12_000_000,
});
