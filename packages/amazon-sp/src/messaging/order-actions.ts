interface Link {
  readonly href?: string;
  readonly name?: string;
}

/**
 * What may be done for an order now, by the links of Amazon's answer (HAL): the last part of each link's path, e.g. `confirmDeliveryDetails` of
 * `/messaging/v1/orders/902-…/messages/confirmDeliveryDetails?marketplaceIds=…`, which is what the operation's own path ends with.
 */
export function offeredActions(answer: { _links?: { actions?: readonly Link[] } } | undefined): string[] {
  const names = (answer?._links?.actions ?? []).flatMap(({ href, name }) => lastPart(href) ?? name ?? []);
  return [...new Set(names)];
}

function lastPart(href: string | undefined): string | undefined {
  const [path = ''] = (href ?? '').split('?');
  const part = path.split('/').at(-1);
  return part === '' ? undefined : part;
}
