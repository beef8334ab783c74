import type { Readable } from 'node:stream';

/**
 * Ends a stream with the signal's reason as soon as it is aborted, whatever it is waiting for. Before somebody reads it, too, the stream may be aborted or
 * break: whoever reads it then is told, and the process does not end for want of a listener.
 */
export function endWith<Stream extends Readable>(stream: Stream, signal: AbortSignal | undefined): Stream {
  stream.on('error', () => {});
  if (signal === undefined) return stream;
  const end = () => stream.destroy(signal.reason as Error);
  if (signal.aborted) end();
  else {
    signal.addEventListener('abort', end, { once: true });
    stream.once('close', () => signal.removeEventListener('abort', end));
  }
  return stream;
}
