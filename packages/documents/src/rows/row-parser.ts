import type { FlatTable } from './flat/table.js';
import type { RowFacts } from './row-stream.js';

/** Turns the pieces of a document into rows. Rows that came before a fault are given when it throws. */
export interface RowParser<Piece> {
  push(piece: Piece, rows: RowTaker): void;
  /** After the last piece. */
  end(rows: RowTaker): void;
  facts(): ParserFacts;
}

/** Takes the rows that a parser makes, in their order. An array is one. */
export interface RowTaker {
  push(row: unknown): unknown;
  /**
   * A line of a flat document as it stands, whose bytes are characters and whose cells are none in quotes. When it gives true it has taken the line,
   * else it gets its row.
   */
  takeLine?(line: Buffer, from: number, to: number, table: FlatTable): boolean;
}

/** Takes rows, and hands on what it made of them. */
export interface Taker<Out> extends RowTaker {
  /** Rows so far. */
  readonly rows: number;
  /** What is there to be handed on; `undefined` for nothing, or for not yet enough of it when more may come. */
  take(isLast: boolean): Out | undefined;
}

/** What only the parser knows. */
export interface ParserFacts
  extends Pick<RowFacts, 'headers' | 'unknownColumns' | 'missingColumns' | 'head' | 'leftOut'> {
  /** Whether there was nothing at all. */
  readonly empty: boolean;
  readonly replacedCharacters: number;
}
