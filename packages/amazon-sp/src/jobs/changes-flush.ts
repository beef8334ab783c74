import { systemClock } from '@fluxori/core';
import { defineJob, type JobDefinition } from '@fluxori/queue';
import { z } from 'zod';
import { flushWakeKey } from '../changes/change-box.js';
import { ChangeFlush } from '../changes/change-flush.js';
import { coalescingDefaults } from '../changes/change-means.js';
import { type AmazonJobParts, queuesOf } from './job-parts.js';

const payloadSchema = z.strictObject({});

/** Takes on what `inventory.update` and `prices.update` have gathered. Put in by them; there is no need to put it in by hand. */
export function changesFlush(parts: AmazonJobParts): JobDefinition {
  const { clock = systemClock, connector, coalescing } = parts;
  return defineJob<object, undefined, void>({
    name: 'changes.flush',
    section: 'listings',
    version: 1,
    priority: 'high',
    payload: payloadSchema,
    async run(ctx) {
      const flush = new ChangeFlush({
        ...{ connector: await connector(ctx.accountId), queues: queuesOf(parts), clock },
        options: { ...coalescingDefaults, ...coalescing },
        ...{ account: ctx.accountId, job: ctx.jobId, signal: ctx.signal },
        call: (work) => ctx.call(work),
      });
      const wait = await flush.run();
      if (wait !== undefined) ctx.park({ ...wait, wakeOn: flushWakeKey });
    },
  });
}
