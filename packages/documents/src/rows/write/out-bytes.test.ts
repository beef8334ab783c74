import { describe, expect, it } from '@jest/globals';
import { OutBytes } from './out-bytes.js';

const mebibyte = 2 ** 20;
const letters = 'abcdefghijklmnopqrstuvwxyz';

/** Writes and takes by the piece, keeping what it took for as long as it may be used. */
function written(texts: Iterable<string>): { text: string; memories: ReadonlySet<ArrayBufferLike> } {
  const out = new OutBytes();
  const memories = new Set<ArrayBufferLike>();
  const held: Buffer[] = [];
  let text = '';
  const read = (piece: Buffer | undefined) => {
    text += piece?.toString('latin1') ?? '';
  };
  for (const one of texts) {
    out.text(one);
    memories.add(out.bytes.buffer);
    if (!out.isFull) continue;
    held.push(out.take());
    if (held.length > 1) read(held.shift());
  }
  for (const piece of held) read(piece);
  read(out.take());
  return { text, memories };
}

describe('bytes of a file', () => {
  it('take little memory for a small file', () => {
    const out = new OutBytes();
    out.text('sku');
    expect(out.bytes.length).toBeLessThan(mebibyte / 8);
    expect(out.take().toString()).toBe('sku');
    expect(out.bytes.length).toBeLessThan(mebibyte / 8);
  });

  it('grow to a piece without losing any, and a piece is not overwritten before another was taken', () => {
    const texts = Array.from({ length: 9_000 }, (_, index) => `${index}${letters.repeat(index % 50)}\n`);
    const { text } = written(texts);
    expect(text.length).toBeGreaterThan(5 * mebibyte);
    expect(text === texts.join('')).toBe(true);
  });

  it('take turns with two memories, however much is written', () => {
    const piece = letters.repeat(2_000);
    const { memories, text } = written(Array.from({ length: 400 }, () => piece));
    expect(text.length).toBe(400 * piece.length);
    // Those that it grew through at the beginning, and the two.
    expect(memories.size).toBeLessThanOrEqual(7);
  });

  it('have room for a huge text, and do not keep it', () => {
    const out = new OutBytes();
    const huge = letters.repeat(200_000);
    out.text(huge);
    expect(out.take().toString('latin1') === huge).toBe(true);
    out.text('after');
    expect(out.take().toString()).toBe('after');
    expect(out.bytes.length).toBeLessThanOrEqual(2 * mebibyte);
  });
});
