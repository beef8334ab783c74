import { openBackend } from '@fluxori/backend';
import { type Logger, sleep } from '@fluxori/core';
import { describeWith, freshPlace, openRelay, type Relay, type Service } from '@fluxori/test-services';
import { describe, expect } from '@jest/globals';
import { atOnce } from '../testing/at-once.js';
import { Rig, work } from '../testing/rig.js';

interface PlaceBehindRelay extends AsyncDisposable {
  readonly relay: Relay;
  readonly url: URL;
}

/** In the server that others use, too; the way to it is ours to cut. */
async function placeBehindRelay(service: Service): Promise<PlaceBehindRelay> {
  const place = await freshPlace(service);
  const url = new URL(place.url);
  const relay = await openRelay(Number(url.port));
  url.port = String(relay.port);
  return {
    relay,
    url,
    [Symbol.asyncDispose]: async () => {
      await relay[Symbol.asyncDispose]();
      await place.remove();
    },
  };
}

describe.each(['redis', 'postgres'] as const)('%s', (service) => {
  describeWith(service, 'that is away for longer than the patience', () => {
    atOnce({
      'is told in our words by whatever asks for it, and serves again when it is back': async () => {
        await using place = await placeBehindRelay(service);
        const { relay, url } = place;
        url.searchParams.set('patience', '1');
        const rig = new Rig(await openBackend(url.href));
        const queue = rig.queue(async () => 'done');
        // On a busy machine the way to it may take longer than that second of patience.
        const add = (): ReturnType<typeof queue.add> => queue.add('test.work', work()).catch(add);
        const { jobId } = await add();
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
        // As may the way back.
        const look = (): ReturnType<typeof queue.get> => queue.get(jobId).catch(look);
        expect(await look()).toMatchObject({ state: 'waiting' });
        await rig.close();
      },

      'at the end of a worker, too, lets it end without a word about problems': async () => {
        await using place = await placeBehindRelay(service);
        const { relay, url } = place;
        const lines: string[] = [];
        const note = (fields: object, message: string) => lines.push(`${message} ${JSON.stringify(fields)}`);
        const logger: Logger = { debug() {}, info() {}, warn: note, error: note, child: () => logger };
        const rig = new Rig(await openBackend(url.href));
        const queue = rig.queue(async () => 'done', { logger });
        await queue.start();
        await relay.cut();
        while ((await rig.backend.health()).status === 'up') await sleep(20);
        // The worker's look at what is paused, once a second, is waiting for the store by now.
        await sleep(1_500);
        await rig.close();
        expect(lines).toEqual([]);
      },
    });
  });
});
