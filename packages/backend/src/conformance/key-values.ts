import type { Bench, SuiteApi } from './under-test.js';

export function describeKeyValues({ describe, it, itWaits, expect }: SuiteApi, bench: Bench): void {
  describe('key values', () => {
    it('give back what was set, whatever kind of JSON it is', async () => {
      const { keyValues } = bench.backend;
      const values = [
        null,
        true,
        0,
        -1.5,
        '',
        'Motlhabine š 例 🚚',
        ['a', [], { b: null }],
        { deep: { er: [1, '2', false] } },
      ];
      for (const value of values) {
        const key = bench.unique('kind');
        await keyValues.set(key, value);
        expect(await keyValues.get(key)).toEqual(value);
      }
    });

    it('are given back many at once, in the order asked for, where the store can do that', async () => {
      const { keyValues } = bench.backend;
      const [there, gone, other] = [bench.unique('many'), bench.unique('many'), bench.unique('many')];
      await keyValues.set(there, { deep: ['1'] });
      await keyValues.set(other, null);
      expect(
        await (keyValues.getMany?.([other, gone, there, other]) ?? [null, undefined, { deep: ['1'] }, null]),
      ).toEqual([null, undefined, { deep: ['1'] }, null]);
      expect(await (keyValues.getMany?.([]) ?? [])).toEqual([]);
    });

    it('are set and deleted many at once, the last of a key winning, where the store can do that', async () => {
      const { keyValues } = bench.backend;
      const prefix = bench.unique('bulk');
      const entries = Array.from({ length: 1_203 }, (_, n) => ({
        key: `${prefix}/${n}`,
        value: { n, text: 'š' },
      }));
      const again = { key: `${prefix}/7`, value: 'again' };
      await keyValues.set(`${prefix}/8`, 'before', { ttlMs: 1 });
      await keyValues.setMany?.([...entries, again]);
      await keyValues.setMany?.([]);
      await keyValues.deleteMany?.([]);
      if (keyValues.setMany === undefined || keyValues.deleteMany === undefined) return;
      await bench.pass(50);
      expect((await keyValues.keys(`${prefix}/`)).length).toBe(1_203);
      expect(await keyValues.get(`${prefix}/7`)).toBe('again');
      expect(await keyValues.get(`${prefix}/8`)).toEqual({ n: 8, text: 'š' });
      await bench.play(async (inTime, stretch) => {
        await keyValues.setMany!(
          [
            { key: `${prefix}/0`, value: 1 },
            { key: `${prefix}/1`, value: null },
          ],
          { ttlMs: 300 * stretch },
        );
        const there = await keyValues.get(`${prefix}/1`);
        inTime(290 * stretch);
        expect(there).toBe(null);
        await bench.pass(400 * stretch);
      });
      expect(await keyValues.get(`${prefix}/0`)).toBe(undefined);
      await keyValues.deleteMany(entries.map(({ key }) => key));
      expect(await keyValues.keys(`${prefix}/`)).toEqual([]);
    });

    it('are undefined when they were never set, or have been deleted', async () => {
      const { keyValues } = bench.backend;
      const key = bench.unique('gone');
      expect(await keyValues.get(key)).toBe(undefined);
      await keyValues.set(key, 1);
      await keyValues.delete(key);
      await keyValues.delete(key);
      expect(await keyValues.get(key)).toBe(undefined);
    });

    it('are replaced as a whole, and share nothing with the caller', async () => {
      const { keyValues } = bench.backend;
      const key = bench.unique('replaced');
      const value = { list: [1] };
      await keyValues.set(key, value);
      value.list.push(2);
      expect(await keyValues.get(key)).toEqual({ list: [1] });
      await keyValues.set(key, { other: true });
      expect(await keyValues.get(key)).toEqual({ other: true });
    });

    itWaits('are gone when their time is up, and not before', async () => {
      const { keyValues } = bench.backend;
      const key = bench.unique('expiring');
      await bench.play(async (inTime, stretch) => {
        await keyValues.set(key, 'x', { ttlMs: 400 * stretch });
        await bench.pass(100 * stretch);
        const there = await keyValues.get(key);
        inTime(390 * stretch);
        expect(there).toBe('x');
        await bench.pass(300 * stretch + bench.slackMs);
      });
      expect(await keyValues.get(key)).toBe(undefined);
      expect(await keyValues.keys(key)).toEqual([]);
    });

    it('lose their end when they are set again without one', async () => {
      const { keyValues } = bench.backend;
      const key = bench.unique('kept');
      await keyValues.set(key, 'short', { ttlMs: 100 });
      await keyValues.set(key, 'long');
      await bench.pass(200);
      expect(await keyValues.get(key)).toBe('long');
    });

    it('are listed by what their keys begin with, in order, taking no character of it for a pattern', async () => {
      const { keyValues } = bench.backend;
      const prefix = `${bench.unique('list')}%_*[`;
      for (const name of ['b', 'a/2', 'a/10', 'B']) await keyValues.set(`${prefix}${name}`, 1);
      await keyValues.set(`${bench.unique('list')}xx`, 1);
      expect(await keyValues.keys(prefix)).toEqual(['B', 'a/10', 'a/2', 'b'].map((name) => prefix + name));
    });
  });
}
