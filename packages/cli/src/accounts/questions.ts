import { createInterface, type Interface } from 'node:readline';
import { type Readable, Writable } from 'node:stream';
import { ValidationError } from '@fluxori/core';

export interface QuestionsOptions {
  /** The keyboard, or a pipe with one answer on each line. Without it, nothing can be asked. */
  readonly stdin: (Readable & { readonly isTTY?: boolean }) | undefined;
  /** Where questions are written. */
  readonly screen: Writable;
  readonly signal: AbortSignal;
}

export interface Question {
  readonly text: string;
  /** What to do instead of answering, for scripts: e.g. `give --client-id`. */
  readonly instead: string;
  /** The answer is not shown while it is typed. */
  readonly hidden?: boolean;
}

/** Asks a person, one question after the other. */
export class Questions implements Disposable {
  readonly #options: QuestionsOptions;
  readonly #lines: string[] = [];
  #interface: Interface | undefined;
  #wake: () => void = () => {};
  #ended = false;
  #muted = false;

  constructor(options: QuestionsOptions) {
    this.#options = options;
  }

  /**
   * @returns the line without blanks around it; it may be empty.
   * @throws ValidationError when nobody is there to answer; the signal's reason when aborted.
   */
  async ask(question: Question): Promise<string> {
    const { screen, signal } = this.#options;
    signal.throwIfAborted();
    this.#open(question);
    screen.write(`${question.text}: `);
    this.#muted = question.hidden ?? false;
    const wake = () => this.#wake();
    signal.addEventListener('abort', wake);
    try {
      while (this.#lines.length === 0 && !this.#ended && !signal.aborted) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      signal.removeEventListener('abort', wake);
      this.#muted = false;
    }
    signal.throwIfAborted();
    // What was typed was not shown, nor was its line end; of a pipe nothing is.
    if (question.hidden || !this.#options.stdin?.isTTY) screen.write('\n');
    const line = this.#lines.shift();
    if (line === undefined) throw nobodyThere(question);
    return line.trim();
  }

  [Symbol.dispose](): void {
    this.#interface?.close();
    // A pipe that is still open must not keep the process.
    this.#options.stdin?.pause();
  }

  #open(question: Question): void {
    const { stdin, screen } = this.#options;
    if (this.#interface !== undefined) return;
    if (stdin === undefined) throw nobodyThere(question);
    const terminal = stdin.isTTY === true;
    const echo = new Writable({
      write: (chunk, _encoding, done) => {
        if (!this.#muted) screen.write(chunk);
        done();
      },
    });
    this.#interface = createInterface({ input: stdin, output: echo, terminal });
    this.#interface.on('line', (line) => {
      this.#lines.push(line);
      this.#wake();
    });
    this.#interface.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
    // In a terminal, readline takes Ctrl-C for itself; the program wants to hear of it.
    this.#interface.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  }
}

function nobodyThere({ text, instead }: Question): ValidationError {
  return new ValidationError(`${text}: nobody is there to answer.`, {
    field: instead,
    remedy: `In a script, ${instead}; at a keyboard, run it in a terminal.`,
  });
}
