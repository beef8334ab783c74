import { MultiBar, type SingleBar } from 'cli-progress';
import type { Terminal } from './terminal.js';

export interface Step {
  readonly done: number;
  readonly total?: number;
  readonly unit?: string;
  /** What it is doing or waiting for. */
  readonly note?: string;
}

/** Shows how far several pieces of work are: bars on a terminal, plain lines (at most one per piece and second) elsewhere. */
export interface Progress {
  update(name: string, step: Step): void;
  /** The last word on this piece. */
  finish(name: string, note: string): void;
  /** Prints a line without disturbing the bars. */
  say(line: string): void;
  close(): void;
}

export function progressOn(terminal: Terminal, now: () => number = Date.now): Progress {
  return terminal.interactive ? new BarProgress(terminal) : new LineProgress(terminal, now);
}

class BarProgress implements Progress {
  readonly #bars = new Map<string, SingleBar>();
  readonly #multi: MultiBar;

  constructor(terminal: Terminal) {
    this.#multi = new MultiBar({
      stream: terminal.screen as NodeJS.WritableStream,
      format: '  {name} [{bar}] {value}{of} {note}',
      barCompleteChar: '=',
      barIncompleteChar: ' ',
      barsize: 28,
      hideCursor: true,
      autopadding: false,
      emptyOnZero: true,
      gracefulExit: false,
    });
  }

  update(name: string, step: Step): void {
    const total = Math.max(step.total ?? step.done, 1);
    const payload = {
      name: name.padEnd(16),
      of: `${step.total === undefined ? '' : `/${step.total}`}${step.unit ? ` ${step.unit}` : ''}`,
      note: step.note ?? '',
    };
    const bar = this.#bars.get(name);
    if (bar === undefined) {
      this.#bars.set(name, this.#multi.create(total, step.done, payload));
    } else {
      bar.setTotal(total);
      bar.update(step.done, payload);
    }
  }

  finish(name: string, note: string): void {
    this.#bars.get(name)?.update({ note });
    this.#multi.update();
  }

  say(line: string): void {
    this.#multi.log(`${line}\n`);
    this.#multi.update();
  }

  close(): void {
    this.#multi.stop();
  }
}

const lineEveryMs = 1000;

class LineProgress implements Progress {
  readonly #lastAt = new Map<string, number>();
  readonly #lastText = new Map<string, string>();

  constructor(
    private readonly terminal: Terminal,
    private readonly now: () => number,
  ) {}

  update(name: string, step: Step): void {
    const last = this.#lastAt.get(name) ?? Number.NEGATIVE_INFINITY;
    if (this.now() - last < lineEveryMs) return;
    const of = step.total === undefined ? '' : ` of ${step.total}`;
    const text = `  ${name}: ${step.done}${of}${step.unit ? ` ${step.unit}` : ''}${step.note ? ` (${step.note})` : ''}`;
    if (this.#lastText.get(name) === text) return;
    this.#lastAt.set(name, this.now());
    this.#lastText.set(name, text);
    this.terminal.say(text);
  }

  finish(name: string, note: string): void {
    this.terminal.say(`  ${name}: ${note}`);
  }

  say(line: string): void {
    this.terminal.say(line);
  }

  close(): void {}
}
