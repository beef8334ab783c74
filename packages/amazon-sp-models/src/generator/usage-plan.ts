/**
 * Reads the default usage plan out of an operation's description, where Amazon keeps it as a Markdown table:
 * `| Rate (requests per second) | Burst |`, then `| 0.0056 | 20 |` or `|Default| 5 | 10 |`. Some descriptions were escaped twice, so that their
 * lines end in a written-out `\n`.
 *
 * @returns Requests per second and burst, or nothing if the table is missing or says `n`.
 */
export function usagePlan(description = ''): { rate?: number; burst?: number } {
  const row = /^\s*\|(?:\s*Default\s*\|)?\s*(\d*\.?\d+)\s*\|\s*(\d*\.?\d+)\s*\|/m.exec(
    description.replaceAll('\\n', '\n'),
  );
  return row ? { rate: Number(row[1]), burst: Number(row[2]) } : {};
}
