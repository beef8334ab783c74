/** How the text of a flat file is turned into bytes. */
export type Charset = 'utf-8' | 'windows-1252' | 'shift_jis';

const replacement = 0x3f;

/** Characters that the charset does not have become a question mark. */
export function encode(text: string, charset: Charset): Buffer {
  if (charset === 'utf-8') return Buffer.from(text);
  const table = tableOf(charset);
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.charCodeAt(0);
    if (code < 0x80) bytes.push(code);
    else bytes.push(...(table.get(character) ?? [replacement]));
  }
  return Buffer.from(bytes);
}

/** What Node's decoder makes of every byte, or pair of bytes, of the charset, the other way round. */
function tableOf(charset: Exclude<Charset, 'utf-8'>): ReadonlyMap<string, readonly number[]> {
  const decoder = new TextDecoder(charset);
  const table = new Map<string, readonly number[]>();
  const put = (...bytes: number[]) => {
    const character = decoder.decode(Uint8Array.from(bytes));
    if ([...character].length === 1 && character !== '\ufffd' && !table.has(character))
      table.set(character, bytes);
  };
  for (let first = 0x80; first <= 0xff; first++) put(first);
  if (charset === 'shift_jis')
    for (let first = 0x81; first <= 0xfc; first++)
      for (let second = 0x40; second <= 0xfc; second++) put(first, second);
  return table;
}
