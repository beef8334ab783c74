import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Disturbance } from '../faults/disturbance.js';
import { cutConnection } from '../http/answer.js';
import type { ByteRange } from './byte-range.js';
import type { DocumentContent } from './document-content.js';

const slicesPerSecond = 20;

/** How many bytes of the part went out, and whether the answer ended as it should. */
export interface SentDocument {
  readonly bytes: number;
  readonly cut: boolean;
}

/**
 * Sends a part of a document, as slowly or as badly as the faults want it. A connection that is cut after some bytes is
 * closed only when they have left, so that the other side has them.
 */
export async function sendDocument(
  response: ServerResponse,
  content: DocumentContent,
  range: ByteRange,
  disturbance: Readonly<Disturbance>,
): Promise<SentDocument> {
  const { bytesPerSecond, document = {}, resetAfterBytes, stallAfterBytes } = disturbance;
  const most = Math.min(
    resetAfterBytes ?? Number.POSITIVE_INFINITY,
    stallAfterBytes ?? Number.POSITIVE_INFINITY,
  );
  const stream = content.open(range.from, range.to);
  let at = range.from;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      const left = most - (at - range.from);
      for (const slice of slicesOf(chunk.subarray(0, Math.min(left, chunk.length)), bytesPerSecond)) {
        if (!(await send(response, damaged(slice, at, document.damageAtByte))))
          return { bytes: at - range.from, cut: true };
        at += slice.length;
        if (bytesPerSecond !== undefined) await wait((slice.length / bytesPerSecond) * 1_000);
      }
      // The other side has all of it by now and may go on: what was sent is told before the content is closed, which takes its time.
      if (at - range.from >= most || at >= range.to) break;
    }
  } finally {
    stream.destroy();
  }
  const bytes = at - range.from;
  if (resetAfterBytes !== undefined) {
    response.flushHeaders();
    cutConnection(response);
    return { bytes, cut: true };
  }
  if (stallAfterBytes !== undefined && stallAfterBytes < range.to - range.from) {
    response.flushHeaders();
    // Who has gone meanwhile, while the bytes came slowly, does not go once more.
    if (!response.destroyed) await new Promise<void>((resolve) => response.once('close', () => resolve()));
    return { bytes, cut: true };
  }
  if ((document.lengthOffBy ?? 0) === 0) response.end();
  else cutConnection(response);
  return { bytes, cut: false };
}

function* slicesOf(chunk: Buffer, bytesPerSecond: number | undefined): Generator<Buffer> {
  if (bytesPerSecond === undefined) {
    if (chunk.length > 0) yield chunk;
    return;
  }
  const size = Math.max(1, Math.ceil(bytesPerSecond / slicesPerSecond));
  for (let at = 0; at < chunk.length; at += size) yield chunk.subarray(at, at + size);
}

function damaged(slice: Buffer, from: number, atByte: number | undefined): Buffer {
  if (atByte === undefined || atByte < from || atByte >= from + slice.length) return slice;
  const copy = Buffer.from(slice);
  copy[atByte - from] = (copy[atByte - from] as number) ^ 0xff;
  return copy;
}

/** Waits until the bytes have left. False when the other side has gone. */
function send(response: ServerResponse, slice: Buffer): Promise<boolean> {
  if (response.destroyed) return Promise.resolve(false);
  return new Promise((resolve) => {
    const gone = () => resolve(false);
    response.once('close', gone);
    response.write(slice, (error) => {
      response.off('close', gone);
      resolve(!error);
    });
  });
}
