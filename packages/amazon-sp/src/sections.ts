import type { AuditTrail, Backend, KeyValueStore, Logger } from '@fluxori/core';
import type { ContentStore } from '@fluxori/documents';
import type { NetworkAwareClient } from '@fluxori/network';
import { BusinessClient } from './business/business-client.js';
import { CatalogClient } from './catalog/catalog-client.js';
import { ChangeBox } from './changes/change-box.js';
import { DataKioskClient } from './data-kiosk/data-kiosk-client.js';
import { DocumentManager } from './documents/document-manager.js';
import { FeedsClient } from './feeds/feeds-client.js';
import { FeesClient } from './fees/fees-client.js';
import { FinancesClient } from './finances/finances-client.js';
import { InboundClient } from './inbound/inbound-client.js';
import { InventoryClient } from './inventory/inventory-client.js';
import { ListingsClient } from './listings/listings-client.js';
import { ProductTypes } from './listings/product-types.js';
import { MerchantFulfillmentClient } from './merchant-fulfillment/merchant-fulfillment-client.js';
import { MessagingClient } from './messaging/messaging-client.js';
import { NotificationsClient } from './notifications/notifications-client.js';
import { OrdersClient } from './orders/orders-client.js';
import { OutboundClient } from './outbound/outbound-client.js';
import type { AnswerWatch } from './pipeline/answer-watch.js';
import type { SectionContext } from './pipeline/section-context.js';
import { PricingClient } from './pricing/pricing-client.js';
import { ProductTypesClient } from './product-types/product-types-client.js';
import { ReportsClient } from './reports/reports-client.js';
import { RestrictionsClient } from './restrictions/restrictions-client.js';
import { SalesClient } from './sales/sales-client.js';
import { SellersClient } from './sellers/sellers-client.js';
import { ShipmentInvoicingClient } from './shipment-invoicing/shipment-invoicing-client.js';
import { SolicitationsClient } from './solicitations/solicitations-client.js';

import { UploadsClient } from './uploads/uploads-client.js';

/** A client for each section of Amazon's API that is first class here; every other operation is in `connector.api(…)`. */
export interface Sections {
  readonly sellers: SellersClient;
  readonly orders: OrdersClient;
  readonly inventory: InventoryClient;
  readonly catalog: CatalogClient;
  readonly listings: ListingsClient;
  readonly prices: PricingClient;
  readonly documents: DocumentManager;
  readonly feeds: FeedsClient;
  /** Changes of prices and quantities that are gathered before they go to Amazon. */
  readonly changes: ChangeBox;
  readonly reports: ReportsClient;
  readonly notifications: NotificationsClient;
  readonly finances: FinancesClient;
  readonly fees: FeesClient;
  readonly messaging: MessagingClient;
  readonly solicitations: SolicitationsClient;
  readonly outbound: OutboundClient;
  readonly merchantFulfillment: MerchantFulfillmentClient;
  readonly inbound: InboundClient;
  readonly business: BusinessClient;
  readonly productTypes: ProductTypesClient;
  readonly restrictions: RestrictionsClient;
  readonly sales: SalesClient;
  readonly dataKiosk: DataKioskClient;
  readonly uploads: UploadsClient;
  readonly shipmentInvoicing: ShipmentInvoicingClient;
}

/** What the sections are made of, beside the context that all of them share. */
export interface SectionParts {
  readonly backend: Backend;
  readonly secureKeyValues: KeyValueStore;
  /** For what does not go to Amazon's API: documents. */
  readonly client: NetworkAwareClient;
  readonly logger: Logger;
  /** Tells answers that cannot be read. */
  readonly watch: AnswerWatch;
  readonly contents?: ContentStore;
  readonly sealedContents?: ContentStore;
  readonly audit?: AuditTrail;
}

/** Here the section clients are made, in the order in which they need each other. */
export function createSections(context: SectionContext, parts: SectionParts): Sections {
  const { backend } = parts;
  const { keyValues, locks } = backend;
  const { sellerId } = context.config;
  const remembered = new ProductTypes({ store: backend.keyValues, sellerId });
  const listings = new ListingsClient(context, remembered);
  const documents = new DocumentManager(context, { ...parts, keyValues, locks });
  const feeds = new FeedsClient(context, { ...parts, documents });
  const sections: Sections = {
    sellers: new SellersClient(context),
    orders: new OrdersClient(context),
    inventory: new InventoryClient(context, listings),
    catalog: new CatalogClient(context),
    listings,
    prices: new PricingClient(context, listings),
    documents,
    feeds,
    changes: new ChangeBox(context, { keyValues, locks, feeds, productTypes: remembered }),
    reports: new ReportsClient(context, { ...parts, documents }),
    notifications: new NotificationsClient(context),
    finances: new FinancesClient(context),
    fees: new FeesClient(context),
    messaging: new MessagingClient(context, parts),
    solicitations: new SolicitationsClient(context, { keyValues, locks }),
    outbound: new OutboundClient(context, parts),
    merchantFulfillment: new MerchantFulfillmentClient(context, { keyValues, locks }),
    inbound: new InboundClient(context),
    business: new BusinessClient(context),
    productTypes: new ProductTypesClient(context, parts),
    restrictions: new RestrictionsClient(context),
    sales: new SalesClient(context),
    uploads: new UploadsClient(context, parts),
    shipmentInvoicing: new ShipmentInvoicingClient(context, { keyValues, locks }),
    dataKiosk: new DataKioskClient(context, { ...parts, documents }),
  };
  // What is gathered here is not read from Amazon's answers.
  const { changes, ...clients } = sections;
  const guarded = Object.entries(clients).map(
    ([name, client]) => [name, parts.watch.guard(client, name)] as const,
  );
  return { ...(Object.fromEntries(guarded) as unknown as typeof clients), changes };
}
