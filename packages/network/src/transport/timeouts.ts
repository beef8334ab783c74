/** How long each part of one attempt may take, in milliseconds. */
export interface Timeouts {
  /** Name, TCP, proxy and TLS, until the request can be sent. */
  readonly connectMs: number;
  /** From there to the answer's headers. */
  readonly firstByteMs: number;
  /** Between two pieces of the answer's body. */
  readonly idleMs: number;
  /** The whole attempt. */
  readonly attemptMs: number;
}

export const defaultTimeouts: Timeouts = {
  connectMs: 10_000,
  firstByteMs: 30_000,
  idleMs: 15_000,
  attemptMs: 60_000,
};
