/** Amazon answers nothing to a longer time. Source: postedBefore of listTransactions, finances 2024-06-19, checked November 2026. */
export const longestWindowMs = 180 * 24 * 3_600_000;

/** Amazon does not list the transactions of the last two minutes. Same source. */
export const settleMs = 2 * 60_000;

/** How late the transactions of an order may show. Same source ("might not include orders from the last 48 hours"). */
export const latenessMs = 48 * 3_600_000;
