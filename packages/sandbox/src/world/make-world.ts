import type { CheckedOptions } from '../options.js';
import { World } from './world.js';

/** How far apart new orders are laid whose number only was given. */
const newOrderGapMs = 50;

/**
 * Builds the world that the options describe.
 *
 * @param visibleMs - the last moment of which the search of orders knows now; new orders without a time lie before it.
 */
export function makeWorld(options: CheckedOptions, epochMs: number, visibleMs: number): World {
  const { seed, orderDays, orders, skus, marketplaces, sellers, newOrders } = options;
  const plans: readonly Exclude<CheckedOptions['sellers'], number>[number][] =
    typeof sellers === 'number' ? Array.from({ length: sellers }, () => ({})) : sellers;
  const world = new World({
    ...{ seed, orderDays, epochMs },
    sellers: plans.map((plan) => ({
      sellerId: plan.sellerId,
      name: plan.name,
      marketplaces: plan.marketplaces ?? marketplaces,
      orders: plan.orders ?? orders,
      skus: plan.skus ?? skus,
    })),
  });
  const [first] = world.sellers;
  if (typeof newOrders === 'number')
    for (let left = newOrders; left > 0; left--) first?.receiveOrder(visibleMs - left * newOrderGapMs);
  else
    for (const { count, at } of newOrders) for (let i = 0; i < count; i++) first?.receiveOrder(at.getTime());
  return world;
}
