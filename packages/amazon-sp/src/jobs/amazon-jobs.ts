import type { JobDefinition } from '@fluxori/queue';
import { businessOffers } from './business-offers.js';
import { catalogLookup } from './catalog-lookup.js';
import { changesFeed } from './changes-feed.js';
import { changesFlush } from './changes-flush.js';
import { datakioskRun } from './datakiosk-run.js';
import { feedsSubmit } from './feeds-submit.js';
import { feesEstimate } from './fees-estimate.js';
import { financesImport } from './finances-import.js';
import { inboundImport } from './inbound-import.js';
import { inboundPlansCreate } from './inbound-plans-create.js';
import { inventoryRefresh } from './inventory-refresh.js';
import { inventorySync } from './inventory-sync.js';
import { inventoryUpdate } from './inventory-update.js';
import type { AmazonJobParts } from './job-parts.js';
import { listingsRefresh } from './listings-refresh.js';
import { merchantFulfillmentShip } from './merchant-fulfillment-ship.js';
import { messagingSend } from './messaging-send.js';
import { ordersConfirmShipment } from './orders-confirm-shipment.js';
import { ordersImport } from './orders-import.js';
import { outboundCreate } from './outbound-create.js';
import { pricesUpdate } from './prices-update.js';
import { productTypesRefresh } from './product-types-refresh.js';
import { reportsRun } from './reports-run.js';
import { restrictionsCheck } from './restrictions-check.js';
import { salesImport } from './sales-import.js';
import { shipmentInvoicingSubmit } from './shipment-invoicing-submit.js';
import { solicitationsSend } from './solicitations-send.js';
import { uploadsSend } from './uploads-send.js';

/** Every job of this connector, for `OperationQueues`. */
export function amazonJobs(parts: AmazonJobParts): JobDefinition[] {
  return [
    ordersImport,
    ordersConfirmShipment,
    inventorySync,
    inventoryRefresh,
    inventoryUpdate,
    catalogLookup,
    pricesUpdate,
    listingsRefresh,
    financesImport,
    feesEstimate,
    feedsSubmit,
    changesFlush,
    changesFeed,
    reportsRun,
    productTypesRefresh,
    restrictionsCheck,
    salesImport,
    datakioskRun,
    uploadsSend,
    shipmentInvoicingSubmit,
    messagingSend,
    solicitationsSend,
    outboundCreate,
    merchantFulfillmentShip,
    inboundPlansCreate,
    inboundImport,
    businessOffers,
  ].map((job) => job(parts));
}
