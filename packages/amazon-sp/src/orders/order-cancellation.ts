import type { Cancellation, CancellationParty } from '@fluxori/core';

/** Who asks for a cancellation, or carries it out (orders 2026-01-01), in our words. */
const parties: Readonly<Record<string, CancellationParty>> = {
  BUYER: 'buyer',
  MERCHANT: 'seller',
  AMAZON: 'marketplace',
};

/** Amazon calls the reason an "explanation" and shows sentences as examples, so only what cannot be a person's words is kept. */
const codePattern = /^(OTHER|[A-Z]+(_[A-Z0-9]+)+)$/;

export function toCancellation(party: string | undefined, reason: string | undefined): Cancellation {
  return {
    by: parties[party ?? ''] ?? 'unknown',
    ...(reason !== undefined && codePattern.test(reason) && { reasonCode: reason }),
  };
}
