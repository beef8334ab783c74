import { type JsonValue, type Logger, ManualClock, silentLogger } from '@fluxori/core';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Lifetime } from '../life/lifetime.js';
import { MemoryKeyValueStore } from '../memory/memory-key-value-store.js';
import { checkUnsealed } from './check-unsealed.js';
import { generateSealKey, sealKeysFrom } from './seal-keys.js';
import { SealedKeyValueStore, sealMarkKey } from './sealed-key-value-store.js';
import { Sealer } from './sealer.js';

const [oldKey, newKey] = [generateSealKey().reveal(), generateSealKey().reveal()];
const token = { access_token: 'Atza|very-secret', expires_in: 3600 };

let clock: ManualClock;
let below: MemoryKeyValueStore;
const warnings: unknown[] = [];
const logger: Logger = { ...silentLogger, warn: (fields) => void warnings.push(fields) };

beforeEach(() => {
  clock = new ManualClock();
  below = new MemoryKeyValueStore(clock, new Lifetime('memory:'));
  warnings.length = 0;
});

const sealed = (keys = newKey) =>
  new SealedKeyValueStore({ store: below, sealer: new Sealer(sealKeysFrom(keys)), clock, logger });

describe('SealedKeyValueStore', () => {
  it('gives back what was set, and leaves nothing readable below but the key', async () => {
    for (const value of [token, null, 0, '', ['a', { b: null }]] satisfies JsonValue[]) {
      await sealed().set('token/1', value);
      expect(await sealed().get('token/1')).toEqual(value);
    }
    await sealed().set('token/1', token);
    expect(JSON.stringify(await below.get('token/1'))).not.toMatch(/Atza|secret|access_token|3600/);
    expect(await sealed().keys('token/')).toEqual(['token/1']);
    await sealed().delete('token/1');
    expect(await sealed().get('token/1')).toBeUndefined();
  });

  it('keeps the end of a value', async () => {
    await sealed().set('token/1', token, { ttlMs: 1_000 });
    await clock.advance(999);
    expect(await sealed().get('token/1')).toEqual(token);
    await clock.advance(1);
    expect(await sealed().get('token/1')).toBeUndefined();
  });

  it('takes a value that was written unsealed for absent, and seals the next', async () => {
    await below.set('token/1', token);
    expect(await sealed().get('token/1')).toBeUndefined();
    await sealed().set('token/1', token);
    expect(JSON.stringify(await below.get('token/1'))).not.toContain('Atza');
  });

  it('notices that two values were exchanged: neither is used, and it is logged', async () => {
    await sealed().set('token/1', 'one');
    await sealed().set('token/2', 'two');
    const [one, two] = [await below.get('token/1'), await below.get('token/2')];
    await below.set('token/1', two as JsonValue);
    await below.set('token/2', one as JsonValue);
    expect([await sealed().get('token/1'), await sealed().get('token/2')]).toEqual([undefined, undefined]);
    expect(warnings).toEqual(['token/1', 'token/2'].map((key) => ({ key, code: 'SEAL_BROKEN' })));
  });

  it('refuses with the wrong key to read or to replace, so that the right key still finds the value', async () => {
    await sealed(oldKey).set('token/1', token);
    const before = await below.get('token/1');
    await expect(sealed(newKey).get('token/1')).rejects.toMatchObject({
      name: 'ConfigurationError',
      code: 'SEAL_KEY_WRONG',
      remedy: expect.stringContaining('FLUXORI_SEAL_KEY'),
    });
    await expect(sealed(newKey).set('token/1', 'mine')).rejects.toMatchObject({ code: 'SEAL_KEY_WRONG' });
    await expect(sealed(newKey).reseal('token/1')).rejects.toMatchObject({ code: 'SEAL_KEY_WRONG' });
    expect(await below.get('token/1')).toEqual(before);
    expect(await sealed(oldKey).get('token/1')).toEqual(token);
  });

  it('tells a program at its start that its key is not that of the others, also while nothing else is there', async () => {
    await sealed(oldKey).checkKey();
    await sealed(oldKey).checkKey();
    await sealed(`${newKey},${oldKey}`).checkKey();
    await expect(sealed(newKey).checkKey()).rejects.toMatchObject({ code: 'SEAL_KEY_WRONG' });
    expect(await sealed(`${newKey},${oldKey}`).reseal(sealMarkKey)).toBe('resealed');
    await sealed(newKey).checkKey();
    await expect(sealed(oldKey).checkKey()).rejects.toMatchObject({ code: 'SEAL_KEY_WRONG' });
  });

  it('tells a program that has no key that the others seal here, with the id of the key that is needed', async () => {
    await checkUnsealed(below);
    expect(await below.keys('')).toEqual([]);
    await below.set('token/1', token);
    await checkUnsealed(below);
    await sealed(oldKey).checkKey();
    const { id } = sealKeysFrom(oldKey).current;
    await expect(checkUnsealed(below)).rejects.toMatchObject({
      name: 'ConfigurationError',
      code: 'SEAL_KEY_WRONG',
      field: 'FLUXORI_SEAL_KEY',
      message: expect.stringContaining(id),
      remedy: expect.stringMatching(new RegExp(`Set FLUXORI_SEAL_KEY .*${id}`)),
      details: { sealedWith: id, here: [] },
    });
  });

  it('takes a damaged mark for a mark: who has no key is not let in by it', async () => {
    await below.set(sealMarkKey, { jwe: 'damaged' });
    await expect(checkUnsealed(below)).rejects.toMatchObject({ code: 'SEAL_KEY_WRONG' });
  });

  it('reseals with the current key, and the end stays what it was', async () => {
    await sealed(oldKey).set('token/1', token, { ttlMs: 1_000 });
    await clock.advance(400);
    const both = sealed(`${newKey},${oldKey}`);
    expect(await both.reseal('token/1')).toBe('resealed');
    expect(await both.reseal('token/1')).toBe('already-current');
    expect(await both.reseal('token/2')).toBe('absent');
    await below.set('token/3', token);
    expect(await both.reseal('token/3')).toBe('unsealed');
    expect(await sealed(newKey).get('token/1')).toEqual(token);
    await clock.advance(599);
    expect(await sealed(newKey).get('token/1')).toEqual(token);
    await clock.advance(1);
    expect(await sealed(newKey).get('token/1')).toBeUndefined();
  });
});
