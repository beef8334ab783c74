import { isUtf8 } from 'node:buffer';

/**
 * Whether the whole characters of a piece are UTF-8. A character that began in the piece before, or goes on in the next one, is left out: it lies in
 * a line that is looked at by itself when it is whole.
 *
 * @param byteBefore - the last byte of the piece before. Behind one of ASCII, such as a line's end, no character can go on.
 */
export function wholeCharactersAreUtf8(piece: Buffer, byteBefore = 0): boolean {
  let from = 0;
  if (byteBefore >= 0x80) while (from < 3 && isContinuation(piece[from])) from++;
  let to = piece.length;
  while (to > from && piece.length - to < 3 && isContinuation(piece[to - 1])) to--;
  // What stands before the continuations is their first byte; without any, a first byte of more stands alone at the end.
  if (to > from && (piece[to - 1] as number) >= 0xc0) to--;
  else to = piece.length;
  return isUtf8(piece.subarray(from, to));
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x80 && byte < 0xc0;
}
