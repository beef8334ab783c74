import { MultiBar, type Options, type Params, type SingleBar } from 'cli-progress';
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
  readonly #steps = new Map<string, Step>();
  readonly #multi: MultiBar;

  constructor(terminal: Terminal) {
    this.#multi = new MultiBar({
      stream: terminal.screen as NodeJS.WritableStream,
      format: line,
      hideCursor: true,
      autopadding: false,
      emptyOnZero: true,
      gracefulExit: false,
      // A line that is printed above takes the place of the first bar: all of them must be drawn anew, changed or not.
      forceRedraw: true,
    });
  }

  update(name: string, step: Step): void {
    const total = Math.max(step.total ?? step.done, 1);
    const payload: Payload = { name, step };
    this.#steps.set(name, step);
    const bar = this.#bars.get(name);
    if (bar === undefined) {
      this.#bars.set(name, this.#multi.create(total, step.done, payload));
    } else {
      bar.setTotal(total);
      bar.update(step.done, payload);
    }
  }

  finish(name: string, note: string): void {
    const step = this.#steps.get(name);
    if (step !== undefined) this.update(name, { ...step, total: step.done, note });
    this.#multi.update();
  }

  say(line: string): void {
    this.#multi.log(`${line}${clearToEndOfLine}\n`);
    this.#multi.update();
  }

  close(): void {
    this.#multi.stop();
  }
}

/** What a longer bar left behind the line. */
const clearToEndOfLine = '\u001b[K';

interface Payload {
  readonly name: string;
  readonly step: Step;
}

const barWidth = 28;

/** A bar where the end is known; else only how far it is. */
function line(_options: Options, _params: Params, { name, step }: Payload): string {
  const { done, total, unit = '', note = '' } = step;
  const filled = total === undefined ? 0 : Math.round(Math.min(done / Math.max(total, 1), 1) * barWidth);
  const bar = total === undefined ? '.'.repeat(barWidth) : '='.repeat(filled).padEnd(barWidth);
  return `  ${name.padEnd(16)} [${bar}] ${done}${total === undefined ? '' : `/${total}`} ${unit} ${note}`;
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
