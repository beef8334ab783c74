import { Writable } from 'node:stream';
import { run } from '../program.js';

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
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

  /** Starts a command that goes on until it is stopped, as Ctrl-C would. */
  start(...args: string[]): { stop(): Promise<CommandResult> } {
    const controller = new AbortController();
    const ended = this.#run(args, controller.signal);
    return {
      stop: () => {
        controller.abort(new DOMException('Ended by SIGINT.', 'AbortError'));
        return ended;
      },
    };
  }

  async #run(args: string[], signal: AbortSignal): Promise<CommandResult> {
    const out = { stdout: '', stderr: '' };
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
