import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '@fluxori/core';
import { z } from 'zod';

const stateSchema = z.object({
  /** When the demo's world began; its orders lie before. */
  epoch: z.iso.datetime(),
  /** Orders that came in later, a batch for each further run. */
  batches: z.array(z.object({ count: z.int().positive(), at: z.iso.datetime() })),
  runs: z.int().min(0),
});

/** What the demo remembers between its runs, so that the second sees the same world, and new orders in it. */
export type DemoState = z.output<typeof stateSchema>;

const fileName = 'demo.json';
/** New orders for each run after the first. */
const newOrdersPerRun = 25;
/** Amazon shows an order in searchOrders two minutes after it changed. */
const amazonsDelayMs = 121_000;

/** The state for this run: the world as the last run left it and, from the second on, some orders that came in since. */
export async function nextRun(home: string, now: number): Promise<DemoState> {
  const last = await read(home);
  if (last === undefined) return { epoch: new Date(now - 10 * 60_000).toISOString(), batches: [], runs: 1 };
  const arrived = { count: newOrdersPerRun, at: new Date(now - amazonsDelayMs).toISOString() };
  return { ...last, batches: [...last.batches, arrived], runs: last.runs + 1 };
}

export async function saveState(home: string, state: DemoState): Promise<void> {
  await mkdir(home, { recursive: true });
  await writeFile(join(home, fileName), `${JSON.stringify(state, null, 2)}\n`);
}

async function read(home: string): Promise<DemoState | undefined> {
  const file = join(home, fileName);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return stateSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new ConfigurationError(`${file} is not what the demo wrote.`, {
      field: 'FLUXORI_HOME',
      remedy: `Delete the folder ${home} to begin anew, or set FLUXORI_HOME to another one.`,
      cause,
    });
  }
}
