import type { ContentFacts } from '../store/content-store.js';
import { type Bench, streamOf, type TestApi } from './under-test.js';

export function describeListing({ describe, it, expect }: TestApi, bench: Bench): void {
  const listed = async (prefix?: string) => {
    const found: ContentFacts[] = [];
    for await (const facts of bench.store.list(prefix)) found.push(facts);
    return found;
  };

  describe('the list of contents', () => {
    it('has those whose names begin so, in order of name, with their facts', async () => {
      const root = bench.unique('list');
      const tails = ['b', 'a/2', 'a/10', 'B', 'a', 'a-b', 'a.b', 'a/b/c', 'ab', 'a_b/c', '_', '0'];
      for (const tail of tails) await bench.store.write(`${root}/${tail}`, streamOf(tail));
      const names = tails.map((tail) => `${root}/${tail}`).sort();
      const found = await listed(`${root}/`);
      expect(found.map(({ name }) => name)).toEqual(names);
      for (const facts of found) expect(facts).toEqual(await bench.store.facts(facts.name));
      for (const prefix of ['a', 'a/', 'a/1', 'a/b/c', 'a/b/c/', 'none'].map((end) => `${root}/${end}`)) {
        const some = (await listed(prefix)).map(({ name }) => name);
        expect(some).toEqual(names.filter((name) => name.startsWith(prefix)));
      }
      const all = (await listed()).map(({ name }) => name);
      expect(all.filter((name) => name.startsWith(`${root}/`))).toEqual(names);
      expect(all).toEqual([...all].sort());
    });

    it('goes on over as many as there are', async () => {
      const root = bench.unique('many');
      const names = Array.from({ length: 45 }, (_, index) => `${root}/${String(index).padStart(3, '0')}`);
      await Promise.all(names.map((name) => bench.store.write(name, streamOf('x'))));
      expect((await listed(root)).map(({ name }) => name)).toEqual(names);
    });

    it('can be left in the middle, and its contents deleted on the way', async () => {
      const root = bench.unique('leave');
      const names = ['1', '2', '3', '4'].map((end) => `${root}/${end}`);
      for (const name of names) await bench.store.write(name, streamOf('x'));
      for await (const { name } of bench.store.list(root)) {
        await bench.store.delete(name);
        if (name === names[1]) break;
      }
      expect((await listed(root)).map(({ name }) => name)).toEqual(names.slice(2));
    });

    it('loses nothing to a sweep, however old all may be', async () => {
      const root = bench.unique('sweep');
      await bench.store.write(`${root}/a`, streamOf('x'));
      await bench.store.write(`${root}/b`, streamOf('y'));
      await bench.store.sweep({ idleMs: 0 });
      expect((await listed(root)).map(({ name }) => name)).toEqual([`${root}/a`, `${root}/b`]);
    });
  });
}
