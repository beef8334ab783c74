/** Another program of the same application and seller eats a share of the rate for a while (monotonic times). */
export interface ForeignUse {
  readonly id: string;
  /** From 0 to 1. */
  readonly share: number;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly matches: (operation: string, sellerId: string | undefined) => boolean;
}
