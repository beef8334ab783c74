/**
 * Whether a text mentions any of these: order ids, addresses of buyers. In whatever case, and whole: order `9` is not mentioned by `1999`.
 *
 * @param wanted - texts as they are; in JSON they are found, too, where quotes and backslashes have another before them.
 */
export function mentionsAny(wanted: readonly string[]): (text: string) => boolean {
  const forms = [...new Set(wanted.flatMap((one) => [one, JSON.stringify(one).slice(1, -1)]))];
  if (forms.length === 0) return () => false;
  // In JSON the letter of an escape such as \n may stand right before.
  const before = '(?:(?<![\\p{L}\\p{N}])|(?<=\\\\[bfnrt])|(?<=\\\\u[0-9a-f]{4}))';
  const pattern = new RegExp(`${before}(?:${forms.map(literal).join('|')})(?![\\p{L}\\p{N}])`, 'iu');
  return (text) => pattern.test(text);
}

function literal(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
