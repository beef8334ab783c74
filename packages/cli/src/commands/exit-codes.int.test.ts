import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Sandbox, startSandbox } from '@fluxori/sandbox';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Command } from 'commander';
import { exitTable } from '../exit/exit-code.js';
import { programOf } from '../program.js';
import { CommandLine } from '../testing/command-line.js';
import { accountsOf, type Home, homeForMany } from '../testing/main-job.js';

const listings = 'GET_MERCHANT_LISTINGS_DATA_LITER';
const arn = 'arn:aws:sqs:eu-west-1:123456789012:sp-api';

/** Every command that works for an account or looks at one, with what else it needs. */
const withAccount: Readonly<Record<string, readonly string[]>> = {
  'orders import': [],
  'orders list': [],
  'orders show': ['902-1234567-1234567'],
  'inventory sync': [],
  'inventory list': [],
  'inventory set': ['A-1', '3'],
  'reports run': [listings],
  'reports fetch': ['123', '--out', 'rows.csv'],
  'reports list': ['--type', listings],
  'feeds submit': ['changes.jsonl'],
  'feeds show': ['123'],
  'documents list': [],
  'documents delete': ['amzn1.none'],
  'documents sweep': [],
  'notifications setup': ['--queue-arn', arn],
  'notifications list': [],
  'notifications teardown': ['--queue-arn', arn],
  'jobs list': [],
  'jobs failed': [],
  'jobs retry': ['--all'],
  'jobs discard': ['--all'],
  'queues pause': [],
  'queues resume': [],
  'schedules set': ['often', 'orders.import', '--every', '15m'],
  limits: [],
  'privacy audit': [],
  'privacy erase': ['--order', '902-1234567-1234567'],
};

/** Every other name that a command takes, and nothing has. */
const unknownNames: readonly (readonly [what: string, ...args: string[]])[] = [
  ['an account to check', 'accounts', 'check', 'nobody'],
  ['an account to remove', 'accounts', 'remove', 'nobody', '--yes'],
  ['an account to be like', 'accounts', 'add', 'other', '--like', 'nobody'],
  ['a section to pause', 'queues', 'pause', 'nowhere'],
  ['a section to resume', 'queues', 'resume', 'nowhere'],
  ['a job to show', 'jobs', 'show', 'orders-0'],
  ['a job to expedite', 'jobs', 'expedite', 'orders-0'],
  ['a job to cancel', 'jobs', 'cancel', 'orders-0'],
  ['a job to retry', 'jobs', 'retry', 'orders-0'],
  ['a job to discard', 'jobs', 'discard', 'orders-0'],
  ['a kind of job that failed', 'jobs', 'failed', '--name', 'orders.improt'],
  ['a kind of job to schedule', 'schedules', 'set', 'often', 'orders.improt', '--every', '15m'],
  ['a schedule', 'schedules', 'remove', 'nothing'],
  ['an order', 'orders', 'show', '902-0000000-0000000'],
  ['a SKU', 'inventory', 'set', 'NO-SUCH-SKU', '3'],
  ['a marketplace of stock', 'inventory', 'set', 'A-1', '3', '-m', 'XX'],
  ['a marketplace of a report', 'reports', 'run', listings, '-m', 'XX'],
  ['a marketplace of a feed', 'feeds', 'submit', 'changes.jsonl', '-m', 'XX'],
  ['a report type', 'reports', 'run', 'GET_NOTHING'],
  ['a report', 'reports', 'fetch', '123', '--out', 'rows.csv'],
  ['a feed type', 'feeds', 'submit', 'changes.jsonl', '--type', 'POST_NOTHING'],
  ['a feed', 'feeds', 'show', '123'],
  ['a document', 'documents', 'delete', 'amzn1.none'],
  ['a notification', 'notifications', 'setup', '--queue-arn', arn, '--types', 'NOTHING'],
  ['a message to show', 'notifications', 'dead', 'none'],
  ['a message to retry', 'notifications', 'retry', 'none'],
  ['a message to discard', 'notifications', 'discard', 'none'],
  ['a secret', 'secrets', 'remove', 'none'],
];

/** What an option or argument of a closed set of words is refused. */
const wrongWords: readonly (readonly string[])[] = [
  ['jobs', 'list', '--state', 'lost'],
  ['jobs', 'list', '--limit', '0'],
  ['jobs', 'expedite', 'orders-0', '--priority', 'soon'],
  ['jobs', 'retry'],
  ['orders', 'import', '--since', 'yesterday'],
  ['inventory', 'set', 'A-1', 'many'],
  ['reports', 'list', '--type', listings, '--status', 'lost'],
  ['reports', 'types', '--category', 'lost'],
  ['reports', 'run', listings, '--out', 'rows'],
  ['feeds', 'submit', 'nowhere.jsonl'],
  ['documents', 'list', '--kind', 'lost'],
  ['notifications', 'setup'],
  ['notifications', 'retry'],
  ['schedules', 'set', 'often', 'orders.import'],
  ['privacy', 'audit', '--action', 'lost'],
  ['privacy', 'erase'],
  ['secrets', 'set', 'name', 'value'],
  ['queues', 'pause', '--log-level', 'loud'],
  ['sandbox', '--port', '70000'],
  ['lost'],
  ['jobs', 'lost'],
  ['jobs', 'show'],
];

let sandbox: Sandbox;
let home: Home;
let fluxori: CommandLine;

beforeAll(async () => {
  sandbox = await startSandbox({ orders: 1, skus: 3, rateLimits: false });
  home = await homeForMany();
  const key = randomBytes(32).toString('base64url');
  fluxori = new CommandLine(home.path, { FLUXORI_BACKEND: home.backendUrl, FLUXORI_SEAL_KEY: key });
  await writeFile(join(home.path, 'fluxori.config.json'), JSON.stringify({ accounts: accountsOf(sandbox) }));
  await writeFile(join(home.path, 'changes.jsonl'), '{"sku":"A-1","operationType":"DELETE"}\n');
  await fluxori.answer(['x'], 'secrets', 'set', 'other');
});
afterAll(async () => {
  await sandbox.close();
  await home[Symbol.asyncDispose]();
});

/** All commands, with their path, e.g. `jobs list`. */
function leaves(command: Command, path = ''): readonly (readonly [path: string, command: Command])[] {
  if (command.commands.length === 0) return [[path.trim(), command]];
  return command.commands.flatMap((sub) => leaves(sub, `${path} ${sub.name()}`));
}

const every = leaves(
  await programOf({
    ...{ env: {}, cwd: '/', stdout: process.stdout, stderr: process.stderr },
    ...{ signal: new AbortController().signal, run: async () => 0, exitWith: () => {} },
  }),
);

async function expectRefusal(kind: keyof typeof exitTable, args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await fluxori.run(...args, '--json');
  expect({ stderr, code, stdout }).toEqual({ stderr, code: exitTable[kind].code, stdout: '' });
  // What happens meanwhile comes before it.
  expect(JSON.parse(stderr.trim().split('\n').at(-1) as string)).toMatchObject({
    error: { kind, exitCode: code, message: expect.any(String), remedy: expect.any(String) },
  });
}

describe('a name that nothing has ends with 5 and says what to do:', () => {
  it('the table names every command that takes an account', () => {
    const taking = every.filter(([, { options }]) => options.some(({ long }) => long === '--account'));
    expect(taking.map(([path]) => path).sort()).toEqual(Object.keys(withAccount).sort());
  });

  it.each(Object.entries(withAccount))('an account of `%s`', async (path, args) => {
    await expectRefusal('notFound', [...path.split(' '), ...args, '--account', 'nobody']);
  });

  it.each(unknownNames)('%s', async (_, ...args) => {
    await expectRefusal('notFound', args);
  });
});

it.each(wrongWords.map((args) => [args.join(' '), args] as const))(
  'wrong usage ends with 2 and says what to do: %s',
  async (_, args) => {
    await expectRefusal('usage', args);
  },
);

describe('an account that is not named', () => {
  it('is wrong usage where there are several, and a matter of configuration where there is none', async () => {
    const account = Object.values(accountsOf(sandbox))[0];
    const [two, none] = ['two.json', 'none.json'].map((name) => join(home.path, name)) as [string, string];
    await writeFile(two, JSON.stringify({ accounts: { one: account, two: account } }));
    await writeFile(none, '{}');
    await expectRefusal('usage', ['orders', 'import', '--config', two]);
    await expectRefusal('configuration', ['orders', 'import', '--config', none]);
  });
});

describe('the table of exit codes', () => {
  it('stands in the README and in the help as it is in code', async () => {
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
    const rows = Object.entries(exitTable).map(([kind, { code, means }]) => [String(code), kind, means]);
    const written = [...readme.matchAll(/^\| (\d+) +\| (\w+) +\| (.*?) +\|$/gm)].map(([, ...cells]) => cells);
    expect(written).toEqual(rows);
    const { stdout } = await fluxori.run('--help');
    for (const [code, , means] of rows) expect(stdout).toContain(`${code}  ${means}`);
  });
});

describe('the help of every command', () => {
  it.each(every)('%s has an example, and says what each argument and option is', async (path, command) => {
    const { code, stdout } = await fluxori.run(...path.split(' '), '--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`Example(s|, in two terminals)?:\n  .*fluxori ${path}`, 's'));
    for (const { long, description, hidden } of command.options)
      expect([long, hidden || description !== '']).toEqual([long, true]);
    // What every command has comes last.
    const shown = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, long]) => long);
    expect(shown.slice(-5)).toEqual(['--config', '--backend', '--log-level', '--json', '--help']);
    for (const argument of command.registeredArguments)
      expect([argument.name(), argument.description !== '']).toEqual([argument.name(), true]);
  });
});
