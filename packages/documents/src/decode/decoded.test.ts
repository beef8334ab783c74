import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { charsetOf } from './charset.js';
import { type DecodeOptions, decoded } from './decoded.js';

async function read(bytes: Buffer, charset: string, size = bytes.length, options: DecodeOptions = {}) {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += Math.max(size, 1)) pieces.push(bytes.subarray(at, at + size));
  const text = decoded(Readable.from(pieces, { objectMode: false }), charset, options);
  let all = '';
  for await (const piece of text) all += piece;
  return { all, replaced: text.replaced, charset: text.charset, bytes: text.bytes };
}

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** In cp932; the last ones are NEC's and IBM's, and those that plain Shift_JIS maps elsewhere. */
const japanese = hex(
  '93fa 967b 8cea 09 b1 b2 0d0a 5c 7e 8740 878a fae1 ed40 8160 817c 8191 81ca 8161 1a 1c 7f',
);
const japaneseText = '日本語\tｱｲ\r\n\\~①㈱杦纊～－￠￢∥\x1a\x1c\x7f';

const samples: readonly [charset: string, bytes: Buffer, text: string][] = [
  ['utf-8', Buffer.from('añb€日本𝄞\tz'), 'añb€日本𝄞\tz'],
  ['windows-1252', hex('80 82 92 93 94 96 99 9f e9 ff 41 81'), '€‚’“”–™ŸéÿA\x81'],
  ['iso-8859-1', hex('80 92 9f a4 e9 ff 41'), '\x80\x92\x9f¤éÿA'],
  ['shift_jis', japanese, japaneseText],
  ['utf-16le', Buffer.from('aé日𝄞', 'utf16le'), 'aé日𝄞'],
  ['euc-jp', hex('c6fc cbdc b8ec 41'), '日本語A'],
];

describe('decoded', () => {
  it.each(samples)('reads %s, however the characters lie across the pieces', async (charset, bytes, text) => {
    for (const size of [1, 2, 3, 5, bytes.length]) {
      expect(await read(bytes, charset, size)).toMatchObject({ all: text, replaced: 0, bytes: bytes.length });
      expect((await read(bytes, charset, size, { fatal: true })).all).toBe(text);
    }
  });

  it('takes a byte order mark off and believes it more than the label', async () => {
    const marked: [Buffer, string][] = [
      [Buffer.from('\ufeffaé'), 'utf-8'],
      [Buffer.from('\ufeffaé', 'utf16le'), 'utf-16le'],
      [Buffer.from('\ufeffaé', 'utf16le').swap16(), 'utf-16be'],
    ];
    for (const [bytes, charset] of marked) {
      for (const label of ['windows-1252', 'utf-8', 'utf-16', 'shift_jis']) {
        for (const size of [1, 2, 100]) {
          expect(await read(bytes, label, size)).toEqual({
            all: 'aé',
            replaced: 0,
            charset,
            bytes: bytes.length,
          });
        }
      }
    }
  });

  it('keeps a byte order mark that is not at the beginning', async () => {
    expect((await read(Buffer.from('a\ufeffb'), 'utf-8', 1)).all).toBe('a\ufeffb');
  });

  it.each(['', 'a', 'ab', 'é'])('reads the short document "%s"', async (text) => {
    expect(await read(Buffer.from(text), 'utf-8', 1)).toMatchObject({ all: text, replaced: 0 });
  });

  it('counts what it had to replace, and not what stood there already', async () => {
    const bytes = Buffer.concat([
      Buffer.from('a\ufffdb'),
      hex('ff c3 28 e6 97'),
      Buffer.from('\ufffd'),
      hex('e6'),
    ]);
    for (const size of [1, 2, 3, 4, 100]) {
      expect(await read(bytes, 'utf-8', size)).toMatchObject({ all: 'a�b��(�\ufffd�', replaced: 4 });
    }
    expect(await read(hex('41 81'), 'shift_jis', 1)).toMatchObject({ all: 'A�', replaced: 1 });
    expect(await read(hex('41 fd 42'), 'shift_jis')).toMatchObject({ all: 'A�B', replaced: 1 });
  });

  it.each([
    ['utf-8', Buffer.concat([Buffer.from('日本'.repeat(3_000)), hex('e6 97 41')]), 18_000],
    ['utf-8', Buffer.concat([Buffer.from('\ufeffab'), hex('ff'), Buffer.alloc(9_000, 'x')]), 5],
    ['utf-8', Buffer.concat([Buffer.alloc(70_001, 'x'), hex('e6 97')]), 70_001],
    ['shift_jis', Buffer.concat([Buffer.alloc(9_001, 'x'), hex('93fa fd 41')]), 9_003],
    ['shift_jis', Buffer.concat([Buffer.alloc(10, 'x'), hex('93')]), 11],
  ])('names the byte that is no %s when told to be strict', async (charset, bytes, at) => {
    for (const size of [1, 1_000, 65_536, bytes.length]) {
      const reading = read(bytes, charset, size, { fatal: true, operation: 'reports.read', account: 'acme' });
      await expect(reading).rejects.toMatchObject({
        name: 'DocumentError',
        code: 'DOCUMENT_CHARSET_WRONG',
        account: 'acme',
        details: { byte: at, charset },
      });
    }
  });

  it('agrees with the platform on random bytes', async () => {
    let seed = 42;
    const random = () => {
      seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
      return seed / 0x7fffffff;
    };
    for (let round = 0; round < 300; round++) {
      const bytes = Buffer.from(
        Array.from({ length: 40 }, () =>
          random() < 0.5 ? 0x20 + Math.floor(random() * 90) : 0x80 + Math.floor(random() * 128),
        ),
      );
      const size = 1 + Math.floor(random() * 9);
      if (bytes[0] === 0xef || (bytes[0] as number) >= 0xfe) continue;
      expect((await read(bytes, 'utf-8', size)).all).toBe(new TextDecoder('utf-8').decode(bytes));
    }
  });

  it('closes the bytes when its reader leaves', async () => {
    const bytes = Readable.from([Buffer.from('abc'), Buffer.from('def')], { objectMode: false });
    for await (const _ of decoded(bytes, 'utf-8')) break;
    expect(bytes.destroyed).toBe(true);
  });

  it('refuses a charset that nobody knows at once', () => {
    expect(() => decoded(Readable.from([]), 'klingon-8')).toThrow(
      expect.objectContaining({ code: 'DOCUMENT_CHARSET_UNKNOWN' }) as unknown as Error,
    );
  });
});

describe('charsetOf', () => {
  it.each([
    ['text/tab-separated-values; charset=UTF-8', 'utf-8'],
    ['text/plain;charset="Cp1252"', 'windows-1252'],
    ['text/plain; charset=ISO-8859-1', 'iso-8859-1'],
    ['text/plain; Charset = windows-31j; x=y', 'shift_jis'],
    ['text/plain; charset=Shift_JIS', 'shift_jis'],
    ['text/plain; charset=', 'windows-1252'],
    ['text/xml', 'windows-1252'],
    [undefined, 'windows-1252'],
  ])('finds in %s the charset %s', (contentType, charset) => {
    expect(charsetOf(contentType, 'Windows-1252')).toBe(charset);
  });
});
