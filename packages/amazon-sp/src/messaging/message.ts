/** A file that was uploaded beforehand. */
export interface MessageAttachment {
  /** What `connector.uploads.send` gave for the resource of this kind of message. */
  readonly uploadDestinationId: string;
  /** As the buyer sees it, with its extension. */
  readonly fileName: string;
}

/** Text is in the buyer's language (see `attributes`), without HTML and e-mail addresses. */
interface WithText {
  readonly text: string;
}
interface WithAttachments {
  /** At most five. */
  readonly attachments: readonly MessageAttachment[];
}

/** A message to the buyer of an order, as one of the kinds that Amazon lets through. */
export type Message =
  /** Asks to give or confirm how the goods are to be customised. */
  | ({ readonly kind: 'confirmCustomizationDetails' } & WithText & Partial<WithAttachments>)
  /** Arranges the delivery. */
  | ({ readonly kind: 'confirmDeliveryDetails' } & WithText)
  /** Asks something about the order before it is shipped. */
  | ({ readonly kind: 'confirmOrderDetails' } & WithText)
  /** Arranges a service at home. */
  | ({ readonly kind: 'confirmServiceDetails' } & WithText)
  /** Key to digital content. */
  | ({ readonly kind: 'digitalAccessKey' } & WithText & Partial<WithAttachments>)
  /** Something stands in the way of the order. */
  | ({ readonly kind: 'unexpectedProblem' } & WithText)
  /** Documents that the law demands. */
  | ({ readonly kind: 'legalDisclosure' } & WithAttachments)
  | ({
      readonly kind: 'warranty';
      readonly coverageStart?: Date;
      readonly coverageEnd?: Date;
    } & WithAttachments)
  | ({ readonly kind: 'invoice' } & WithAttachments);

export type MessageKind = Message['kind'];

interface MessageRules {
  /** The longest text, in characters; absent for kinds without text. */
  readonly longestText?: number;
  readonly attachments: 'none' | 'allowed' | 'needed';
}

/** The most attachments of a message. Source: messaging v1. */
export const mostAttachments = 5;

/** Source: definitions of the requests in messaging v1 (commit 34dc93f), checked November 2026. */
export const messageRules: Readonly<Record<MessageKind, MessageRules>> = {
  confirmCustomizationDetails: { longestText: 800, attachments: 'allowed' },
  confirmDeliveryDetails: { longestText: 2_000, attachments: 'none' },
  confirmOrderDetails: { longestText: 2_000, attachments: 'none' },
  confirmServiceDetails: { longestText: 2_000, attachments: 'none' },
  digitalAccessKey: { longestText: 400, attachments: 'allowed' },
  unexpectedProblem: { longestText: 2_000, attachments: 'none' },
  legalDisclosure: { attachments: 'needed' },
  warranty: { attachments: 'needed' },
  invoice: { attachments: 'needed' },
};

export const messageKinds = Object.keys(messageRules) as readonly MessageKind[];
