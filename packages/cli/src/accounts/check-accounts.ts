import { isFluxoriError } from '@fluxori/core';
import type { App } from '../composition/open-app.js';
import { type ExitKind, exitKindOf } from '../exit/exit-code.js';

export interface AccountCheck {
  readonly account: string;
  readonly ok: boolean;
  /** Country codes where the seller sells. */
  readonly marketplaces: readonly string[];
  readonly error?: { readonly code: string; readonly message: string; readonly remedy?: string };
  readonly exit?: ExitKind;
}

/**
 * Makes the call of an account that proves most: token, application, region and seller's marketplaces. The limits are kept, so a check may wait.
 * @param name - one account; all without it.
 * @throws NotFoundError for an account that there is not; the signal's reason when aborted.
 */
export async function checkAccounts(
  app: App,
  name: string | undefined,
  signal: AbortSignal,
): Promise<readonly AccountCheck[]> {
  const accounts = name === undefined ? app.connectors.accountIds : [app.connectors.choose(name)];
  return Promise.all(
    accounts.map(async (account): Promise<AccountCheck> => {
      try {
        const connector = await app.connectors.get(account);
        const found = await connector.sellers.participations({ signal });
        const marketplaces = found
          .filter(({ participating }) => participating)
          .map(({ countryCode }) => countryCode);
        return { account, ok: true, marketplaces };
      } catch (problem) {
        signal.throwIfAborted();
        if (!isFluxoriError(problem)) throw problem;
        const { code, message } = problem;
        // The remedy for a revoked authorisation is a command of ours.
        const remedy =
          code === 'AUTH_REVOKED'
            ? `Let the seller authorise the application again: fluxori accounts add ${account}`
            : problem.remedy;
        return {
          ...{ account, ok: false, marketplaces: [], exit: exitKindOf(problem) },
          error: { code, message, ...(remedy !== undefined && { remedy }) },
        };
      }
    }),
  );
}
