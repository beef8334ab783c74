import { Readable } from 'node:stream';
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

/** Gives `bytes` in pieces, and then does what `end` does. */
function broken(bytes: Buffer, end: () => Promise<never>): Readable {
  return Readable.from(
    (async function* () {
      for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
      yield await end();
    })(),
    { objectMode: false },
  );
}

/** Gives `bytes`, and then nothing more for ever. */
function stalled(bytes: Buffer): Readable {
  let given = false;
  return new Readable({
    read() {
      if (!given) this.push(bytes);
      given = true;
    },
  });
}

export function describeInterruptions({ describe, it, expect }: TestApi, bench: Bench): void {
  /** A large content that is about to be read, and what ends the reading. */
  const opened = async (word: string) => {
    const name = bench.unique(word);
    await bench.store.write(name, streamOf(bytesLike(name, bench.largeBytes)));
    const abort = new AbortController();
    return { abort, bytes: await bench.store.read(name, { signal: abort.signal }) };
  };

  describe('interruptions', () => {
    it('of the source leave nothing, and are told as they were', async () => {
      for (const size of [0, 10, 100_000, bench.largeBytes]) {
        const name = bench.unique('broken');
        const cause = new Error('the network went away');
        const source = broken(bytesLike(name, size), () => Promise.reject(cause));
        expect((await failureOf(bench.store.write(name, source))) === (cause as unknown)).toBe(true);
        expect(await bench.store.facts(name)).toBe(undefined);
        expect((await failureOf(bench.store.read(name)))?.code).toBe('DOCUMENT_NOT_FOUND');
      }
    });

    it('leave what was there before', async () => {
      const name = bench.unique('kept');
      await bench.store.write(name, streamOf('before'));
      const source = broken(bytesLike(name, bench.largeBytes), () => Promise.reject(new Error('gone')));
      await failureOf(bench.store.write(name, source));
      expect(await textOf(bench.store, name)).toBe('before');
      expect(await bench.store.facts(name)).toMatchObject({ bytes: 6, sha256: sha256('before') });
    });

    it('by a signal end a write at once, although its source gives nothing', async () => {
      const reason = new Error('the seller changed his mind');
      for (const size of [10, bench.largeBytes]) {
        const name = bench.unique('aborted');
        const abort = new AbortController();
        const source = stalled(bytesLike(name, size));
        const write = failureOf(bench.store.write(name, source, { signal: abort.signal }));
        setTimeout(() => abort.abort(reason), 50);
        expect((await write) === (reason as unknown)).toBe(true);
        expect(source.destroyed).toBe(true);
        expect(await bench.store.facts(name)).toBe(undefined);
      }
    });

    it('before the beginning do nothing', async () => {
      const name = bench.unique('never');
      const reason = new Error('never mind');
      const signal = AbortSignal.abort(reason);
      const source = streamOf('x');
      expect((await failureOf(bench.store.write(name, source, { signal }))) === (reason as unknown)).toBe(
        true,
      );
      expect(source.destroyed).toBe(true);
      await bench.store.write(name, streamOf('x'));
      expect((await failureOf(bench.store.read(name, { signal }))) === (reason as unknown)).toBe(true);
    });

    it('by a signal end a read', async () => {
      const reason = new Error('enough');
      const { abort, bytes } = await opened('reading');
      const read = failureOf(
        (async () => {
          for await (const _ of bytes) abort.abort(reason);
        })(),
      );
      expect((await read) === (reason as unknown)).toBe(true);
    });

    it('by a signal, before anybody reads, are told to whoever reads late', async () => {
      const reason = new Error('too late');
      const { abort, bytes } = await opened('unread');
      abort.abort(reason);
      await new Promise((closed) => bytes.once('close', closed));
      expect((await failureOf(allOf(bytes))) === (reason as unknown)).toBe(true);
    });

    it('by a reader who has seen enough free everything', async () => {
      const name = bench.unique('enough');
      const content = bytesLike(name, bench.largeBytes);
      await bench.store.write(name, streamOf(content));
      for (let time = 0; time < 20; time++) {
        const bytes = await bench.store.read(name);
        for await (const chunk of bytes) {
          expect((chunk as Buffer).equals(content.subarray(0, (chunk as Buffer).length))).toBe(true);
          break;
        }
        expect(bytes.destroyed).toBe(true);
      }
      expect((await allOf(await bench.store.read(name))).equals(content)).toBe(true);
      expect(await bench.store.delete(name)).toBe(true);
    });
  });
}
