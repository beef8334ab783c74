import { defaultRetention, type RetentionRules } from '@fluxori/core';
import { z } from 'zod';

const days = z.int().min(0).max(3_650);

/** What is kept of persons, and for how long. */
export const privacyConfigSchema = z
  .strictObject({
    /** Days from an order's end, by group; 30 is the most that Amazon allows without a legal duty. Documents have their own in each account: `retention`. */
    retentionDays: z
      .strictObject({
        shipTo: days.default(defaultRetention.days.shipTo),
        buyer: days.default(defaultRetention.days.buyer),
      })
      .prefault({}),
    /** An order that never ends counts as ended so many days after it was placed. */
    openOrderDays: days.default(defaultRetention.openOrderDays),
    /** Days for which the audit trail is kept; Amazon wants 90 at the least. */
    auditDays: z.int().min(90).max(3_650).default(400),
    /** When workers delete what is past its time: a cron expression in UTC, or false for never by themselves. */
    sweep: z.union([z.string().min(9), z.literal(false)]).default('17 3 * * *'),
  })
  .prefault({});

export type PrivacyConfig = z.output<typeof privacyConfigSchema>;

export function retentionRules({ openOrderDays, retentionDays }: PrivacyConfig): RetentionRules {
  const { buyer, shipTo } = retentionDays;
  return { days: { shipTo, buyer }, openOrderDays };
}
