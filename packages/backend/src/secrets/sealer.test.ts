import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { generateSealKey, sealKeysFrom } from './seal-keys.js';
import { Sealer } from './sealer.js';

const [oldKey, newKey] = [generateSealKey().reveal(), generateSealKey().reveal()];
const sealerOf = (text: string) => new Sealer(sealKeysFrom(text));

async function failure(work: () => unknown): Promise<Record<string, unknown>> {
  try {
    await work();
  } catch (error) {
    return error as Record<string, unknown>;
  }
  throw new Error('it did not fail');
}

describe('Sealer', () => {
  it('seals as JWE dir with A256GCM, differently each time, and opens it again', async () => {
    const sealer = sealerOf(newKey);
    const plain = 'Atza|a token, š 例 🚚';
    const [one, two] = [await sealer.seal(plain), await sealer.seal(plain)];
    expect(one).not.toBe(two);
    const [header, encryptedKey] = one.split('.');
    expect(JSON.parse(Buffer.from(header!, 'base64url').toString())).toEqual({
      alg: 'dir',
      enc: 'A256GCM',
      kid: sealKeysFrom(newKey).current.id,
    });
    expect(encryptedKey).toBe('');
    expect([
      await sealer.open(one),
      await sealer.open(two),
      await sealer.open(await sealer.seal('')),
    ]).toEqual([plain, plain, '']);
  });

  it('opens what an older key sealed, and seals with the first', async () => {
    const both = sealerOf(`${newKey}, ${oldKey}`);
    const old = await sealerOf(oldKey).seal('x');
    expect(await both.open(old)).toBe('x');
    expect(both.isCurrent(old)).toBe(false);
    const fresh = await both.seal('y');
    expect(both.isCurrent(fresh)).toBe(true);
    expect(await sealerOf(newKey).open(fresh)).toBe('y');
  });

  it('says which key it needs when it has another, and tells no key', async () => {
    const error = await failure(async () => sealerOf(newKey).open(await sealerOf(oldKey).seal('x')));
    expect(error).toMatchObject({
      name: 'ConfigurationError',
      code: 'SEAL_KEY_WRONG',
      remedy: expect.stringContaining(sealKeysFrom(oldKey).current.id),
      details: { sealedWith: sealKeysFrom(oldKey).current.id, here: [sealKeysFrom(newKey).current.id] },
    });
    const printed = inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error);
    for (const key of [oldKey, newKey]) expect(printed).not.toContain(key);
  });

  it.each([0, 2, 3, 4])('notices a change in part %i of what it sealed', async (part) => {
    const sealer = sealerOf(newKey);
    const parts = (await sealer.seal('some longer text')).split('.');
    const bytes = Buffer.from(parts[part]!, 'base64url');
    // In the header, a field is added; the key's id stays readable.
    const changed = part === 0 ? Buffer.from(bytes.toString().replace('{', '{"a":1,')) : Buffer.from(bytes);
    if (part !== 0) changed.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
    parts[part] = changed.toString('base64url');
    expect(await failure(() => sealer.open(parts.join('.')))).toMatchObject({ code: 'SEAL_BROKEN' });
  });

  it.each(['', 'Atza|a-token-in-the-clear', 'a.b.c.d.e', '....', `${'e30'}....`])(
    'does not take %j for something sealed, nor repeat it',
    async (text) => {
      const error = await failure(() => sealerOf(newKey).open(text));
      expect(error).toMatchObject({ code: 'SEAL_BROKEN' });
      expect(inspect(error)).not.toContain('in-the-clear');
    },
  );

  it('lets nobody choose another way of sealing', async () => {
    const { CompactEncrypt } = await import('jose');
    const { current } = sealKeysFrom(newKey);
    const wrapped = await new CompactEncrypt(new TextEncoder().encode('x'))
      .setProtectedHeader({ alg: 'A256KW', enc: 'A256GCM', kid: current.id })
      .encrypt(current.bytes.reveal());
    expect(await failure(() => sealerOf(newKey).open(wrapped))).toMatchObject({ code: 'SEAL_BROKEN' });
  });
});

describe('sealKeysFrom', () => {
  it('reads base64url and base64, several by commas, and hides them', () => {
    const base64 = Buffer.from(oldKey, 'base64url').toString('base64');
    const keys = sealKeysFrom(` ${newKey} ,${base64}\n`);
    expect(keys.current.id).toBe(sealKeysFrom(newKey).current.id);
    expect(keys.older?.map((key) => key.id)).toEqual([sealKeysFrom(oldKey).current.id]);
    expect(inspect(keys, { depth: 9, showHidden: true }) + JSON.stringify(keys)).not.toContain(
      newKey.slice(0, 8),
    );
  });

  it.each([
    ['empty', ''],
    ['not base64url', 'correct horse battery staple'],
    ['5 bytes', 'c2hvcnQ'],
    ['not random', Buffer.alloc(32, 'ab').toString('base64url')],
    ['key 2 of 2 has', `${newKey},${newKey}x`],
  ])('refuses what is no key: %s', async (problem, text) => {
    const error = await failure(() => sealKeysFrom(text));
    expect(error).toMatchObject({ name: 'ConfigurationError', message: expect.stringContaining(problem) });
    if (text !== '') expect(inspect(error)).not.toContain(text);
  });
});
