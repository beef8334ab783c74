import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CommandLine } from '../testing/command-line.js';

const small = ['sandbox', '--orders', '3', '--skus', '2'];

let folder: string;
let fluxori: CommandLine;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fluxori-sandbox-'));
  fluxori = new CommandLine(folder, {});
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Starts it, waits until it says that it runs, and ends it as Ctrl-C does. */
async function startAndStop(...args: string[]) {
  const running = fluxori.start(...small, ...args);
  const over = running.ended.then(() => true);
  while (!running.printed().includes('is running')) {
    if (await Promise.race([over, new Promise<false>((go) => setTimeout(go, 20, false))])) break;
  }
  return running.stop();
}

describe('fluxori sandbox', () => {
  it('has a queue to which notifications can be sent', async () => {
    const running = fluxori.start(...small, '--json');
    await running.prints((printed) => printed.includes('\n'));
    const { queue, eventBridge } = JSON.parse(running.printed()) as Record<
      string,
      { arn: string; url: string }
    >;
    const answer = await fetch(queue?.url ?? '');
    expect([queue?.arn, eventBridge]).toEqual([
      'arn:aws:sqs:us-east-1:000000000000:sp-api',
      '000000000000/us-east-1',
    ]);
    expect(answer.headers.get('x-amzn-requestid')).not.toBeNull();
    expect((await running.stop()).code).toBe(0);
  });
});

describe('fluxori sandbox --write-config', () => {
  const read = async (file: string) => JSON.parse(await readFile(join(folder, file), 'utf8'));

  it('makes a file that only its owner may read', async () => {
    const { code, stdout } = await startAndStop('--write-config', 'new.json');
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('new.json') });
    expect(Object.keys((await read('new.json')).accounts)).toEqual(['sandbox-za']);
    expect((await stat(join(folder, 'new.json'))).mode & 0o777).toBe(0o600);
  });

  it('leaves what stands in the file already, and puts its own account anew', async () => {
    const mine = { connector: 'amazon-sp', sellerId: 'A2MINE', refreshToken: 'secret:mine' };
    const before = { backend: 'redis://cache', accounts: { mine, 'sandbox-za': { sellerId: 'OLD' } } };
    await writeFile(join(folder, 'own.json'), JSON.stringify(before));
    expect((await startAndStop('--write-config', 'own.json')).code).toBe(0);
    const after = await read('own.json');
    expect(after).toMatchObject({ backend: 'redis://cache', accounts: { mine } });
    expect(after.accounts['sandbox-za']).toMatchObject({ connector: 'amazon-sp', endpoints: {} });
    expect(after.accounts['sandbox-za'].sellerId).not.toBe('OLD');
  });

  it.each([
    ['a folder that is not there', 'nowhere/x.json', undefined],
    ['a file that is no JSON', 'x.json', 'accounts:'],
    ['accounts that are no object', 'x.json', '{"accounts":[]}'],
  ])('says what to do about %s, before it runs', async (_what, file, text) => {
    if (text !== undefined) await writeFile(join(folder, file), text);
    const { code, stdout, stderr } = await startAndStop('--write-config', file);
    expect({ code, stdout, stderr }).toEqual({
      code: 3,
      stdout: '',
      stderr: expect.stringContaining('What to do'),
    });
    if (text !== undefined) expect(await readFile(join(folder, file), 'utf8')).toBe(text);
  });
});

describe('fluxori sandbox --port', () => {
  it('is bad input when the eight in a row do not fit', async () => {
    const { code, stderr } = await fluxori.run(...small, '--port', '65533');
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--port.*65528[\s\S]*What to do/),
    });
  });
});
