import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describeWith, type FreshPlace, freshPlace } from '@fluxori/test-services';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { freshFolder } from '../testing/fresh-folder.js';

const script = join(import.meta.dirname, '../../dist/testing/crash-worker.js');

interface Line {
  readonly step?: number;
  readonly state?: string;
  readonly poisoned?: boolean;
  readonly result?: { readonly steps?: number; readonly attempt?: number; readonly error?: string };
  readonly view?: {
    readonly state: string;
    readonly attempts: number;
    readonly error?: { readonly code: string };
  };
  /** How often its lock ran out. */
  readonly stalledCounter?: number;
}

let place: FreshPlace;
let child: ChildProcess | undefined;
afterEach(async () => {
  child?.kill('SIGKILL');
  await place.remove();
});

/** Runs the worker until it ends, kills itself, or is killed in a step of its job. */
async function run(kind: string, { killIn }: { readonly killIn?: number } = {}): Promise<Line[]> {
  const started = spawn(process.execPath, [script, place.url, kind, String(killIn)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child = started;
  const lines: Line[] = [];
  for await (const text of createInterface({ input: started.stdout })) {
    const line = JSON.parse(text) as Line;
    lines.push(line);
    if (line.step !== undefined && line.step === killIn) started.kill('SIGKILL');
  }
  return lines;
}

function survivesKill(open: () => Promise<FreshPlace>): void {
  beforeEach(async () => {
    place = await open();
  });

  it('a job is taken up at once where it was, with no attempt used and at most one step repeated', async () => {
    const first = await run('import', { killIn: 8 });
    expect(first.at(-1)!.step).toBe(8);
    const second = await run('import');
    expect(second[0]).toMatchObject({ state: 'active' });
    const steps = [...first, ...second].flatMap(({ step }) => step ?? []);
    expect([...new Set(steps)]).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(steps.length).toBeLessThanOrEqual(21);
    expect(second.at(-1)).toMatchObject({
      result: { steps: 20, attempt: 1 },
      view: { state: 'completed', attempts: 0 },
      // That its lock ran out, after a minute, was not waited for.
      stalledCounter: 0,
    });
  });
}

function failsPoison(): void {
  it('a job that takes the process down each time is failed in the end', async () => {
    const poisoned = [await run('poison'), await run('poison')].map((lines) => lines.at(-1)!.poisoned);
    expect(poisoned).toEqual([true, true]);
    const last = await run('poison');
    expect(last.at(-1)).toMatchObject({
      result: { error: expect.stringContaining('The process died 2 times while this job was running') },
      view: { state: 'failed', error: { code: 'JOB_STATE' } },
    });
  });
}

// There, what is poison is told in recover-orphans.int.test.ts: no store but this process' own has a say in it.
describe('after kill -9, in a folder', () => survivesKill(freshFolder));
describeWith('redis', 'after kill -9, on Redis', () => {
  survivesKill(() => freshPlace('redis'));
  failsPoison();
});
describeWith('postgres', 'after kill -9, on PostgreSQL', () => {
  survivesKill(() => freshPlace('postgres'));
  failsPoison();
});
