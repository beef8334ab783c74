import { type ChildProcess, fork } from 'node:child_process';
import type { Answer, Errand, Order, Ports } from './orders.js';

/** From source (in Jest) the compiled file is run too: Node is to find its imports. */
const main = new URL('./process-main.js', import.meta.url).pathname.replace(
  '/src/conformance/',
  '/dist/conformance/',
);

type Method<Port> = {
  [Name in keyof Port]-?: Port[Name] extends (...args: never[]) => unknown ? Name : never;
}[keyof Port];
type Called<Port, Name extends keyof Port> = Port[Name] extends (...args: infer Args) => infer Result
  ? { args: Args; result: Awaited<Result> }
  : never;

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Another process on the same place. It ends with this one. */
export class BackendProcess {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ended: Promise<void>;
  /** How far its clock is off, in milliseconds. */
  readonly clockOffsetMs: number;
  #orders = 0;

  private constructor(url: string, clockOffsetMs: number) {
    this.clockOffsetMs = clockOffsetMs;
    this.#child = fork(main, [url, String(clockOffsetMs)], { execArgv: [], serialization: 'advanced' });
    this.#child.on('message', (message) => this.#hear(message as Answer));
    this.#ended = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        for (const { reject } of this.#waiting.values())
          reject(new Error(`The process ended (${signal ?? code}).`));
        this.#waiting.clear();
        resolve();
      });
    });
  }

  /** Resolves when it has opened the place. */
  static async open(url: string, clockOffsetMs = 0): Promise<BackendProcess> {
    const process = new BackendProcess(url, clockOffsetMs);
    try {
      await process.#answerTo(0);
      return process;
    } catch (error) {
      await process.kill();
      throw error;
    }
  }

  call<Port extends keyof Ports, Name extends Method<Ports[Port]> & string>(
    port: Port,
    method: Name,
    ...args: Called<Ports[Port], Name>['args']
  ): Promise<Called<Ports[Port], Name>['result']> {
    return this.tell({ do: 'call', port, method, args }) as Promise<Called<Ports[Port], Name>['result']>;
  }

  tell(order: Order): Promise<unknown> {
    const id = ++this.#orders;
    const answer = this.#answerTo(id);
    this.#child.send({ id, order } satisfies Errand, (error) => {
      if (error !== null) this.#waiting.get(id)?.reject(error);
    });
    return answer;
  }

  /** For how long it was held up by the machine in one piece, in milliseconds, since it was last asked. */
  async heldUpMs(): Promise<number> {
    return Number(await this.tell({ do: 'tell hold-ups' }));
  }

  /** As a laptop that is closed: it does nothing, and does not know it. */
  stop(): void {
    this.#child.kill('SIGSTOP');
  }

  goOn(): void {
    this.#child.kill('SIGCONT');
  }

  /** As the power goes: SIGKILL. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  #answerTo(id: number): Promise<unknown> {
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  #hear(message: Answer): void {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ('failure' in message) waiting?.reject(Object.assign(new Error(), message.failure));
    else waiting?.resolve(message.value);
  }
}
