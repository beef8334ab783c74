import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JsonValue } from '@fluxori/core';
import { type Sandbox, type SandboxOptions, startSandbox } from '@fluxori/sandbox';
import { describeWith, freshPlace, type Service, services } from '@fluxori/test-services';
import type { AmazonSpConfigInput, WorkflowTimings } from '../src/index.js';
import { noWaiting, sandboxConfig } from './connect-to-sandbox.js';
import { hastyTimings } from './hasty-timings.js';
import type { KillPoint, WorkflowNews, WorkflowTask } from './workflow-process.js';

export type { KillPoint } from './workflow-process.js';

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

/** The same suite on the embedded backend in a folder and on every shared one that there is. */
export function describeOnDurableBackends(name: string, body: (backend: DurableBackend) => void): void {
  const { describe } = globalThis as unknown as { describe(name: string, body: () => void): void };
  describe(`${name}, on pglite`, () => body('pglite'));
  for (const service of services) describeWith(service, `${name}, on ${service}`, () => body(service));
}

/** A sandbox here, and processes that die elsewhere: one job after the other, each taken up by the process after the one that was killed. */
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
    const place =
      options.backend === 'pglite'
        ? { url: `pglite:${join(folder, 'data')}`, remove: async () => {} }
        : await freshPlace(options.backend);
    const sandbox = await startSandbox({ ...noWaiting.sandbox, settleMs: 0, skus: 5, ...options.sandbox });
    return new WorkflowRig(sandbox, folder, place, options);
  }

  /** One process: it takes up the job where the last one left it, or puts it in; and dies at `kill`, if it comes there. */
  async live(job: string, payload: JsonValue, kill?: KillPoint): Promise<Life> {
    const task: WorkflowTask = {
      backend: this.#backend,
      config: { ...sandboxConfig(this.sandbox), ...noWaiting.connector, ...this.#options.config },
      job,
      payload,
      timings: { ...hastyTimings, ...this.#options.timings },
      contents: this.contents,
      ...(kill && { kill }),
    };
    const file = fileURLToPath(new URL('workflow-process.ts', import.meta.url));
    const child = fork(file, [JSON.stringify(task)], {
      execArgv: ['--no-warnings'],
      // So many processes load the same modules: they need not compile them each time.
      env: { ...process.env, NODE_COMPILE_CACHE: join(this.#folder, 'compiled') },
    });
    this.#child = child;
    const recorded: string[] = [];
    let end: Omit<Life, 'recorded'> = {};
    child.on('message', (news: WorkflowNews) => {
      if ('recorded' in news) recorded.push(news.recorded);
      else end = news;
    });
    const [code, signal] = await once(child, 'exit');
    if (code !== 0 && signal !== 'SIGKILL')
      throw new Error(`The process of ${job} ended with ${signal ?? code}.`);
    return { recorded, ...end };
  }

  /** Dies at each of these points in turn, each in a process of its own, and then lets the job end. @returns all lives; the last has the end. */
  async liveThrough(job: string, payload: JsonValue, kills: readonly KillPoint[]): Promise<readonly Life[]> {
    const lives: Life[] = [];
    for (const kill of [...kills, undefined]) lives.push(await this.live(job, payload, kill));
    return lives;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child?.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
    await this.sandbox.close();
    await this.#remove();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
