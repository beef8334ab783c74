/** Turns pieces of bytes into text, however characters lie across their borders. */
export interface TextDecoding {
  /** @throws UndecodableAt in fatal mode. */
  decode(bytes: Buffer): string;
  /** What is left when no more comes. @throws UndecodableAt in fatal mode. */
  end(): string;
  /** Places so far where U+FFFD stands for bytes that are no characters. */
  readonly replaced: number;
}

/** Bytes that are no characters. `at` counts from the first byte that was given to `decode`. */
export class UndecodableAt extends Error {
  readonly at: number;

  constructor(at: number) {
    super(`not decodable at byte ${at}`);
    this.at = at;
  }
}

/** How often a sequence occurs. */
export function occurrences(within: string | Buffer, what: string | Buffer): number {
  let count = 0;
  const step = what.length;
  for (let at = within.indexOf(what as string); at >= 0; at = within.indexOf(what as string, at + step))
    count++;
  return count;
}
