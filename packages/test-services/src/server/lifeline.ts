import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';

/** Reads process ids until its input ends, which it does when the process at the other end is gone, however it went. */
const script = `
pid=0
while read -r line; do pid=$line; done
alive() { [ "$pid" -gt 0 ] && kill -0 "$pid"; }
{
  if alive; then kill -s "$2" "$pid"; fi
  tries=0
  while alive && [ $tries -lt 30 ]; do tries=$((tries + 1)); sleep 0.1; done
  if alive; then kill -s KILL "$pid"; fi
  rm -rf "$1"
} 2>/dev/null
`;

/**
 * A shell of its own session that outlives this process by a moment: when this process ends, also by `kill -9`, the shell ends the server and
 * removes its folder.
 */
export class Lifeline {
  readonly #shell: ChildProcess;

  /**
   * @param folder - is removed in the end.
   * @param quitSignal - what ends the server at once.
   */
  constructor(folder: string, quitSignal: NodeJS.Signals) {
    const name = quitSignal.replace(/^SIG/, '');
    this.#shell = spawn('/bin/sh', ['-c', script, 'fluxori-test-services', folder, name], {
      detached: true,
      cwd: '/',
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.#shell.on('error', () => {});
    this.#shell.stdin!.on('error', () => {});
    (this.#shell.stdin as Socket).unref();
    this.#shell.unref();
  }

  /** The server runs with this process id; with 0, none does. */
  holds(pid: number): void {
    this.#shell.stdin!.write(`${pid}\n`);
  }

  /** Lets the shell do its work now. */
  async cut(): Promise<void> {
    const { exitCode, signalCode, pid } = this.#shell;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    this.#shell.ref();
    const ended = new Promise((resolve) => this.#shell.once('exit', resolve));
    this.#shell.stdin!.end();
    await ended;
  }
}
