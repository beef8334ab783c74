import { PassThrough, Writable } from 'node:stream';
import { sleep } from '@fluxori/core';
import { run } from '../program.js';

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that is under way. */
export interface RunningCommand {
  readonly ended: Promise<CommandResult>;
  /** What it has printed so far. */
  printed(): string;
  /** Waits until what it has printed is so. @throws when it ends before, or this does not come at all. */
  prints(isSo: (printed: string) => boolean): Promise<void>;
  /** A line at its keyboard. */
  type(line: string): void;
  stop(): Promise<CommandResult>;
}

/** For what hangs; shorter than Jest's own limit, which would not say how things stood. Milliseconds. */
const longestWaitMs = 540_000;

/** Looks again and again. @throws when it does not become so at all; then `state` tells how it stood. */
export async function until(isSo: () => Promise<boolean> | boolean, state: () => string): Promise<void> {
  for (const end = Date.now() + longestWaitMs; !(await isSo()); await sleep(20)) {
    if (Date.now() > end) throw new Error(`not within ${longestWaitMs / 1_000} s: ${state()}`);
  }
}

/** Runs command lines in this process, and keeps everything that they ever printed. */
export class CommandLine {
  /** All output of all commands, logs included. */
  everything = '';

  constructor(
    private readonly cwd: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  run(...args: string[]): Promise<CommandResult> {
    return this.#run(args, new AbortController().signal);
  }

  /** Runs a command that asks, and gives it these answers, one on each line. */
  answer(lines: readonly string[], ...args: string[]): Promise<CommandResult> {
    const stdin = new PassThrough();
    stdin.end(lines.map((line) => `${line}\n`).join(''));
    return this.#run(args, new AbortController().signal, stdin);
  }

  /** Starts a command that goes on until it ends, or is stopped as by Ctrl-C. */
  start(...args: string[]): RunningCommand {
    const controller = new AbortController();
    const stdin = new PassThrough();
    const out = { stdout: '', stderr: '' };
    const ended = this.#run(args, controller.signal, stdin, out);
    const printed = () => out.stdout + out.stderr;
    let isOver = false;
    const over = () => {
      isOver = true;
    };
    ended.then(over, over);
    return {
      ended,
      printed,
      prints: async (isSo) => {
        await until(() => isOver || isSo(printed()), printed);
        if (!isSo(printed())) throw new Error(`fluxori ${args.join(' ')} ended before: ${printed()}`);
      },
      type: (line) => void stdin.write(`${line}\n`),
      stop: () => {
        controller.abort(new DOMException('Ended by SIGINT.', 'AbortError'));
        return ended;
      },
    };
  }

  async #run(
    args: string[],
    signal: AbortSignal,
    stdin?: PassThrough,
    out = { stdout: '', stderr: '' },
  ): Promise<CommandResult> {
    const code = await run(args, {
      cwd: this.cwd,
      env: this.env,
      stdout: this.#sink((text) => {
        out.stdout += text;
      }),
      stderr: this.#sink((text) => {
        out.stderr += text;
      }),
      signal,
      ...(stdin && { stdin }),
    });
    return { code, ...out };
  }

  /** Runs with `--json` and reads the one line that is the result. */
  async json<T>(...args: string[]): Promise<T> {
    const { code, stdout, stderr } = await this.run(...args, '--json');
    if (code !== 0) throw new Error(`fluxori ${args.join(' ')} ended with ${code}: ${stderr}`);
    if (stdout.trim().split('\n').length !== 1) throw new Error(`more than one line of JSON: ${stdout}`);
    return JSON.parse(stdout) as T;
  }

  #sink(write: (text: string) => void): Writable {
    return new Writable({
      write: (chunk, _encoding, done) => {
        const text = String(chunk);
        this.everything += text;
        write(text);
        done();
      },
    });
  }
}
