/** The two ids by which a span is found. Source: W3C Trace Context, level 1, section 3.2. */
export interface TraceIds {
  readonly traceId: string;
  readonly spanId: string;
}

export interface Traceparent extends TraceIds {
  /** Bit 0: sampled. */
  readonly flags: number;
}

const form = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;
const noTraceId = '0'.repeat(32);
const noSpanId = '0'.repeat(16);

/** @returns undefined for what is no `traceparent`, for example of a job that another release wrote. */
export function readTraceparent(text: string): Traceparent | undefined {
  const [, version, traceId, spanId, flags, more] = form.exec(text) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  // Version ff is forbidden; version 00 has no more than four parts.
  if (version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (traceId === noTraceId || spanId === noSpanId) return undefined;
  return { traceId, spanId, flags: Number.parseInt(flags, 16) & 1 };
}

export function writeTraceparent({ traceId, spanId, flags }: Traceparent): string {
  return `00-${traceId}-${spanId}-${(flags & 1).toString().padStart(2, '0')}`;
}

/** For a log line; nothing outside of a span. */
export function traceIds(traceparent: string | undefined): Partial<TraceIds> {
  const read = traceparent === undefined ? undefined : readTraceparent(traceparent);
  return read === undefined ? {} : { traceId: read.traceId, spanId: read.spanId };
}
