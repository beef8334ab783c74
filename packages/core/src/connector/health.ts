/** How well a part is. `down` means that work waits for it. */
export type HealthStatus = 'up' | 'degraded' | 'down';

export interface Health {
  readonly status: HealthStatus;
  /** What a person wants to know, safe to print. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly parts?: Readonly<Record<string, Health>>;
}

/** The worst of the parts, with the parts in it. */
export function healthOf(
  parts: Readonly<Record<string, Health>>,
  details?: Readonly<Record<string, unknown>>,
): Health {
  const all = Object.values(parts).map((part) => part.status);
  const status: HealthStatus = all.includes('down') ? 'down' : all.includes('degraded') ? 'degraded' : 'up';
  return { status, ...(details && { details }), parts };
}
