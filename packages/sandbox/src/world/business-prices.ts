/** What businesses pay: a little less for one unit, and less still for many. Amounts in hundredths of the currency. */
export interface BusinessPrices {
  readonly cents: number;
  readonly tiers: readonly { readonly units: number; readonly cents: number }[];
}

export function businessPricesOf(consumerCents: number): BusinessPrices {
  const less = (share: number) => Math.round(consumerCents * (1 - share));
  return {
    cents: less(0.05),
    tiers: [
      { units: 10, cents: less(0.08) },
      { units: 50, cents: less(0.12) },
    ],
  };
}
