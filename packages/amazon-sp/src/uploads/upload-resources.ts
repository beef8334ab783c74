import type { OrderId } from '@fluxori/core';

/** Messages to a buyer that take files. */
export type MessageWithFiles =
  | 'confirmCustomizationDetails'
  | 'digitalAccessKey'
  | 'invoice'
  | 'legalDisclosure'
  | 'warranty';

/**
 * What a file is uploaded for: the path of the operation that will name it.
 * Source: `resource` of createUploadDestinationForResource, uploads_2020-11-01, and the paths of messaging v1, checked November 2026.
 */
export const uploadResources = {
  aPlusContent: 'aplus/2020-11-01/contentDocuments',
  message: (orderId: OrderId, kind: MessageWithFiles) => `messaging/v1/orders/${orderId}/messages/${kind}`,
} as const;
