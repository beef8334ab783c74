import type { AmazonSPConnector } from '@fluxori/amazon-sp';
import type { AccountId } from '@fluxori/core';
import { defineJob } from '@fluxori/queue';
import { z } from 'zod';

interface State {
  readonly left: readonly string[];
  readonly found: Readonly<Record<string, string>>;
}

/** Looks up the titles of many products, one call each, and goes on after a crash with the product where it was. */
export function titlesJob(connector: (account: AccountId) => Promise<AmazonSPConnector>) {
  return defineJob<{ asins: string[] }, State, Readonly<Record<string, string>>>({
    name: 'catalog.titles',
    section: 'catalog',
    version: 1,
    priority: 'low',
    payload: z.strictObject({ asins: z.array(z.string()).min(1) }),
    async run(ctx) {
      const amazon = await connector(ctx.accountId);
      let state: State = ctx.state ?? { left: ctx.payload.asins, found: {} };
      for (const asin of state.left) {
        // Waits a second at most; when the limit needs longer, the job parks and gives its place to another.
        const item = await ctx.call((terms) => amazon.catalog.get(asin, terms));
        state = { left: state.left.slice(1), found: { ...state.found, [asin]: item.title ?? '' } };
        await ctx.checkpoint(state);
        await ctx.progress({ done: Object.keys(state.found).length, total: ctx.payload.asins.length });
      }
      return state.found;
    },
  });
}
