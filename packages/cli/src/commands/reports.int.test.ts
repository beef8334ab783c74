import { randomBytes } from 'node:crypto';
import { copyFile, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Sandbox, startSandbox } from '@fluxori/sandbox';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CommandLine } from '../testing/command-line.js';
import { accountsOf, type Home, homeForMany, temporaryHome } from '../testing/main-job.js';

const listings = 'GET_MERCHANT_LISTINGS_DATA_LITER';
const text = 'seller-sku\tquantity\r\nA,1\t3\r\nB\t4\r\n';

let sandbox: Sandbox;
let home: Home;
let fluxori: CommandLine;
const file = (name: string) => join(home.path, name);

beforeAll(async () => {
  sandbox = await startSandbox({
    ...{ orders: 3, skus: 3, rateLimits: false },
    reports: { queueMs: 2, progressMs: 2 },
  });
  await sandbox.setReport(listings, { content: Buffer.from(text) });
  home = await homeForMany();
  const key = randomBytes(32).toString('base64url');
  fluxori = new CommandLine(home.path, { FLUXORI_BACKEND: home.backendUrl, FLUXORI_SEAL_KEY: key });
  const limits = { '*': { ratePerSecond: 1_000, burst: 100 } };
  const [[name, account]] = Object.entries(accountsOf(sandbox)) as [[string, object]];
  const workflows = { firstPollMs: 20, longestPollMs: 50, listedAfterMs: 20 };
  await writeFile(
    join(home.path, 'fluxori.config.json'),
    JSON.stringify({
      workflows,
      accounts: { [name]: { ...account, limits } },
      // It would be one more job, if it became 3:17 meanwhile.
      privacy: { sweep: false },
    }),
  );
});
afterAll(async () => {
  await sandbox.close();
  await home[Symbol.asyncDispose]();
});
beforeEach(() => {
  sandbox.clearOutcomes();
  sandbox.resetCounters();
});

describe('fluxori reports run', () => {
  it('asks for a report, waits for it, writes its rows, and counts them', async () => {
    const { code, stdout, stderr } = await fluxori.run('reports', 'run', listings, '--out', 'a.csv');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/Report \d+ \(GET_MERCHANT_LISTINGS_DATA_LITER\): DONE\./);
    expect(stdout).toContain(`2 rows, 34 bytes in ${file('a.csv')}`);
    expect(await readFile(file('a.csv'), 'utf8')).toBe('sellerSku,quantity\r\n"A,1",3\r\nB,4\r\n');
    expect(sandbox.counters().reports.created).toBe(1);
  });

  it('takes one that was made before, when told so, and tells it to programs', async () => {
    await fluxori.run('reports', 'run', listings);
    const again = await fluxori.json<{ provenance: string; file: { rows: number } }>(
      ...['reports', 'run', listings, '--reuse', '60', '--out', file('b.txt'), '--as', 'jsonl'],
    );
    expect(again).toMatchObject({ provenance: 'reused', processingStatus: 'DONE', file: { rows: 2 } });
    expect(await readFile(file('b.txt'), 'utf8')).toContain('{"sellerSku":"B","quantity":4}\n');
    expect(sandbox.counters().reports.created).toBe(1);
  });

  it('passes span, marketplace and options on', async () => {
    const type = 'GET_SALES_AND_TRAFFIC_REPORT';
    await sandbox.setReport(type, { content: Buffer.from('{"salesAndTrafficByDate":[]}') });
    const { stdout, code } = await fluxori.run(
      ...[
        'reports',
        'run',
        type,
        '--from',
        '7d',
        '--to',
        '1d',
        '-m',
        'ZA',
        '--option',
        'dateGranularity=WEEK',
      ],
    );
    expect([code, stdout]).toEqual([0, expect.stringContaining('For its rows: fluxori reports fetch')]);
    const [listed] = await fluxori.json<{ from: string; to: string }[]>('reports', 'list', '--type', type);
    expect(Date.parse(listed?.to ?? '') - Date.parse(listed?.from ?? '')).toBe(6 * 86_400_000);
    expect(listed?.from).toMatch(/T00:00:00.000Z$/);
  });

  it('says why there is none, and what to do', async () => {
    const spec = ['reports', 'run', 'GET_FBA_REIMBURSEMENTS_DATA', '--from', '7d'];
    const cancelled = await fluxori.run(...spec);
    expect(cancelled.code).not.toBe(0);
    expect(cancelled.stderr).toContain('there is no data for it');
    expect(cancelled.stderr).toContain('What to do:');
    const empty = await fluxori.run(...spec, '--empty-ok', '--out', 'none.tsv');
    expect([empty.code, empty.stdout]).toEqual([0, expect.stringContaining('0 rows, 0 bytes')]);
  });

  it('keeps personal data sealed, and without a key fetches none', async () => {
    const type = 'GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_SHIPPING';
    await sandbox.setReport(type, {
      content: Buffer.from('order-id\torder-item-id\tsku\tbuyer-name\r\n902-1\t7\tA\tThandi\r\n'),
    });
    await using elsewhere = await homeForMany();
    const keyless = new CommandLine(home.path, { FLUXORI_BACKEND: elsewhere.backendUrl });
    const bare = await keyless.run('reports', 'run', type);
    expect([bare.code, bare.stdout]).toEqual([0, expect.stringContaining('FLUXORI_SEAL_KEY')]);
    expect(sandbox.counters().documents.downloads).toEqual([]);
    const kept = await fluxori.run('reports', 'run', type, '--reuse', '60');
    expect([kept.code, kept.stdout]).toEqual([0, expect.stringContaining('is kept sealed')]);
    expect(sandbox.counters().documents.downloads).toHaveLength(1);
    expect(fluxori.everything + keyless.everything).not.toContain('Thandi');
    const id = /Report (\d+)/.exec(kept.stdout)?.[1] ?? '';
    const fetched = await fluxori.run('reports', 'fetch', id, '--out', 'people.csv');
    expect([fetched.code, fetched.stderr]).toEqual([2, expect.stringContaining('without a purpose')]);
    await expect(stat(file('people.csv'))).rejects.toThrow('ENOENT');
  });

  it('writes personal data into a file for who says what for, and tells the audit trail', async () => {
    const type = 'GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_SHIPPING';
    await sandbox.setReport(type, {
      content: Buffer.from('order-id\torder-item-id\tsku\tbuyer-name\r\n902-2\t7\tA\tThandi\r\n'),
    });
    const personal = ['--personal', 'shipping labels'];
    const run = ['reports', 'run', type, '--reuse', '60', '--out'];
    const written = await fluxori.json<{ reportId: string; file: Record<string, unknown> }>(
      ...[...run, 'people.csv', ...personal],
    );
    const { reportId } = written;
    expect(written.file).toMatchObject({
      ...{ path: file('people.csv'), rows: 1 },
      personal: { purpose: 'shipping labels', deleteBy: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) },
    });
    expect(await readFile(file('people.csv'), 'utf8')).toContain('Thandi');
    expect((await stat(file('people.csv'))).mode & 0o777).toBe(0o600);
    const fetched = await fluxori.run('reports', 'fetch', reportId, '--out', 'people.raw', ...personal);
    expect(fetched.stdout).toMatch(/personal data in the open[\s\S]*Delete it when it has served, by \d{4}-/);
    expect(await readFile(file('people.raw'), 'utf8')).toMatch(/^order-id\t[\s\S]*Thandi/);
    const [latest, first, ...others] = await fluxori.json<unknown[]>(
      ...['privacy', 'audit', '--action', 'exported'],
    );
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      ...{ action: 'exported', accountId: 'acme-za', what: [type], purpose: 'shipping labels' },
      ...{ place: file('people.csv'), subjects: [reportId, expect.any(String)] },
      actor: expect.stringContaining('@'),
    });
    expect(latest).toMatchObject({ place: file('people.raw') });
    const { stdout } = await fluxori.run('privacy', 'audit', '--action', 'exported');
    expect(stdout).toContain(`exported to ${file('people.csv')}: shipping labels`);
    expect(fluxori.everything).not.toContain('Thandi');
  });

  it('tells the audit trail of any report for which somebody has said what for', async () => {
    const run = ['reports', 'run', listings, '--personal', 'stock take', '--out'];
    for (const name of ['taken.csv', 'taken.raw']) {
      const { stdout } = await fluxori.run(...run, name);
      expect(stdout).toContain('--action exported');
      const [latest] = await fluxori.json<unknown[]>('privacy', 'audit', '--action', 'exported');
      expect(latest).toMatchObject({ what: [listings], purpose: 'stock take', place: file(name) });
    }
    expect(await readFile(file('taken.raw'), 'utf8')).toBe(text);
  });

  it('reads a document in the charset that it is told', async () => {
    const type = 'GET_MERCHANT_LISTINGS_DATA';
    const content = Buffer.from('seller-sku\titem-name\r\nA\tCafé\r\n', 'latin1');
    await sandbox.setReport(type, { content, contentType: 'text/plain; charset=UTF-8' });
    const run = ['reports', 'run', type, '--out', 'cafe.jsonl'];
    const wrong = await fluxori.run(...run);
    expect([wrong.code, wrong.stderr]).toEqual([9, expect.stringContaining('no UTF-8')]);
    const right = await fluxori.run(...run, '--charset', 'windows-1252');
    expect([right.code, right.stderr]).toEqual([0, '']);
    expect(await readFile(file('cafe.jsonl'), 'utf8')).toContain('Café');
    await fluxori.run(
      'reports',
      'run',
      type,
      '--charset',
      'latin1',
      '--out',
      file('later.jsonl'),
      '--no-wait',
    );
    expect(await fluxori.json('worker', '--until-idle')).toMatchObject({ completed: 1, failed: 0 });
    expect(await readFile(file('later.jsonl'), 'utf8')).toContain('Café');
  });

  it('takes a type that is newer than this release unchecked, as it is or read as it is told', async () => {
    const type = 'GET_SOMETHING_NEW';
    const content = '<Rows><Row><sku>A</sku></Row><Row><sku>B</sku></Row></Rows>';
    await sandbox.setReport(type, { content: Buffer.from(content) });
    const run = ['reports', 'run', type, '--unchecked', '--out'];
    const unreadable = await fluxori.run(...run, 'new.csv');
    expect([unreadable.code, unreadable.stderr]).toEqual([2, expect.stringContaining('--read-as')]);
    expect(sandbox.counters().reports.created).toBe(0);
    expect((await fluxori.run(...run, 'new.raw')).code).toBe(0);
    expect(await readFile(file('new.raw'), 'utf8')).toBe(content);
    const read = await fluxori.run(...run, 'new.jsonl', '--read-as', 'xml:Row', '--reuse', '60');
    expect([read.code, read.stderr]).toEqual([0, '']);
    expect(await readFile(file('new.jsonl'), 'utf8')).toBe('{"sku":"A"}\n{"sku":"B"}\n');
    const personal = await fluxori.run(...run, 'who.raw', '--restricted');
    expect([personal.code, personal.stderr]).toEqual([2, expect.stringContaining('--personal')]);
  });

  it('can leave it to a worker, which writes the file', async () => {
    const queued = await fluxori.run('reports', 'run', listings, '--out', 'c.tsv', '--no-wait');
    expect(queued.stdout).toContain('A worker will do it');
    expect(await fluxori.json('worker', '--until-idle')).toMatchObject({ completed: 1, failed: 0 });
    expect(await readFile(file('c.tsv'), 'utf8')).toBe('sellerSku\tquantity\nA,1\t3\nB\t4\n');
  });

  it.each<[string, string[], string]>([
    ['an unknown type', ['GET_NOTHING'], 'is not known here'],
    ['a retired type', ['GET_V2_SETTLEMENT_REPORT_DATA_XML'], 'GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2'],
    ['an option without a value', [listings, '--option', 'custom'], 'name=value'],
    ['a date that is none', [listings, '--from', 'yesterday'], '--from "yesterday" is not a date'],
    [
      'a file whose ending says nothing',
      [listings, '--out', 'rows'],
      'Use --as with one of tsv, csv, jsonl, raw',
    ],
    ['a format that is none', [listings, '--out', 'rows', '--as', 'xlsx'], 'Use --as with one of'],
    ['a file in a folder that is not there', [listings, '--out', 'missing/rows.csv'], 'Make the folder'],
    ['a folder for a file', [listings, '--out', '.', '--as', 'csv'], 'is a folder'],
    ['a format without a file', [listings, '--as', 'csv'], 'Name the file with --out'],
    [
      'personal data in a plain file',
      ['GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_SHIPPING', '--out', 'people.csv'],
      'Leave --out away',
    ],
    [
      'a purpose that names a person',
      [listings, '--out', 'people.csv', '--personal', 'for thandi@example.com'],
      'no names',
    ],
    [
      'personal data in a file that a worker would write',
      [
        ...['GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_SHIPPING', '--out', '/tmp/people.csv', '--no-wait'],
        ...['--personal', 'labels'],
      ],
      'fetch it later',
    ],
    [
      'a purpose of which a worker would not tell',
      [listings, '--out', '/tmp/listings.csv', '--no-wait', '--personal', 'stock take'],
      'fetch it later',
    ],
    ['a charset that is none', [listings, '--out', 'a.csv', '--charset', 'klingon'], 'shift_jis'],
    ['a document that is nothing', [listings, '--out', 'a.csv', '--read-as', 'pdf'], 'xml:<name'],
    ['a charset without a file', [listings, '--charset', 'utf-8'], 'Name the file with --out'],
    ['what is known to hold no persons', [listings, '--restricted'], 'Leave --restricted away'],
  ])('refuses %s before anything is asked, and says what to do', async (_, args, says) => {
    const { code, stderr } = await fluxori.run('reports', 'run', ...args);
    expect(code).not.toBe(0);
    expect(stderr).toContain(says);
    expect(stderr).toContain('What to do:');
    expect(sandbox.counters().reports.created).toBe(0);
  });
});

describe('fluxori reports list and fetch', () => {
  it('list what Amazon has, and write the rows of one of them', async () => {
    const run = await fluxori.json<{ reportId: string }>('reports', 'run', listings);
    const { stdout } = await fluxori.run('reports', 'list', '--type', listings, '--status', 'done');
    expect(stdout).toContain(run.reportId);
    const fetched = await fluxori.run('reports', 'fetch', run.reportId, '--out', 'd.raw');
    expect(fetched.stdout).toContain(`${text.length} bytes in`);
    expect(await readFile(file('d.raw'), 'utf8')).toBe(text);
    expect((await fluxori.run('reports', 'list', '--type', listings, '--status', 'lost')).stderr).toContain(
      'Use one of CANCELLED, DONE',
    );
    const missing = await fluxori.run('reports', 'fetch', '123', '--out', 'e.csv');
    expect(missing.stderr).toContain('There is no report 123 for acme-za');
  });
});

describe('fluxori reports types', () => {
  it('lists what is known of each type, without an account', async () => {
    const all = await fluxori.json<{ reportType: string; restricted: boolean; source: string }[]>(
      'reports',
      'types',
    );
    expect(all.length).toBeGreaterThanOrEqual(30);
    for (const { reportType, source } of all)
      expect([typeof reportType, typeof source]).toEqual(['string', 'string']);
    const { stdout } = await fluxori.run('reports', 'types', '--category', 'settlements');
    expect(stdout).toMatch(/GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2.*Amazon makes it by itself/);
    expect(stdout).toContain('1 type.');
    expect((await fluxori.run('reports', 'types', '--category', 'x')).stderr).toContain('Use one of orders');
  });
});

describe('fluxori reports at the desk of a worker', () => {
  it('wants the whole path of a file, since the worker stands elsewhere, and writes it there', async () => {
    await using embedded = await temporaryHome();
    await copyFile(file('fluxori.config.json'), join(embedded.path, 'fluxori.config.json'));
    const there = new CommandLine(embedded.path, { FLUXORI_BACKEND: embedded.backendUrl });
    const worker = there.start('worker');
    try {
      await worker.prints((printed) => printed.includes('Working'));
      const relative = await there.run('reports', 'run', listings, '--out', 'a.csv');
      expect(relative.stderr).toContain('Write the whole path');
      const path = join(embedded.path, 'a.csv');
      const whole = await there.run('reports', 'run', listings, '--out', path);
      expect([whole.code, whole.stdout]).toEqual([0, expect.stringContaining(`34 bytes in ${path}`)]);
      expect(await readFile(path, 'utf8')).toContain('B,4');
    } finally {
      await worker.stop();
    }
  });
});
