import type { AmazonSpConfig } from '../config.js';

/** What ends by the calendar, whatever anybody does. */
export type CredentialKind = 'clientSecret' | 'authorisation';

/** How near the end is: `soon` is 30 days before, `urgent` 7 days before, `past` when it is over. */
export type EndStage = 'far' | 'soon' | 'urgent' | 'past';

export interface CredentialEnd {
  readonly kind: CredentialKind;
  readonly expiresAt: Date;
  /** Whole days to go, rounded down; negative when it is over. */
  readonly daysLeft: number;
  readonly stage: EndStage;
  /** For people: what, when, and what to do. */
  readonly message: string;
  readonly remedy: string;
}

const dayMs = 24 * 60 * 60_000;

/** From so many days before the end on it is told; Amazon itself writes 90 days before a client secret's. */
export const warnDays = { soon: 30, urgent: 7 } as const;

/** The ends that are known of an account: those whose dates are in its configuration. */
export function credentialEnds(
  config: Pick<AmazonSpConfig, 'accountId' | 'clientSecretExpiresAt' | 'authorisationExpiresAt'>,
  nowMs: number,
): readonly CredentialEnd[] {
  const { clientSecretExpiresAt, authorisationExpiresAt, accountId } = config;
  const known: [CredentialKind, Date | undefined][] = [
    ['clientSecret', clientSecretExpiresAt],
    ['authorisation', authorisationExpiresAt],
  ];
  return known.flatMap(([kind, expiresAt]) => (expiresAt ? [endOf(kind, expiresAt, accountId, nowMs)] : []));
}

function endOf(kind: CredentialKind, expiresAt: Date, account: string, nowMs: number): CredentialEnd {
  const leftMs = expiresAt.getTime() - nowMs;
  const daysLeft = Math.floor(leftMs / dayMs);
  const stage = stageOf(leftMs);
  const what =
    kind === 'clientSecret'
      ? `The client secret that ${account} uses`
      : `The seller's authorisation of ${account}`;
  const day = expiresAt.toISOString().slice(0, 10);
  const when =
    stage === 'past'
      ? `ended on ${day}`
      : `ends on ${day}, in ${daysLeft === 1 ? '1 day' : `${daysLeft} days`}`;
  return { kind, expiresAt, daysLeft, stage, message: `${what} ${when}.`, remedy: remedyOf(kind, account) };
}

function stageOf(leftMs: number): EndStage {
  if (leftMs <= 0) return 'past';
  if (leftMs <= warnDays.urgent * dayMs) return 'urgent';
  return leftMs <= warnDays.soon * dayMs ? 'soon' : 'far';
}

/** What a person does about it, as a command. Also for what was refused before its time. */
export function remedyOf(kind: CredentialKind, account: string): string {
  return kind === 'clientSecret'
    ? 'Rotate the client secret in the developer console, store the new one where the configuration takes it from, and write its clientSecretIssuedAt; sellers need not authorise again.'
    : `Let the seller authorise the application again: fluxori accounts add ${account}`;
}
