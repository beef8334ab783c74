import type { Implementation } from '../operation/implementation.js';
import { getInventorySummaries } from './inventory/get-inventory-summaries.js';
import { getOrder } from './orders/get-order.js';
import { searchOrders } from './orders/search-orders.js';

/** Everything that the sandbox really does; the rest of the table is checked and answered with its success code. */
export const implementations: readonly Implementation[] = [searchOrders, getOrder, getInventorySummaries];
