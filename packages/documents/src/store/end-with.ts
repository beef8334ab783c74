import type { Readable } from 'node:stream';

/** Ends a stream with the signal's reason as soon as it is aborted, whatever it is waiting for. */
export function endWith<Stream extends Readable>(stream: Stream, signal: AbortSignal | undefined): Stream {
  if (signal === undefined) return stream;
  const end = () => stream.destroy(signal.reason as Error);
  if (signal.aborted) end();
  else {
    signal.addEventListener('abort', end, { once: true });
    stream.once('close', () => signal.removeEventListener('abort', end));
  }
  return stream;
}

/**
 * A stream that is to be written away. It may fail before somebody reads it; then whoever reads it is told, and the process does not end for
 * want of a listener.
 */
export function asSource(stream: Readable, signal: AbortSignal | undefined): Readable {
  stream.on('error', () => {});
  return endWith(stream, signal);
}
