import { openBackend } from '@fluxori/backend';
import { describeWith, openRelay, startServer } from '@fluxori/test-services';
import { describe, expect, it } from '@jest/globals';
import { Rig, work } from '../testing/rig.js';

describe.each(['redis', 'postgres'] as const)('%s', (service) => {
  describeWith(service, 'that is away for longer than the patience', () => {
    it('is told in our words by whatever asks for it, and serves again when it is back', async () => {
      await using server = await startServer(service);
      await using relay = await openRelay(server.port);
      const url = new URL(server.url.replace(`:${server.port}`, `:${relay.port}`));
      url.searchParams.set('patience', '1');
      const rig = new Rig(await openBackend(url.href));
      const queue = rig.queue(async () => 'done');
      const { jobId } = await queue.add('test.work', work());
      const away = { name: 'NetworkError', code: 'BACKEND_UNAVAILABLE', retryable: true };
      await relay.cut();
      const questions = [
        queue.counts(),
        queue.list(),
        queue.get(jobId),
        queue.add('test.work', work()),
        queue.addBulk([{ name: 'test.work', ...work() }]),
        queue.expedite(jobId),
        queue.cancel(jobId),
        queue.pause({ accountId: work().accountId }),
        queue.overview(),
        queue.schedules.list(),
        queue.deadLetters.retryAll(),
      ];
      for (const answer of await Promise.allSettled(questions)) {
        expect(answer).toMatchObject({ status: 'rejected', reason: away });
      }
      await relay.heal();
      // On a busy machine the way back may take longer than that second of patience.
      const look = (): ReturnType<typeof queue.get> => queue.get(jobId).catch(look);
      expect(await look()).toMatchObject({ state: 'waiting' });
      await rig.close();
    });
  });
});
