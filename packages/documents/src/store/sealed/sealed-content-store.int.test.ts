import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { allOf, bytesLike, failureOf, streamOf, textOf } from '../../conformance/under-test.js';
import { sealingWith } from '../../testing/sealing.js';
import { FolderContentStore } from '../folder/folder-content-store.js';
import { SealedContentStore } from './sealed-content-store.js';

const sealedChunk = 65_536 + 16;

describe('a sealed content', () => {
  let folder: string;
  let below: FolderContentStore;
  let store: SealedContentStore;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fluxori-sealed-'));
    below = new FolderContentStore({ folder });
    store = new SealedContentStore({ store: below, sealing: sealingWith('ours') });
  });
  afterEach(() => rm(folder, { recursive: true }));

  const names = async (prefix: string): Promise<string[]> => {
    const found: string[] = [];
    for await (const { name } of below.list(prefix)) found.push(name);
    return found;
  };
  const bodyOf = async (name: string): Promise<string> => {
    const [body] = await names(`sealed-bodies/${name}/`);
    return body as string;
  };
  const raw = async (name: string) => allOf(await below.read(name));
  /** Writes something else in the place of what lies below, so that the store below vouches for it. */
  const lay = (name: string, bytes: Buffer) => below.write(name, streamOf(bytes));
  const readingFails = async (name: string, from = 0) =>
    (await failureOf(store.read(name, { from }).then((bytes) => allOf(bytes))))?.code;

  it('cannot be recognised below, nor its size or digest in what lies beside it', async () => {
    const text = 'buyer-name,buyer-phone\nNomvula Dlamini,+27 11 555 0100\n'.repeat(50);
    const { sha256 } = await store.write('report', streamOf(text));
    for (const name of await names('')) {
      const lying = (await raw(name)).toString('latin1');
      for (const telling of ['Nomvula', 'buyer', sha256]) expect(lying).not.toContain(telling);
    }
    const first = await raw(await bodyOf('report'));
    await store.write('report', streamOf(text));
    expect((await raw(await bodyOf('report'))).equals(first)).toBe(false);
  });

  it('with any bit changed is refused, and gives no byte of the changed chunk', async () => {
    const bytes = bytesLike('bits', 150_000);
    await store.write('report', streamOf(bytes));
    const body = await bodyOf('report');
    const whole = await raw(body);
    const places = {
      'first byte': 0,
      'within the first chunk': 30_000,
      'last byte of a chunk': 65_535,
      'tag of a chunk': 65_536 + 3,
      'last byte of a tag': sealedChunk - 1,
      'first byte of the second chunk': sealedChunk,
      'within the last chunk': 2 * sealedChunk + 100,
      'tag of the last chunk': whole.length - 16,
      'last byte': whole.length - 1,
    };
    for (const [place, at] of Object.entries(places)) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] as number) ^ 1;
      await lay(body, changed);
      const given: Buffer[] = [];
      const stream = await store.read('report');
      const failure = await failureOf(
        (async () => {
          for await (const chunk of stream) given.push(chunk as Buffer);
        })(),
      );
      expect([place, failure?.code]).toEqual([place, 'DOCUMENT_DAMAGED']);
      const trusted = Buffer.concat(given);
      expect(trusted.length).toBeLessThanOrEqual(Math.floor(at / sealedChunk) * 65_536);
      expect(trusted.equals(bytes.subarray(0, trusted.length))).toBe(true);
    }
    await lay(body, whole);
    expect((await allOf(await store.read('report'))).equals(bytes)).toBe(true);
  });

  it('cut off anywhere, also between two chunks, is refused', async () => {
    await store.write('report', streamOf(bytesLike('cut', 3 * 65_536)));
    const body = await bodyOf('report');
    const whole = await raw(body);
    for (const size of [0, 1, sealedChunk - 1, sealedChunk, 2 * sealedChunk, whole.length - 1]) {
      await lay(body, whole.subarray(0, size));
      expect([size, await readingFails('report')]).toEqual([size, 'DOCUMENT_TRUNCATED']);
    }
    for (const from of [65_536, 2 * 65_536 + 5, 3 * 65_536]) {
      await lay(body, whole.subarray(0, sealedChunk));
      expect(await readingFails('report', from)).toMatch(/^DOCUMENT_(TRUNCATED|DAMAGED)$/);
    }
  });

  it('with something put behind it, or a chunk in another’s place, is refused', async () => {
    await store.write('report', streamOf(bytesLike('order', 3 * 65_536)));
    const body = await bodyOf('report');
    const whole = await raw(body);
    const chunk = (index: number) => whole.subarray(index * sealedChunk, (index + 1) * sealedChunk);
    const forgeries = [
      [chunk(1), chunk(0), chunk(2)],
      [chunk(0), chunk(0), chunk(2)],
      [chunk(2), chunk(1), chunk(0)],
      [chunk(0), chunk(1), chunk(1)],
      [chunk(0), chunk(1), chunk(2), chunk(2)],
      [whole, Buffer.from('x')],
      [chunk(0), chunk(2)],
    ];
    for (const forgery of forgeries) {
      await lay(body, Buffer.concat(forgery));
      expect(await readingFails('report')).toMatch(/^DOCUMENT_(DAMAGED|TRUNCATED)$/);
    }
  });

  it('under another’s name, or with another’s body or key, is refused', async () => {
    await store.write('one', streamOf('the first'));
    await store.write('two', streamOf('the other'));
    const [one, two] = [await bodyOf('one'), await bodyOf('two')];
    const [bodyOne, bodyTwo] = [await raw(one), await raw(two)];
    const [keyOne, keyTwo] = [await raw('sealed-keys/one'), await raw('sealed-keys/two')];
    await lay(one, bodyTwo);
    await lay(two, bodyOne);
    expect(await readingFails('one')).toBe('DOCUMENT_DAMAGED');
    await lay('sealed-keys/one', keyTwo);
    await lay('sealed-keys/two', keyOne);
    for (const name of ['one', 'two']) {
      expect(await readingFails(name)).toBe('DOCUMENT_DAMAGED');
      expect((await failureOf(store.facts(name)))?.code).toBe('DOCUMENT_DAMAGED');
    }
    const { generation } = JSON.parse(keyTwo.toString()) as { generation: string };
    await lay(
      'sealed-keys/one',
      Buffer.from(JSON.stringify({ ...JSON.parse(keyOne.toString()), generation })),
    );
    expect(await readingFails('one')).toBe('DOCUMENT_DAMAGED');
  });

  it('whose key was damaged in any way is refused, and can be replaced and deleted', async () => {
    const good = async () => {
      await store.write('report', streamOf('x'));
      return (await raw('sealed-keys/report')).toString();
    };
    const damages: ((text: string) => string)[] = [
      () => '',
      () => 'null',
      () => '{}',
      (text) => text.slice(0, -5),
      (text) => text.replace(/"generation":"../, '"generation":"zz'),
      (text) => text.replace(/"generation":"[0-9a-f]+"/, '"generation":"../../outside"'),
      // The first letter of the seal's tag; the last one has bits that nobody reads.
      (text) => text.replace(/\.([^."])([^."]+"})$/, (_, one, rest) => `.${one === 'A' ? 'B' : 'A'}${rest}`),
      () => ' '.repeat(100_000),
    ];
    for (const damage of damages) {
      await lay('sealed-keys/report', Buffer.from(damage(await good())));
      expect([damage.toString(), await readingFails('report')]).toEqual([
        damage.toString(),
        'DOCUMENT_DAMAGED',
      ]);
    }
    expect(await store.delete('report')).toBe(true);
    expect(await store.facts('report')).toBeUndefined();
  });

  it('is opened by its key only; without it, it can be deleted, not replaced', async () => {
    await store.write('report', streamOf('x'));
    const others = new SealedContentStore({ store: below, sealing: sealingWith('theirs') });
    for (const attempt of [
      others.read('report'),
      others.facts('report'),
      others.write('report', streamOf('y')),
    ]) {
      expect((await failureOf(attempt))?.code).toBe('SEAL_KEY_WRONG');
    }
    expect(await textOf(store, 'report')).toBe('x');
    expect(await others.delete('report')).toBe(true);
    expect(await names('')).toEqual([]);
  });

  it('is wrapped with a new key without being rewritten', async () => {
    const contents = ['a', 'b', 'c/d'];
    for (const name of contents) await store.write(name, streamOf(name));
    const before = await Promise.all(contents.map(async (name) => below.facts(await bodyOf(name))));
    const both = new SealedContentStore({ store: below, sealing: sealingWith('newer', 'ours') });
    expect(await both.rewrap()).toEqual({ rewrapped: 3, current: 0 });
    expect(await both.rewrap()).toEqual({ rewrapped: 0, current: 3 });
    expect(await Promise.all(contents.map(async (name) => below.facts(await bodyOf(name))))).toEqual(before);
    const newer = new SealedContentStore({ store: below, sealing: sealingWith('newer') });
    for (const name of contents) expect(await textOf(newer, name)).toBe(name);
    expect((await failureOf(store.read('a')))?.code).toBe('SEAL_KEY_WRONG');
    expect((await failureOf(store.rewrap()))?.code).toBe('SEAL_KEY_WRONG');
  });

  it('that a crash left without its key is swept when it is old, and none other', async () => {
    await store.write('kept', streamOf('kept'));
    await lay('sealed-bodies/lost/0123456789abcdef01234567', Buffer.from('noise'));
    await lay('sealed-bodies/kept/0123456789abcdef01234567', Buffer.from('noise'));
    expect(await store.sweep()).toEqual({ removed: 0, bytes: 0 });
    expect(await store.sweep({ idleMs: 0 })).toEqual({ removed: 2, bytes: 10 });
    expect(await textOf(store, 'kept')).toBe('kept');
    expect(await names('sealed-bodies/')).toEqual([await bodyOf('kept')]);
  });

  /** As a disk or another program would change it: the store below does not know of it. */
  const cutOff = async (name: string) => truncate(join(folder, `${name}@content`), 20);

  it('whose body the store below finds damaged is swept, and keeps none of the others from it', async () => {
    await store.write('a', streamOf('a'));
    await store.write('b', streamOf('b'));
    await lay('sealed-bodies/lost/0123456789abcdef01234567', Buffer.from('noise'));
    await cutOff(await bodyOf('a'));
    expect(await store.sweep({ idleMs: 0 })).toEqual({ removed: 2, bytes: 25 });
    expect(await names('')).toEqual(['sealed-bodies/b', 'sealed-keys/b'].map(expect.stringContaining));
    expect(await store.facts('a')).toBeUndefined();
    expect(await textOf(store, 'b')).toBe('b');
  });

  it('whose key the store below finds damaged is named by the list, so that it can be deleted', async () => {
    await store.write('documents/a', streamOf('a'));
    await store.write('documents/b', streamOf('b'));
    await cutOff('sealed-keys/documents/a');
    const failure = await failureOf(Array.fromAsync(store.list('documents/')));
    expect(failure).toMatchObject({ code: 'DOCUMENT_DAMAGED', details: { name: 'documents/a' } });
    expect(await store.delete('documents/a')).toBe(true);
    expect(await Array.fromAsync(store.list('documents/'))).toMatchObject([{ name: 'documents/b' }]);
  });

  it('whose body was taken away is damaged, not unknown: whoever keeps copies drops it and fetches it again', async () => {
    await store.write('report', streamOf('x'));
    await below.delete(await bodyOf('report'));
    expect(await readingFails('report')).toBe('DOCUMENT_DAMAGED');
    await store.write('report', streamOf('y'));
    expect(await textOf(store, 'report')).toBe('y');
  });
});
