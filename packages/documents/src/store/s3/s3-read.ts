import { Readable } from 'node:stream';

/** Gives the bytes of an object from `from` to its end. */
export type OpenBody = (from: number, options: { signal: AbortSignal }) => Promise<Readable>;

/** A connection may break so often without a byte between. */
const triesWithoutProgress = 4;

/** The bytes of an object, going on where a connection broke. */
export class S3Read extends Readable {
  readonly #open: OpenBody;
  readonly #end: number;
  readonly #ended = new AbortController();
  #position: number;
  #body: Readable | undefined;
  #fruitless = 0;

  /** @param options.end - one past the last byte. */
  constructor(open: OpenBody, options: { from: number; end: number; body: Readable }) {
    super({ highWaterMark: 256 * 1024 });
    this.#open = open;
    this.#position = options.from;
    this.#end = options.end;
    this.#take(options.body);
  }

  override _read(): void {
    this.#body?.resume();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#ended.abort();
    this.#body?.destroy();
    done(error);
  }

  #take(body: Readable): void {
    let over = false;
    const broke = (cause: Error) => {
      if (over) return;
      over = true;
      body.destroy();
      this.#goOn(cause);
    };
    this.#body = body;
    body.on('data', (chunk: Buffer) => {
      if (over) return;
      this.#fruitless = 0;
      this.#position += chunk.length;
      if (!this.push(chunk)) body.pause();
    });
    body.on('end', () => {
      if (over || this.#position < this.#end) return broke(new Error('The answer ended early.'));
      over = true;
      this.push(null);
    });
    body.on('error', broke);
    body.on('close', () => broke(new Error('The connection was closed.')));
    body.pause();
    if (this.readableFlowing) body.resume();
  }

  #goOn(cause: Error): void {
    if (this.destroyed) return;
    if (++this.#fruitless >= triesWithoutProgress) {
      this.destroy(cause);
      return;
    }
    this.#open(this.#position, { signal: this.#ended.signal }).then(
      (body) => {
        if (this.destroyed) body.destroy();
        else {
          this.#take(body);
          body.resume();
        }
      },
      (error: Error) => this.destroy(error),
    );
  }
}
