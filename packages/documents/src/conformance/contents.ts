import type { Readable } from 'node:stream';
import {
  allOf,
  type Bench,
  bytesLike,
  failureOf,
  sha256,
  streamOf,
  type TestApi,
  textOf,
} from './under-test.js';

const badNames = [
  ...['', '/', '.', '..', '../out', 'a/../../out', 'a/./b', 'a//b', '/a', 'a/', 'a\\..\\b', 'a b', 'a\0b'],
  ...['.hidden', 'a/.hidden', 'dot.', 'ünïcode', 'a%2e%2e', 'a:b', 'a@content', '~', 'x'.repeat(2000)],
];

export function describeContents({ describe, it, expect }: TestApi, bench: Bench): void {
  describe('contents', () => {
    it('come back as they were written, whatever their size, with their size and digest', async () => {
      for (const size of [0, 1, 127, 128, 129, 65_535, 65_536, 65_537, 200_000, bench.largeBytes]) {
        const name = bench.unique('size');
        const bytes = bytesLike(name, size);
        const before = Date.now();
        const written = await bench.store.write(name, streamOf(bytes));
        const facts = { name, bytes: size, sha256: sha256(bytes) };
        expect(written).toMatchObject(facts);
        expect(Math.abs(written.writtenAt.getTime() - before) < 60_000).toBe(true);
        expect(await bench.store.facts(name)).toEqual(written);
        expect((await allOf(await bench.store.read(name))).equals(bytes)).toBe(true);
      }
    });

    it('come in pieces of any size', async () => {
      const name = bench.unique('pieces');
      const bytes = bytesLike(name, 150_000);
      const pieces: Uint8Array[] = [];
      for (let at = 0, size = 1; at < bytes.length; at += size, size = (size * 3) % 40_009) {
        pieces.push(bytes.subarray(at, at + size));
      }
      await bench.store.write(name, streamOf(...pieces));
      expect((await allOf(await bench.store.read(name))).equals(bytes)).toBe(true);
    });

    it('are read from any byte on, and from no other', async () => {
      const name = bench.unique('from');
      const bytes = bytesLike(name, 200_001);
      await bench.store.write(name, streamOf(bytes));
      for (const from of [0, 1, 65_535, 65_536, 65_537, 131_072, 196_608, 200_000, 200_001]) {
        const rest = await allOf(await bench.store.read(name, { from }));
        expect(rest.equals(bytes.subarray(from))).toBe(true);
      }
      for (const from of [200_002, -1, 1.5, Number.NaN]) {
        const failure = await failureOf(bench.store.read(name, { from }));
        expect(failure?.code).toBe('VALIDATION_FAILED');
      }
    });

    it('that are not there are told by name', async () => {
      const name = bench.unique('nowhere');
      const failure = await failureOf(bench.store.read(name));
      expect(failure?.code).toBe('DOCUMENT_NOT_FOUND');
      expect(String(failure?.message).includes(name)).toBe(true);
      expect(await bench.store.facts(name)).toBe(undefined);
      expect(await bench.store.delete(name)).toBe(false);
    });

    it('are replaced as a whole, and a reader that had begun gets no mixture', async () => {
      const name = bench.unique('replaced');
      const old = bytesLike('old', bench.largeBytes);
      await bench.store.write(name, streamOf(old));
      const begun = await bench.store.read(name);
      await bench.store.write(name, streamOf('new'));
      expect(await textOf(bench.store, name)).toBe('new');
      expect(await bench.store.facts(name)).toMatchObject({ bytes: 3, sha256: sha256('new') });
      const read = await allOf(begun).catch(() => undefined);
      expect(read === undefined || read.equals(old)).toBe(true);
    });

    it('are gone when they are deleted', async () => {
      const name = bench.unique('deleted');
      await bench.store.write(name, streamOf('x'));
      expect(await bench.store.delete(name)).toBe(true);
      expect(await bench.store.delete(name)).toBe(false);
      expect(await bench.store.facts(name)).toBe(undefined);
      expect((await failureOf(bench.store.read(name)))?.code).toBe('DOCUMENT_NOT_FOUND');
    });

    it('may have names that others begin with', async () => {
      const name = bench.unique('tree');
      const names = [name, `${name}/a`, `${name}/a/b`, `${name}.a`, `${name}-a/b`];
      for (const one of names) await bench.store.write(one, streamOf(one));
      for (const one of names) expect(await textOf(bench.store, one)).toBe(one);
      expect(await bench.store.delete(name)).toBe(true);
      expect(await textOf(bench.store, `${name}/a`)).toBe(`${name}/a`);
      expect(await bench.store.delete(`${name}/a/b`)).toBe(true);
      expect(await textOf(bench.store, `${name}/a`)).toBe(`${name}/a`);
    });

    it('do not get out of their place, nor take names that only some systems could keep', async () => {
      const { store } = bench;
      for (const name of badNames) {
        const bytes: Readable = streamOf('x');
        expect((await failureOf(store.write(name, bytes)))?.code).toBe('VALIDATION_FAILED');
        expect(bytes.destroyed).toBe(true);
        for (const attempt of [store.read(name), store.facts(name), store.delete(name)]) {
          expect((await failureOf(attempt))?.code).toBe('VALIDATION_FAILED');
        }
      }
    });

    it('are there for another instance at the same place', async () => {
      const name = bench.unique('shared');
      await bench.store.write(name, streamOf('shared'));
      const other = await bench.reopen();
      expect(await textOf(other, name)).toBe('shared');
      expect(await other.facts(name)).toEqual(await bench.store.facts(name));
      await other.close();
    });

    it('written by two at once are one of the two', async () => {
      const name = bench.unique('race');
      const sizes = [70_000, 140_000];
      await Promise.all(
        sizes.map((size) => bench.store.write(name, streamOf(bytesLike(String(size), size)))),
      );
      const facts = await bench.store.facts(name);
      const read = await allOf(await bench.store.read(name));
      expect(sizes.includes(read.length)).toBe(true);
      expect(facts).toMatchObject({ bytes: read.length, sha256: sha256(read) });
      expect(read.equals(bytesLike(String(read.length), read.length))).toBe(true);
    });

    it('lie at a place whose URL is fit for a log', async () => {
      expect(/^[a-z0-9:]+:/.test(bench.store.url)).toBe(true);
      expect(/secret|password|AKIA|@/i.test(bench.store.url)).toBe(false);
    });
  });
}
