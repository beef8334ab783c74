import type { Writable } from 'node:stream';
import Table from 'cli-table3';

export interface TerminalOptions {
  readonly stdout: Writable & { isTTY?: boolean; rows?: number };
  readonly stderr: Writable & { isTTY?: boolean };
  /** Results as JSON on stdout, nothing else there. */
  readonly json?: boolean;
}

/**
 * Where a command's output goes. Results go to stdout; what happens meanwhile goes to stderr when `--json` is on,
 * so that stdout can be piped into another program.
 */
export class Terminal {
  readonly json: boolean;
  readonly #stdout: TerminalOptions['stdout'];
  readonly #stderr: TerminalOptions['stderr'];

  constructor(options: TerminalOptions) {
    this.#stdout = options.stdout;
    this.#stderr = options.stderr;
    this.json = options.json ?? false;
  }

  /** Whether a person is looking on (bars and colours), rather than a file or a pipe. */
  get interactive(): boolean {
    return !this.json && this.#stdout.isTTY === true;
  }

  /** The stream for progress bars. */
  get screen(): Writable {
    return this.#stdout;
  }

  /** A line for people, about what is going on. */
  say(line = ''): void {
    (this.json ? this.#stderr : this.#stdout).write(`${line}\n`);
  }

  /** A line for people on stderr, always. */
  warn(line: string): void {
    this.#stderr.write(`${line}\n`);
  }

  /** The command's result: as one JSON line with `--json`, else as `people` prints it. */
  result(value: unknown, people: () => void): void {
    if (this.json) this.#stdout.write(`${JSON.stringify(value)}\n`);
    else people();
  }

  /** A table for people. Columns whose name ends in `#` are right-aligned numbers (the mark is not printed). */
  table(columns: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
    this.say(tableText(columns, rows));
  }
}

/** A table as text. Columns are named as for `Terminal.table`. */
export function tableText(
  columns: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const table = new Table({
    head: columns.map((column) => column.replace(/#$/, '')),
    colAligns: columns.map((column) => (column.endsWith('#') ? 'right' : 'left')),
    style: { head: [], border: [], compact: true },
    chars: plainBorders,
  });
  table.push(...rows.map((row) => row.map(String)));
  return table.toString();
}

const plainBorders = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: ' ',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: ' ',
} as const;
