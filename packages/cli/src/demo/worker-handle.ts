import { type ChildProcess, fork } from 'node:child_process';
import { ConfigurationError, RemoteError } from '@fluxori/core';
import type { Harvest, WorkerMessage, WorkOrder } from './messages.js';

/** The demo's hold on one worker process. */
export class WorkerHandle {
  readonly #child: ChildProcess;
  readonly #ended: Promise<Harvest | undefined>;

  /**
   * @param signal - ends the process, at once.
   * @param program - the compiled `worker-process.js`; the one beside this file by default.
   */
  constructor(
    order: WorkOrder,
    onMessage: (message: WorkerMessage) => void,
    signal: AbortSignal,
    program: URL = new URL('./worker-process.js', import.meta.url),
  ) {
    const child = fork(program, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child = child;
    const kill = () => this.cutPower();
    signal.addEventListener('abort', kill, { once: true });
    this.#ended = new Promise((resolve, reject) => {
      let harvest: Harvest | undefined;
      let failure: Error | undefined;
      child.on('message', (message: WorkerMessage) => {
        if (message.type === 'harvest') harvest = message.harvest;
        if (message.type === 'failed') failure = failureOf(message.error);
        onMessage(message);
      });
      child.on('error', reject);
      // Not `exit`: what it said last may still be on its way then.
      child.on('close', () => {
        signal.removeEventListener('abort', kill);
        if (failure !== undefined) reject(failure);
        else resolve(harvest);
      });
    });
    child.send(order);
  }

  /** What came in; undefined when the process was killed before it was done. */
  get ended(): Promise<Harvest | undefined> {
    return this.#ended;
  }

  /** `kill -9`: no goodbye, no flush. */
  cutPower(): void {
    this.#child.kill('SIGKILL');
  }
}

function failureOf(error: Readonly<Record<string, unknown>>): Error {
  const message = `The demo's worker failed: ${String(error.message)}`;
  const facts = { details: error, ...(typeof error.remedy === 'string' && { remedy: error.remedy }) };
  return error.name === 'ConfigurationError'
    ? new ConfigurationError(message, facts)
    : new RemoteError(message, { status: 0, retryable: false, ...facts });
}
