import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LineFacts } from './broken-line.js';
import type { Measured } from './read.js';
import type { Way } from './readers.js';

export interface Served {
  readonly bytes: number;
  readonly packedBytes: number;
  readonly rows: number;
}

/** Longer than any reading takes; what hangs is ended then. */
const mostMs = 180_000;

/** The process that serves reports. */
export class ReportServer implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #port: number;
  /** By megabytes. */
  readonly sizes: Readonly<Record<string, Served>>;

  private constructor(server: ChildProcess, port: number, sizes: Readonly<Record<string, Served>>) {
    this.#process = server;
    this.#port = port;
    this.sizes = sizes;
  }

  static async start(megabytes: readonly number[]): Promise<ReportServer> {
    const server = fork(join(import.meta.dirname, 'serve.js'), megabytes.map(String));
    const [{ port, sizes }] = (await once(server, 'message')) as [
      { port: number; sizes: Readonly<Record<string, Served>> },
    ];
    return new ReportServer(server, port, sizes);
  }

  url(megabytes: number): string {
    return `http://127.0.0.1:${this.#port}/${megabytes}`;
  }

  /** The same over a line that breaks so many times; one such line for a server. */
  droppingUrl(megabytes: number, drops: number): string {
    return `${this.url(megabytes)}/dropping/${drops}`;
  }

  async line(): Promise<LineFacts> {
    const answer = await fetch(`http://127.0.0.1:${this.#port}/line`);
    return (await answer.json()) as LineFacts;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill();
    await exited;
  }
}

/** Reads a report in one way, in a process of its own. @throws when that process ended without an answer. */
export async function measure(
  way: Way,
  url: string,
  file: string,
  execArgv: string[] = [],
): Promise<Measured> {
  const reader = fork(join(import.meta.dirname, 'read.js'), [way, url, file], { execArgv });
  const timer = setTimeout(() => reader.kill('SIGKILL'), mostMs);
  try {
    let measured: Measured | undefined;
    reader.on('message', (message) => {
      measured = message as Measured;
    });
    const [code, signal] = (await once(reader, 'exit')) as [number | null, string | null];
    if (measured === undefined)
      throw new Error(`"${way}" ended without an answer: ${signal ?? `exit code ${code}`}.`);
    return measured;
  } finally {
    clearTimeout(timer);
    await rm(file, { force: true });
  }
}
