import { isErrorOf, NotFoundError } from '@fluxori/core';

/**
 * For `catch`: Amazon's "not found" names nothing; ours names what was asked for.
 *
 * @param named - asked for only then: what was no id at all has been refused by another error, and may not even be written into a text. `what`
 *   is e.g. `Order 902-1234567-1234567`.
 */
export function namingNotFound(named: () => { what: string; field: string; remedy: string }) {
  return (error: unknown): never => {
    if (!isErrorOf(error, 'NotFoundError')) throw error;
    const { what, field, remedy } = named();
    throw new NotFoundError(`${what} does not exist for ${error.account ?? 'this account'}.`, {
      ...error,
      cause: error,
      field,
      remedy,
    });
  };
}

/** The same for an order of Amazon's. */
export function namingOrder(orderId: string) {
  return namingNotFound(() => ({
    what: `Order ${orderId}`,
    field: 'orderId',
    remedy: 'Check the order id, and that the order belongs to this seller.',
  }));
}
