/**
 * Waits for `work`, or until `signal` is aborted, whichever comes first. The work itself goes on; what it brings in after an abort is handed
 * to `onLate`, so that a token that arrives too late can be given back.
 *
 * @throws the signal's reason when it is aborted first.
 */
export function abortable<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  onLate?: (value: T) => void,
): Promise<T> {
  if (signal === undefined) return work;
  return new Promise<T>((resolve, reject) => {
    let over = false;
    const onAbort = () => {
      over = true;
      reject(signal.reason);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    work.then(
      (value) => {
        if (over) {
          onLate?.(value);
          return;
        }
        signal.removeEventListener('abort', onAbort);
        resolve(value);
      },
      (error: unknown) => {
        signal.removeEventListener('abort', onAbort);
        if (!over) reject(error);
      },
    );
  });
}
