import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Sandbox, startSandbox } from '@fluxori/sandbox';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { CommandLine, type RunningCommand } from '../testing/command-line.js';
import { accountsOf, type Home, homeForMany, temporaryHome } from '../testing/main-job.js';

let sandbox: Sandbox;
let home: Home;
let fluxori: CommandLine;

beforeAll(async () => {
  // Three pages: the bucket is not full again for three minutes, and a full one would not be shown.
  sandbox = await startSandbox({ orders: 203, skus: 3 });
  home = await homeForMany();
  fluxori = await programIn(home);
  await fluxori.json('orders', 'import');
});
afterAll(async () => {
  await sandbox.close();
  await home[Symbol.asyncDispose]();
});

async function programIn({ path, backendUrl }: Home): Promise<CommandLine> {
  await writeFile(join(path, 'fluxori.config.json'), JSON.stringify({ accounts: accountsOf(sandbox) }));
  return new CommandLine(path, { FLUXORI_BACKEND: backendUrl });
}

const started: RunningCommand[] = [];
afterEach(async () => {
  // Also those of a test that has failed: nothing is left running.
  for (const one of started.splice(0)) await one.stop();
});
function start(...args: string[]): RunningCommand {
  return startedBy(fluxori, ...args);
}
function startedBy(program: CommandLine, ...args: string[]): RunningCommand {
  const running = program.start(...args);
  started.push(running);
  return running;
}

const lineCount = (text: string) => text.split('\n').length - 1;

describe('fluxori limits --watch', () => {
  it('prints a JSON line each time, with bucket, source and next token, until it is stopped', async () => {
    const watching = start('limits', '--watch', '--json');
    await watching.prints((printed) => lineCount(printed) >= 2);
    const { code, stdout } = await watching.stop();
    expect(code).toBe(0);
    const ticks = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    for (const { at, limits } of ticks) {
      expect(Date.parse(at)).toBeGreaterThan(0);
      expect(limits).toMatchObject([
        {
          label: expect.stringContaining('searchOrders@acme-za'),
          burst: 20,
          waiting: 0,
          nextTokenAt: expect.any(String),
        },
      ]);
    }
    const [first, last] = [ticks[0], ticks.at(-1)];
    expect(Date.parse(last.at) - Date.parse(first.at)).toBeGreaterThanOrEqual(900);
    expect(last.limits[0].level).toBeGreaterThan(first.limits[0].level);
  });

  it('prints plain tables where nobody looks on', async () => {
    const plain = start('limits', '--watch');
    await plain.prints((printed) => printed.includes('searchOrders@acme-za'));
    const { code, stdout } = await plain.stop();
    expect([code, stdout.includes('\u001b')]).toEqual([0, false]);
  });

  it('draws in place at the desk of a worker', async () => {
    await using embedded = await temporaryHome();
    const there = await programIn(embedded);
    const worker = startedBy(there, 'worker');
    await worker.prints((printed) => printed.includes('Working on'));
    await there.json('orders', 'import');
    const watching = startedBy(there, 'limits', '--watch', '--redraw', '10');
    await watching.prints((printed) => printed.includes('\u001b[0J'));
    expect(watching.printed()).toContain('searchOrders@acme-za');
    expect((await watching.stop()).code).toBe(0);
    await worker.stop();
  });
});
