import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateSealKey } from '@fluxori/backend';
import { type Sandbox, startSandbox } from '@fluxori/sandbox';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CommandLine } from '../testing/command-line.js';
import { accountsOf, type Home, homeForMany, testAccount } from '../testing/main-job.js';

const listings = 'GET_MERCHANT_LISTINGS_DATA_LITER';
const addresses = 'GET_FLAT_FILE_ORDER_REPORT_DATA_SHIPPING';
const buyer = 'Thandiwe Mokoena';

let sandbox: Sandbox;
let home: Home;
let fluxori: CommandLine;

interface Listed {
  readonly documentId: string;
  readonly account: string;
  readonly reportType: string;
  readonly kept?: { readonly store: string };
}

beforeAll(async () => {
  sandbox = await startSandbox({
    ...{ orders: 3, skus: 3, rateLimits: false },
    reports: { queueMs: 2, progressMs: 2 },
  });
  await sandbox.setReport(listings, { content: 'seller-sku\tquantity\r\nA\t3\r\n' });
  await sandbox.setReport(addresses, { content: `order-id\trecipient-name\r\n701-1\t${buyer}\r\n` });
  home = await homeForMany();
  fluxori = new CommandLine(home.path, {
    ...{ FLUXORI_BACKEND: home.backendUrl, FLUXORI_HOME: home.path },
    FLUXORI_SEAL_KEY: generateSealKey().reveal(),
  });
  const limits = { '*': { ratePerSecond: 1_000, burst: 100 } };
  const [[name, account]] = Object.entries(accountsOf(sandbox)) as [[string, object]];
  const workflows = { firstPollMs: 20, longestPollMs: 50, listedAfterMs: 20 };
  await writeFile(
    join(home.path, 'fluxori.config.json'),
    JSON.stringify({ workflows, accounts: { [name]: { ...account, limits } } }),
  );
});
afterAll(async () => {
  await sandbox.close();
  await home[Symbol.asyncDispose]();
});
beforeEach(() => sandbox.resetCounters());

async function listed(...options: string[]): Promise<readonly Listed[]> {
  return fluxori.json<Listed[]>('documents', 'list', ...options);
}

async function filesOf(folder: 'documents' | 'documents-sealed'): Promise<readonly string[]> {
  const entries = await readdir(join(home.path, folder), { recursive: true, withFileTypes: true }).catch(
    () => [],
  );
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

describe('the places of documents', () => {
  it('are told by `config check`, and a URL that is none is refused, naming those that there are', async () => {
    expect(await fluxori.json('config', 'check')).toMatchObject({
      contents: `file:${join(home.path, 'documents')}`,
      sealedContents: `file:${join(home.path, 'documents-sealed')}`,
    });
    await writeFile(join(home.path, 'ftp.json'), JSON.stringify({ documents: { contents: 'ftp://files' } }));
    for (const command of [
      ['config', 'check'],
      ['documents', 'list'],
    ]) {
      const { code, stderr } = await fluxori.run(...command, '--config', 'ftp.json');
      expect(code).toBe(3);
      expect(stderr).toMatch(/"ftp:".*file:<folder>.*s3:/);
    }
  });
});

describe('fluxori documents', () => {
  it('says that nothing is known, at first', async () => {
    const { code, stdout } = await fluxori.run('documents', 'list');
    expect([code, stdout]).toEqual([0, 'Nothing is known of any document.\n']);
  });

  it('lists what reports have kept, plain or sealed, without asking Amazon and without a URL', async () => {
    for (const type of [listings, addresses]) await fluxori.json('reports', 'run', type);
    sandbox.resetCounters();
    const { stdout } = await fluxori.run('documents', 'list', '--kept');
    expect(stdout).toContain(listings);
    expect(sandbox.counters().requests).toBe(0);
    const documents = await listed('--kind', 'report');
    const [document, personal] = [listings, addresses].map((type) =>
      documents.find((one) => one.reportType === type),
    );
    expect(personal).toMatchObject({ kept: { store: 'sealedContents' } });
    for (const file of await filesOf('documents-sealed'))
      expect(await readFile(file, 'latin1')).not.toContain(buyer);
    expect(document).toMatchObject({
      account: testAccount,
      reportType: listings,
      kept: { store: 'contents' },
    });
    expect(fluxori.everything).not.toContain('X-Amz-Signature');
    expect(await listed('--kind', 'feed')).toEqual([]);
    expect(await listed('--no-kept', '--kind', 'report', '--account', testAccount)).toEqual([]);
    expect(await filesOf('documents')).toHaveLength(1);
  });

  it('names the kinds that there are', async () => {
    const { code, stderr } = await fluxori.run('documents', 'list', '--kind', 'letter');
    expect(code).not.toBe(0);
    expect(stderr).toContain('report, feed, data-kiosk');
  });

  it('deletes the copies that are named, and says when one is not known, deleting none', async () => {
    const all = await listed();
    const { documentId = '' } = all.find(({ reportType }) => reportType === listings) ?? {};
    const wrong = await fluxori.run('documents', 'delete', documentId, 'amzn1.unknown');
    expect(wrong.code).not.toBe(0);
    expect(wrong.stderr).toMatch(
      /Nothing is known of amzn1\.unknown .*Nothing was deleted[\s\S]*documents list/,
    );
    expect(await filesOf('documents')).toHaveLength(1);
    const { code, stdout } = await fluxori.run('documents', 'delete', documentId);
    expect([code, stdout]).toEqual([0, 'Deleted: 1 document.\n']);
    expect(await filesOf('documents')).toEqual([]);
    expect((await listed()).map(({ reportType }) => reportType)).toEqual([addresses]);
  });

  it('sweeps what writers that died have left, and says how much that was', async () => {
    await fluxori.json('reports', 'run', listings, '--out', join(home.path, 'again.csv'));
    const left = join(home.path, 'documents', '@writing', 'elsewhere-1-left');
    await writeFile(left, Buffer.alloc(2_048));
    const hourAgo = new Date(Date.now() - 2 * 60 * 60_000);
    await utimes(left, hourAgo, hourAgo);
    const { code, stdout } = await fluxori.run('documents', 'sweep');
    expect([code, stdout]).toEqual([
      0,
      'Deleted: documents past their time 0, copies 0, leftovers of writers that died 1; 2.0 KiB freed.\n',
    ]);
    const swept = await fluxori.json('documents', 'sweep', '--account', testAccount);
    expect(swept).toEqual({ documents: 0, copies: 0, leftovers: 0, bytes: 0 });
    expect(await filesOf('documents')).toHaveLength(1);
  });
});
