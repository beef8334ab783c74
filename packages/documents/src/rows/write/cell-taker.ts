/** Puts a row's cells as texts behind those that are there. */
export type CellTaker = (row: Readonly<Record<string, unknown>>, cells: string[]) => void;

/** More columns than this are no gain to generate code for. */
const mostGenerated = 400;

/**
 * Takes the cells of these columns, in their order, by a function that is written for them (see `row-maker.ts`; names go in as JSON strings here,
 * too), or in a loop where code must not be generated.
 *
 * @param textOf - for a value that is no string.
 */
export function cellTakerOf(columns: readonly string[], textOf: (value: unknown) => string): CellTaker {
  if (columns.length <= mostGenerated) {
    try {
      return generated(columns, textOf);
    } catch (error) {
      if ((error as Error).name !== 'EvalError') throw error;
    }
  }
  return (row, cells) => {
    for (const name of columns) {
      const value = Object.hasOwn(row, name) ? row[name] : undefined;
      cells.push(typeof value === 'string' ? value : textOf(value));
    }
  };
}

function generated(columns: readonly string[], textOf: (value: unknown) => string): CellTaker {
  const cells = columns.map((name) => {
    const key = JSON.stringify(name);
    // What every object inherits is no cell of it.
    const value =
      name in Object.prototype ? `(Object.hasOwn(row, ${key}) ? row[${key}] : undefined)` : `row[${key}]`;
    return `typeof (value = ${value}) === 'string' ? value : textOf(value)`;
  });
  const body = `"use strict"; return (row, cells) => { let value; cells.push(${cells.join(', ')}); };`;
  return new Function('textOf', body)(textOf) as CellTaker;
}
