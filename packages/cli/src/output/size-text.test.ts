import { expect, it } from '@jest/globals';
import { sizeText } from './size-text.js';

it.each<[number, string]>([
  [0, '0 bytes'],
  [1023, '1023 bytes'],
  [1024, '1.0 KiB'],
  [12 * 2 ** 20, '12 MiB'],
  [1.2 * 2 ** 30, '1.2 GiB'],
  [2 ** 52, '4096 TiB'],
])('%d bytes read as %s', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});
