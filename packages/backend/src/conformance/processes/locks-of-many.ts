import { sleep } from '@fluxori/core';
import type { TestApi } from '../under-test.js';
import type { Company } from './company.js';

export function describeLocksOfMany({ describe, it, expect }: TestApi, company: Company): void {
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
      await first!.tell({ do: 'hold', lock, ttlMs: 120_000 });
      const next = second!.tell({ do: 'hold', lock });
      await sleep(200);
      const startedAt = performance.now();
      await first!.tell({ do: 'release', lock });
      await next;
      // Not by the end of the lease, which is two minutes away.
      expect(performance.now() - startedAt).toBeLessThan(5_000);
      await second!.tell({ do: 'release', lock });
    });

    it('stay with a live holder beyond their lease, and leave a killed one when it ends', async () => {
      const ttlMs = 1_500;
      const doomed = await company.another();
      const lock = company.unique('killed');
      await doomed.tell({ do: 'hold', lock, ttlMs });
      let isHeld = false;
      const next = company.others[0]!.tell({ do: 'hold', lock }).then(() => {
        isHeld = true;
      });
      await sleep(2 * ttlMs);
      expect(isHeld).toBe(false);
      const killedAt = performance.now();
      await doomed.kill();
      await next;
      // The default lease of ten seconds would be too long.
      expect(performance.now() - killedAt).toBeLessThan(ttlMs + 3_000);
      await company.others[0]!.tell({ do: 'release', lock });
    }, 30_000);
  });
}
