import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Sandbox, type SandboxOptions, startSandbox } from '@fluxori/sandbox';
import { freshPlace, type Service } from '@fluxori/test-services';
import { noWaiting, sandboxConfig } from './connect-to-sandbox.js';
import type { Answer, Call, Request } from './token-process.js';

const script = fileURLToPath(new URL('./token-process.ts', import.meta.url));

/** A process with a connector of its own. It answers one request at a time. */
export class TokenProcess {
  readonly #child: ChildProcess = fork(script, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });

  async ask(request: Request): Promise<readonly string[]> {
    this.#child.send(request);
    const [answer] = (await Promise.race([
      once(this.#child, 'message'),
      once(this.#child, 'exit').then(([code, signal]) => {
        throw new Error(`the process ended: ${code ?? signal}`);
      }),
    ])) as [Answer];
    return answer.outcomes;
  }

  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(signal);
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async end(): Promise<void> {
    if (!this.isAlive) return;
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exit;
  }
}

/** Three processes, one test after the other; who was killed is replaced. */
export class Crew {
  readonly #processes: TokenProcess[] = [];

  get three(): Fleet['processes'] {
    for (const index of [0, 1, 2]) {
      if (this.#processes[index]?.isAlive !== true) this.#processes[index] = new TokenProcess();
    }
    return [...this.#processes] as unknown as Fleet['processes'];
  }

  async end(): Promise<void> {
    await Promise.all(this.#processes.map((one) => one.end()));
  }
}

/** A sandbox, an empty place in a shared store, and three processes that know both. */
export interface Fleet extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly processes: readonly [TokenProcess, TokenProcess, TokenProcess];
  readonly backendUrl: string;
  /** The same of each process at once; all outcomes together. */
  callAll(call: Partial<Call>): Promise<readonly string[]>;
  call(process: TokenProcess, call: Partial<Call>): Promise<readonly string[]>;
}

export async function startFleet(
  service: Service,
  crew: Crew,
  options: { sandbox?: SandboxOptions; sealKeys?: readonly (string | undefined)[]; patient?: boolean } = {},
): Promise<Fleet> {
  const { patient = false } = options;
  const processes = crew.three;
  const [sandbox, place] = await Promise.all([
    startSandbox({ ...noWaiting.sandbox, orders: 40, skus: 10, settleMs: 0, ...options.sandbox }),
    freshPlace(service),
  ]);
  const config = { ...sandboxConfig(sandbox), ...noWaiting.connector };
  const connected = await Promise.all(
    processes.map((one, index) => {
      const sealKey = options.sealKeys?.[index];
      return one.ask({
        kind: 'connect',
        backendUrl: place.url,
        patient,
        config,
        ...(sealKey && { sealKey }),
      });
    }),
  );
  if (connected.flat().length > 0) throw new Error(connected.flat().join());
  const call = (process: TokenProcess, what: Partial<Call>) =>
    process.ask({ kind: 'call', operation: 'search', callers: 10, orderIds: sandbox.orderIds(), ...what });
  return {
    sandbox,
    processes,
    backendUrl: place.url,
    call,
    callAll: async (what) => (await Promise.all(processes.map((one) => call(one, what)))).flat(),
    async [Symbol.asyncDispose]() {
      const living = processes.filter((one) => one.isAlive);
      await Promise.all(living.map((one) => one.ask({ kind: 'leave' })));
      await Promise.all([sandbox.close(), place.remove()]);
    },
  };
}
