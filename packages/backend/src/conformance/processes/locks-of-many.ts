import { sleep } from '@fluxori/core';
import { type SuiteApi, settlesWithin } from '../under-test.js';
import type { Company } from './company.js';

export function describeLocksOfMany({ describe, it, itWaits, expect }: SuiteApi, company: Company): void {
  describe('locks', () => {
    it('let one process in at a time, and every process in the end', async () => {
      const key = company.unique('counter');
      const order = { do: 'count up', lock: company.unique('lock'), key, times: 15 } as const;
      await Promise.all(company.others.map((one) => one.tell(order)));
      expect(await company.here.keyValues.get(key)).toBe(45);
    });

    it('let one process make what all are in need of', async () => {
      const key = company.unique('made');
      const order = { do: 'make once', lock: company.unique('lock'), key } as const;
      const answers = await Promise.all(company.others.map((one) => one.tell(order)));
      expect(new Set(answers).size).toBe(1);
      expect(await company.here.keyValues.get(`${key} made`)).toBe(1);
    });

    it('pass on at once when they are released', async () => {
      const [first, second] = company.others;
      const lock = company.unique('released');
      // The end of the lease is further away than that of any test.
      await first!.tell({ do: 'hold', lock, ttlMs: 3_600_000 });
      const next = second!.tell({ do: 'hold', lock });
      await sleep(200);
      await first!.tell({ do: 'release', lock });
      await next;
      await second!.tell({ do: 'release', lock });
    });

    itWaits('stay with a live holder beyond their lease, and leave a killed one when it ends', async () => {
      const ttlMs = 1_500;
      await company.play(async (inTime) => {
        const doomed = await company.another();
        const heir = company.others[1]!;
        const lock = company.unique('killed');
        inTime(Number.POSITIVE_INFINITY);
        await doomed.tell({ do: 'hold', lock, ttlMs });
        await doomed.heldUpMs();
        let isHeld = false;
        const next = heir.tell({ do: 'hold', lock }).then(() => {
          isHeld = true;
        });
        // In a scene that was held up nobody waits for it any more.
        next.catch(() => {});
        await sleep(2 * ttlMs);
        const wasHeld = isHeld;
        // It is renewed three times in its length, unless the machine holds everybody up, or the holder alone.
        inTime(Number.POSITIVE_INFINITY, ttlMs / 2);
        if ((await doomed.heldUpMs()) > ttlMs / 2) inTime(0);
        expect(wasHeld).toBe(false);
        await doomed.kill();
        await heir.heldUpMs();
        // The default lease of ten seconds would be too long.
        const isSoon = await settlesWithin(ttlMs + 3_000, next);
        await next;
        await heir.tell({ do: 'release', lock });
        inTime(Number.POSITIVE_INFINITY, ttlMs / 2);
        if ((await heir.heldUpMs()) > ttlMs / 2) inTime(0);
        expect(isSoon).toBe(true);
      });
    });
  });
}
