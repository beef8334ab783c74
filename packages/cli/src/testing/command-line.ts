import { PassThrough, Writable } from 'node:stream';
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
  /** A line at its keyboard. */
  type(line: string): void;
  stop(): Promise<CommandResult>;
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
    return {
      ended,
      printed: () => out.stdout + out.stderr,
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
