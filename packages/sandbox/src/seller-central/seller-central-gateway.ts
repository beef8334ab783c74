import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '@fluxori/core';
import { receiveBody } from '../checks/request-body.js';
import { cutConnection } from '../http/answer.js';
import type { ConsentDesk, ConsentProblem } from './consent-desk.js';
import { type FormPage, formPage, problemPage } from './consent-page.js';

const consentPath = '/apps/authorize/consent';
const confirmPath = /^\/apps\/authorize\/confirm\/([^/]+)$/;
const appstorePath = /^\/apps\/store\/dp\/([^/]+)$/;

/** Serves the pages of a local Seller Central: the consent page, the Appstore's "Authorize Now", and the way back from it. */
export class SellerCentralGateway {
  readonly #desk: ConsentDesk;
  readonly #logger: Logger;
  readonly #ownUrl: () => string;

  /** @param options.ownUrl - where it can be reached; known when it listens. */
  constructor(options: { desk: ConsentDesk; logger: Logger; ownUrl: () => string }) {
    this.#desk = options.desk;
    this.#logger = options.logger;
    this.#ownUrl = options.ownUrl;
  }

  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    this.#serve(request, response).catch((error: unknown) => {
      this.#logger.error({ error: String(error) }, 'sandbox: a request to Seller Central failed');
      cutConnection(response);
    });
  };

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.#ownUrl());
    const form = new URLSearchParams(await receiveBody(request));
    const isPost = request.method === 'POST';
    const [, confirmed] = confirmPath.exec(url.pathname) ?? [];
    const [, inStore] = appstorePath.exec(url.pathname) ?? [];
    if (url.pathname === consentPath)
      send(response, isPost ? this.#answer(form) : this.#ask(url.searchParams));
    else if (confirmed !== undefined) send(response, this.#desk.confirm(confirmed, url.searchParams));
    else if (inStore === undefined)
      sendPage(response, 404, problemPage({ code: 'MD9999', message: 'There is no such page.' }));
    else send(response, isPost ? this.#authorizeNow(inStore, form) : this.#storePage(inStore));
  }

  #ask(query: URLSearchParams): FormPage | ConsentProblem {
    const request = this.#desk.check(query);
    if ('code' in request) return request;
    const { applicationId } = request.application;
    return {
      title: 'Authorize an application',
      text: `${applicationId} asks for access to your selling account: orders, inventory, listings and prices.`,
      action: consentPath,
      hidden: Object.fromEntries(query),
      sellers: this.#desk.sellers,
      buttons: [
        { value: 'confirm', label: 'Confirm' },
        { value: 'cancel', label: 'Cancel' },
      ],
    };
  }

  #answer(form: URLSearchParams): URL | ConsentProblem {
    const request = this.#desk.check(form);
    if ('code' in request) return request;
    const sellerId = form.get('selling_partner_id') ?? this.#desk.sellers[0]?.sellerId ?? '';
    return this.#desk.answer(request, form.get('answer') === 'cancel' ? 'cancel' : 'confirm', sellerId);
  }

  #storePage(applicationId: string): FormPage {
    return {
      title: 'Appstore',
      text: `${applicationId} would like to work for you.`,
      action: `/apps/store/dp/${applicationId}`,
      hidden: {},
      sellers: this.#desk.sellers,
      buttons: [{ value: 'authorize', label: 'Authorize Now' }],
    };
  }

  #authorizeNow(applicationId: string, form: URLSearchParams): URL | ConsentProblem {
    const sellerId = form.get('selling_partner_id') ?? this.#desk.sellers[0]?.sellerId ?? '';
    return this.#desk.beginInAppstore(applicationId, sellerId, { ownUrl: this.#ownUrl() });
  }
}

function send(response: ServerResponse, answer: FormPage | ConsentProblem | URL): void {
  if (answer instanceof URL) {
    response.writeHead(302, { location: answer.href, 'cache-control': 'no-store' }).end();
  } else if ('code' in answer) sendPage(response, 400, problemPage(answer));
  else sendPage(response, 200, formPage(answer));
}

function sendPage(response: ServerResponse, status: number, html: string): void {
  response
    .writeHead(status, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'",
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    })
    .end(html);
}
