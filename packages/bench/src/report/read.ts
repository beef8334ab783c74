import { type Reader, readers, type Way } from './readers.js';

/** What reading a report took. */
export interface Measured {
  readonly rows?: number;
  readonly bytes?: number;
  /** Of the bytes on the wire, in hex. */
  readonly sha256?: string;
  /** Connections that broke. */
  readonly drops?: number;
  readonly seconds: number;
  /** Of all threads; what others do on the machine matters less to it. */
  readonly cpuSeconds: number;
  /** The most memory that was resident at any time, Node itself included. */
  readonly peakBytes: number;
  /** Why it was not read to its end. */
  readonly error?: string;
}

/** A process that reads one report in one way: `<way> <url> <file>`. Tells its parent what it took. */
const [way, url = '', file = ''] = process.argv.slice(2);
const reader: Reader = readers[way as Way];
const startedAt = performance.now();
const read = await reader(url, file).catch((error: Error) => ({ error: error.message }));
const { user, system } = process.cpuUsage();
const measured: Measured = {
  ...read,
  cpuSeconds: (user + system) / 1e6,
  seconds: (performance.now() - startedAt) / 1000,
  // In kibibytes, as libuv gives it on every system.
  peakBytes: process.resourceUsage().maxRSS * 1024,
};
process.send?.(measured, () => process.disconnect());
