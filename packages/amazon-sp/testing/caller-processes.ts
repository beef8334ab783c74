import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { CallersNews, CallersTask } from './callers.js';

/** Several processes of callers (see `callers.ts`) that begin together. */
export class CallerProcesses implements AsyncDisposable {
  readonly #children: readonly ChildProcess[];

  private constructor(children: readonly ChildProcess[]) {
    this.#children = children;
  }

  /** Starts them and lets them wait for `go`. */
  static async start(count: number, task: CallersTask): Promise<CallerProcesses> {
    const file = fileURLToPath(new URL('callers.ts', import.meta.url));
    const children = Array.from({ length: count }, () =>
      fork(file, [JSON.stringify(task)], { execArgv: ['--no-warnings'] }),
    );
    const processes = new CallerProcesses(children);
    try {
      await Promise.all(children.map(news));
    } catch (error) {
      await processes[Symbol.asyncDispose]();
      throw error;
    }
    return processes;
  }

  go(): void {
    for (const child of this.#children) child.send('go');
  }

  /** Lets them end by themselves. @returns what each of them counted. */
  async stop(): Promise<readonly { served: number; failures: readonly string[] }[]> {
    const told = this.#children.map(news);
    for (const child of this.#children) child.send('stop');
    const counts = await Promise.all(told);
    await this.#gone();
    return counts.map((one) => ('served' in one ? one : { served: 0, failures: ['not told'] }));
  }

  /** Cuts their power. */
  async kill(): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL');
    await this.#gone();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  async #gone(): Promise<void> {
    const running = this.#children.filter((child) => child.exitCode === null && child.signalCode === null);
    await Promise.all(running.map((child) => once(child, 'exit')));
  }
}

/** The next that a process has to tell. */
function news(child: ChildProcess): Promise<CallersNews> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as CallersNews));
    child.once('exit', (code, signal) =>
      reject(new Error(`a process of callers ended early: ${signal ?? code}`)),
    );
  });
}
