/**
 * Waits for all of them, whatever becomes of one: what is still running when its test has failed finds no test any more, and keeps the runner alive.
 *
 * @throws what the first of them that failed threw.
 */
export async function allEnded(works: readonly Promise<unknown>[]): Promise<void> {
  for (const end of await Promise.allSettled(works)) if (end.status === 'rejected') throw end.reason;
}
