import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '@fluxori/core';
import { z } from 'zod';

const stateSchema = z.object({
  /** Orders and SKUs that the seller began with. */
  orders: z.int().min(0),
  skus: z.int().min(1),
  /** When the demo's world began; its orders lie before. */
  epoch: z.iso.datetime(),
  /** Orders that came in later, a batch for each further run. */
  batches: z.array(z.object({ count: z.int().positive(), at: z.iso.datetime() })),
  runs: z.int().min(0),
  /** Whether the last run came to its end. */
  finished: z.boolean(),
});

/** What the demo remembers between its runs, so that the second sees the same world, and new orders in it. */
export type DemoState = z.output<typeof stateSchema>;

const fileName = 'demo.json';
/** New orders for each run after the first. */
const newOrdersPerRun = 25;
/** Amazon shows an order in searchOrders two minutes after it changed. */
const amazonsDelayMs = 121_000;

/** How large the world is to be; what is left out is as it was, or as `defaultSize` says. */
export interface WorldSize {
  readonly orders?: number | undefined;
  readonly skus?: number | undefined;
}

export const defaultSize = { orders: 1200, skus: 800 } as const;

/**
 * The state for this run: the world as the last run left it and, when that came to its end, some orders that came in since.
 * @throws ConfigurationError when the folder holds a world of another size, or a file that is not ours.
 */
export async function nextRun(home: string, now: number, size: WorldSize = {}): Promise<DemoState> {
  const last = await read(home);
  if (last === undefined) {
    const { orders = defaultSize.orders, skus = defaultSize.skus } = size;
    return {
      orders,
      skus,
      epoch: new Date(now - 10 * 60_000).toISOString(),
      batches: [],
      runs: 1,
      finished: false,
    };
  }
  for (const field of ['orders', 'skus'] as const) {
    const wanted = size[field];
    if (wanted !== undefined && wanted !== last[field]) throw otherWorld(home, field, last[field], wanted);
  }
  const next = { ...last, runs: last.runs + 1, finished: false };
  // A run that was broken off is finished first: its import asks for orders up to when it began.
  if (!last.finished) return next;
  const arrived = { count: newOrdersPerRun, at: new Date(now - amazonsDelayMs).toISOString() };
  return { ...next, batches: [...last.batches, arrived] };
}

export async function saveState(home: string, state: DemoState): Promise<void> {
  try {
    await mkdir(home, { recursive: true });
    await writeFile(join(home, fileName), `${JSON.stringify(state, null, 2)}\n`);
  } catch (cause) {
    throw unusable(home, cause);
  }
}

function unusable(home: string, cause: unknown): ConfigurationError {
  return new ConfigurationError(
    `The folder ${home} cannot be used (${(cause as { code?: string }).code ?? 'unknown reason'}).`,
    {
      field: 'FLUXORI_HOME',
      remedy: 'Set FLUXORI_HOME to a folder on a disk with room left, where this user may write.',
      cause,
    },
  );
}

function otherWorld(home: string, field: 'orders' | 'skus', had: number, wanted: number): ConfigurationError {
  return new ConfigurationError(
    `${home} holds a seller who began with ${had} ${field}, and --${field} ${wanted} is another one.`,
    {
      field: `--${field}`,
      remedy: `Leave --${field} out to go on with that seller, or set FLUXORI_HOME to another folder for a new one.`,
    },
  );
}

async function read(home: string): Promise<DemoState | undefined> {
  const file = join(home, fileName);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined;
    throw unusable(home, error);
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
