/**
 * The cells of one line by RFC 4180. A quote that does not begin a cell is a character like any other.
 *
 * @returns the index of the cell at fault when there is text behind the quote that closes it, or none closes it.
 */
export function quotedCells(line: string, delimiter: string): string[] | number {
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    if (line[at] !== '"') {
      const end = line.indexOf(delimiter, at);
      if (end === -1) {
        cells.push(line.slice(at));
        return cells;
      }
      cells.push(line.slice(at, end));
      at = end + 1;
      continue;
    }
    let close = line.indexOf('"', at + 1);
    while (close !== -1 && line[close + 1] === '"') close = line.indexOf('"', close + 2);
    if (close === -1) return cells.length;
    cells.push(line.slice(at + 1, close).replaceAll('""', '"'));
    if (close + 1 === line.length) return cells;
    if (line[close + 1] !== delimiter) return cells.length - 1;
    at = close + 2;
  }
}
