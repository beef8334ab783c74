import { describe, expect, it } from '@jest/globals';
import { LiveText } from './live-text.js';

const esc = '\u001b';
const pieces = new RegExp(`${esc}\\[\\d*[A-Z]|\\n|[^${esc}\\n]+`, 'g');

/** What a terminal of so many rows shows after this text; just as much of one as is needed. */
function screenAfter(text: string, rows: number): string[] {
  const lines: string[] = [''];
  let at = 0;
  for (const [piece] of text.matchAll(pieces)) {
    if (piece === '\n') {
      at++;
      lines[at] ??= '';
    } else if (piece.endsWith('A') && piece.startsWith('\u001b')) {
      at -= Number(piece.slice(2, -1));
      if (at < lines.length - rows) throw new Error('above the screen');
    } else if (piece === '\u001b[0J') lines.splice(at + 1);
    else if (piece !== '\u001b[K') lines[at] = piece;
  }
  return lines.slice(0, -1);
}

describe('LiveText', () => {
  it('draws over what it drew, also when there is less of it, and leaves what stands above', () => {
    let out = 'above\n';
    const live = new LiveText((text) => {
      out += text;
    }, 10);
    live.show(['one', 'two', 'three']);
    expect(screenAfter(out, 10)).toEqual(['above', 'one', 'two', 'three']);
    live.show(['1', '2']);
    expect(screenAfter(out, 10)).toEqual(['above', '1', '2']);
    live.show(['a', 'b', 'c', 'd']);
    expect(screenAfter(out, 10)).toEqual(['above', 'a', 'b', 'c', 'd']);
  });

  it('never draws more than the terminal can take back', () => {
    let out = '';
    const live = new LiveText((text) => {
      out += text;
    }, 4);
    for (let i = 0; i < 3; i++) live.show(Array.from({ length: 9 }, (_, line) => `${i}${line}`));
    expect(screenAfter(out, 4)).toEqual(['20', '21', '22']);
  });
});
