/** An element with its text and its children, in order. */
export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

/** A text that is no well-formed XML. */
export class XmlSyntaxError extends Error {
  override readonly name = 'XmlSyntaxError';
}

interface OpenElement {
  readonly name: string;
  readonly children: XmlElement[];
  text: string;
}

const token =
  /<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<!DOCTYPE[^>]*>|<(\/?)([\w.:-]+)((?:\s+[\w.:-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)/gy;

/**
 * Reads the XML of a feed: elements, text, CDATA and the five entities and character references. Attributes are passed over.
 *
 * @throws XmlSyntaxError
 */
export function parseXml(source: string): XmlElement {
  const text = source.replace(/^\ufeff/, '');
  const root: OpenElement = { name: '', children: [], text: '' };
  const open: OpenElement[] = [root];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const found = token.exec(text);
    if (found === null) throw new XmlSyntaxError(`Not well formed at character ${at + 1}.`);
    const [, cdata, closes, name, , empty, plain] = found;
    const current = open.at(-1) as OpenElement;
    if (cdata !== undefined) current.text += cdata;
    else if (plain !== undefined) current.text += decoded(plain);
    else if (name !== undefined && closes === '/') {
      if (current.name !== name || open.length === 1) throw new XmlSyntaxError(`</${name}> closes nothing.`);
      open.pop();
    } else if (name !== undefined) {
      const element: OpenElement = { name, children: [], text: '' };
      current.children.push(element);
      if (empty !== '/') open.push(element);
    }
  }
  if (open.length > 1) throw new XmlSyntaxError(`<${open.at(-1)?.name}> is not closed.`);
  const [first, ...more] = root.children;
  if (first === undefined || more.length > 0)
    throw new XmlSyntaxError('There must be one element that holds all.');
  return first;
}

/** The text of a descendant, by the names on the way to it. */
export function textAt(element: XmlElement, ...path: readonly string[]): string | undefined {
  let at: XmlElement | undefined = element;
  for (const name of path) at = at?.children.find((one) => one.name === name);
  const text = at?.text.trim();
  return text === '' ? undefined : text;
}

export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decoded(text: string): string {
  return text.replaceAll(
    /&(?:#(\d+)|#x([\da-fA-F]+)|(\w+));/g,
    (_, decimal?: string, hex?: string, name?: string) => {
      if (name === undefined)
        return String.fromCodePoint(
          decimal === undefined ? Number.parseInt(hex as string, 16) : Number(decimal),
        );
      const character = entities[name];
      if (character === undefined) throw new XmlSyntaxError(`There is no entity &${name};.`);
      return character;
    },
  );
}
