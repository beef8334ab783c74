import type { RowFacts } from './row-stream.js';

/** Turns the pieces of a document into rows. Rows that came before a fault are in `rows` when it throws. */
export interface RowParser<Piece> {
  push(piece: Piece, rows: unknown[]): void;
  /** After the last piece. */
  end(rows: unknown[]): void;
  facts(): ParserFacts;
}

/** What only the parser knows. */
export interface ParserFacts
  extends Pick<RowFacts, 'headers' | 'unknownColumns' | 'missingColumns' | 'head' | 'leftOut'> {
  /** Whether there was nothing at all. */
  readonly empty: boolean;
  readonly replacedCharacters: number;
}
