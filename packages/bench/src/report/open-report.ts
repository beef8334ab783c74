import { get, type IncomingMessage } from 'node:http';

/** What a way of reading made of a report. */
export interface Read {
  readonly rows?: number;
  readonly bytes?: number;
  /** Of the bytes on the wire, in hex. */
  readonly sha256?: string;
  /** Connections that broke. */
  readonly drops?: number;
}

/** The answer's body, as it comes over the wire. */
export function openReport(url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, resolve).on('error', reject);
  });
}
