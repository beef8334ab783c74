/** How long each part of one attempt may take, in milliseconds. */
export interface Timeouts {
  /** Name, TCP, proxy and TLS, until the request can be sent. */
  readonly connectMs: number;
  /** From the request's last byte to the answer's headers. */
  readonly firstByteMs: number;
  /** Between two pieces of a body, in either direction. */
  readonly idleMs: number;
  /** The whole attempt; streams have no such limit. */
  readonly attemptMs: number;
}

export const defaultTimeouts: Timeouts = {
  connectMs: 10_000,
  firstByteMs: 30_000,
  idleMs: 15_000,
  attemptMs: 60_000,
};
