import { ConfigurationError, Secret, type SecretManager } from '@fluxori/core';

/** What is used of `SecretManagerServiceClient` of `@google-cloud/secret-manager`. */
interface GcpClient {
  accessSecretVersion(request: {
    name: string;
  }): Promise<[{ payload?: { data?: Uint8Array | string | null } | null }, ...unknown[]]>;
}

/** GCP Secret Manager: `new GcpSecretManager(new SecretManagerServiceClient(), 'my-project')`. */
export class GcpSecretManager implements SecretManager {
  constructor(
    private readonly client: GcpClient,
    private readonly project: string,
  ) {}

  async get(name: string): Promise<Secret> {
    const version = `projects/${this.project}/secrets/${name}/versions/latest`;
    const answer = await this.client
      .accessSecretVersion({ name: version })
      .catch((error: { code?: number }) => {
        if (error.code === notFound) return undefined;
        throw error;
      });
    const data = answer?.[0].payload?.data;
    if (data) return new Secret(Buffer.from(data).toString('utf8'));
    const remedy = `gcloud secrets create ${name} --data-file=-`;
    throw new ConfigurationError(`There is no secret ${name} in GCP.`, {
      code: 'SECRET_UNKNOWN',
      field: name,
      remedy,
    });
  }
}

/** gRPC's status NOT_FOUND. */
const notFound = 5;
