import type { Readable } from 'node:stream';

/**
 * What is to be sent. All but a bare stream can be opened again, so the upload can be repeated when the connection drops. A bare stream, and an
 * opened one of unknown length, is first copied to a temporary file, because the store on the other side wants to know the length.
 */
export type Content =
  | string
  | Uint8Array
  | { readonly file: string }
  | { readonly open: () => Readable; readonly bytes?: number }
  | Readable;
