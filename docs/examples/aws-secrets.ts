import { ConfigurationError, Secret, type SecretManager } from '@fluxori/core';

/** What is used of `SecretsManager` of `@aws-sdk/client-secrets-manager`. */
interface AwsClient {
  getSecretValue(input: { SecretId: string }): Promise<{ SecretString?: string }>;
}

/** AWS Secrets Manager: `new AwsSecretManager(new SecretsManager({ region: 'eu-west-1' }))`. */
export class AwsSecretManager implements SecretManager {
  constructor(private readonly client: AwsClient) {}

  async get(name: string): Promise<Secret> {
    const answer = await this.client.getSecretValue({ SecretId: name }).catch((error: { name?: string }) => {
      if (error.name === 'ResourceNotFoundException') return undefined;
      throw error;
    });
    if (answer?.SecretString) return new Secret(answer.SecretString);
    const remedy = `aws secretsmanager create-secret --name ${name} --secret-string file:///dev/stdin`;
    throw new ConfigurationError(`There is no secret ${name} in AWS.`, {
      code: 'SECRET_UNKNOWN',
      field: name,
      remedy,
    });
  }
}
