import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openBackend } from '@fluxori/backend';
import type { JsonValue } from '@fluxori/core';
import { type Sandbox, type SandboxOptions, startSandbox } from '@fluxori/sandbox';
import {
  describeWith,
  type FreshPlace,
  freshPlace,
  preparedDataFolder,
  type Service,
  services,
  serviceUrl,
} from '@fluxori/test-services';
import type { AmazonSpConfigInput, WorkflowTimings } from '../src/index.js';
import { noWaiting, sandboxConfig } from './connect-to-sandbox.js';
import { hastyTimings } from './hasty-timings.js';
import type { KillPoint, MortalJob, WorkflowNews, WorkflowTask } from './workflow-process.js';

export type { KillPoint, MortalJob } from './workflow-process.js';

/** Where a workflow's state can outlive its process. */
export type DurableBackend = 'pglite' | Service;

export interface WorkflowRigOptions {
  readonly backend: DurableBackend;
  readonly sandbox?: SandboxOptions;
  readonly config?: Partial<AmazonSpConfigInput>;
  readonly timings?: Partial<WorkflowTimings>;
}

/** What became of one process. */
export interface Life {
  /** The steps that it recorded, in order. */
  readonly recorded: readonly string[];
  readonly killed?: KillPoint;
  readonly result?: JsonValue;
  /** The job failed. */
  readonly error?: string;
}

type MutableLife = Omit<Life, 'recorded'> & { recorded: string[] };

/** The backends that there are here. */
export const durableBackends: readonly DurableBackend[] = [
  'pglite',
  ...services.filter((service) => serviceUrl(service) !== undefined),
];

/** The same suite on the embedded backend in a folder and on every shared one that there is. */
export function describeOnDurableBackends(name: string, body: (backend: DurableBackend) => void): void {
  const { describe } = globalThis as unknown as { describe(name: string, body: () => void): void };
  describe(`${name}, on pglite`, () => body('pglite'));
  for (const service of services) describeWith(service, `${name}, on ${service}`, () => body(service));
}

/** A sandbox here, and processes that die elsewhere, each going on with the jobs where the one before it died. */
export class WorkflowRig implements AsyncDisposable {
  readonly sandbox: Sandbox;
  /** The folder of the content store that the processes use. */
  readonly contents: string;
  readonly #folder: string;
  readonly #backend: string;
  readonly #remove: () => Promise<void>;
  readonly #options: WorkflowRigOptions;
  #child: ChildProcess | undefined;

  private constructor(
    sandbox: Sandbox,
    folder: string,
    backend: { url: string; remove(): Promise<void> },
    options: WorkflowRigOptions,
  ) {
    this.sandbox = sandbox;
    this.#folder = folder;
    this.contents = join(folder, 'contents');
    this.#backend = backend.url;
    this.#remove = () => backend.remove();
    this.#options = options;
  }

  static async open(options: WorkflowRigOptions): Promise<WorkflowRig> {
    const folder = await mkdtemp(join(tmpdir(), 'fluxori-workflow-'));
    const place = await placeOf(options.backend, folder);
    const sandbox = await startSandbox({ ...noWaiting.sandbox, settleMs: 0, skus: 5, ...options.sandbox });
    return new WorkflowRig(sandbox, folder, place, options);
  }

  /**
   * One process: it takes up the jobs where the last one left them, or puts them in, and dies when each of them stands at its kill point or has ended.
   *
   * @returns what became of each.
   */
  async live(jobs: readonly MortalJob[]): Promise<readonly Life[]> {
    const task: WorkflowTask = {
      backend: this.#backend,
      config: { ...sandboxConfig(this.sandbox), ...noWaiting.connector, ...this.#options.config },
      jobs,
      timings: { ...hastyTimings, ...this.#options.timings },
      contents: this.contents,
    };
    const file = fileURLToPath(new URL('workflow-process.ts', import.meta.url));
    const child = fork(file, [JSON.stringify(task)], { execArgv: ['--no-warnings'] });
    this.#child = child;
    const lives = new Map(jobs.map(({ job }) => [job, { recorded: [] as string[] } as MutableLife]));
    child.on('message', ({ job, ...news }: WorkflowNews) => {
      const life = lives.get(job) as MutableLife;
      if ('recorded' in news) life.recorded.push(news.recorded);
      else Object.assign(life, news);
    });
    const [code, signal] = await once(child, 'exit');
    if (code !== 0 && signal !== 'SIGKILL')
      throw new Error(
        `The process of ${jobs.map(({ job }) => job).join(', ')} ended with ${signal ?? code}.`,
      );
    return [...lives.values()];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child?.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
    await this.sandbox.close();
    await this.#remove();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** @param folder - where the embedded backend may keep its data. */
async function placeOf(backend: DurableBackend, folder: string): Promise<FreshPlace> {
  if (backend !== 'pglite') return freshPlace(backend);
  await preparedDataFolder(join(folder, 'data'), openBackend);
  return { url: `pglite:${join(folder, 'data')}`, remove: async () => {} };
}
