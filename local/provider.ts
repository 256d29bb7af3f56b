import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer, request, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { JWK } from 'jose';
import type { Configuration } from 'oidc-provider' with { 'resolution-mode': 'import' };

const ALGORITHM = 'RS256';
const SECRET = 'local-run'; // of clients that exist on this machine only, for as long as the local run takes
const LIFETIME = 3600; // seconds

/** An OpenID provider on loopback, over HTTPS with a certificate of its own. */
export class Provider {
  /** Starts a provider at which people sign in for tokens to `audience`. */
  public static async start(audience: string): Promise<Provider> {
    const { generate } = await import('selfsigned');
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
      keyType: 'ec',
      algorithm: 'sha256',
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }, { type: 7, ip: '127.0.0.1' }] }],
    });
    const provider = new Provider(cert, createServer({ key, cert }), audience);
    await provider.listen();
    await provider.rotate();
    return provider;
  }

  /** How often the keys were asked for. */
  public keyRequests = 0;
  private port = 0;
  private signingKey!: JWK;
  private handle!: RequestListener;

  private constructor(
    /** What a client must trust, in PEM. */
    public readonly certificate: string,
    private readonly server: Server,
    private readonly audience: string,
  ) {
    server.on('request', (incoming, response) => {
      if (incoming.url === '/jwks') this.keyRequests += 1;
      response.setHeader('Content-Security-Policy', "style-src 'unsafe-inline'"); // the sign-in form asks for fonts from elsewhere
      this.handle(incoming, response);
    });
  }

  public get issuer(): string {
    return `https://localhost:${this.port}`;
  }

  public get jwksUri(): string {
    return `${this.issuer}/jwks`;
  }

  /** The key that signs now, for the tokens that no provider issues. */
  public get key(): JWK {
    return this.signingKey;
  }

  /** Replaces the key, and with it the provider behind the server, which then knows nobody who had signed in. */
  public async rotate(): Promise<void> {
    const { exportJWK, generateKeyPair } = await import('jose');
    const { default: OidcProvider } = await import('oidc-provider');
    const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
    this.signingKey = { ...await exportJWK(privateKey), kid: randomUUID(), alg: ALGORITHM, use: 'sig' };
    this.handle = quietly(() => new OidcProvider(this.issuer, this.configuration())).callback();
  }

  /** Stops answering, as in an outage. */
  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    if (this.server.listening) await once(this.server.close(), 'close');
  }

  /** Answers again, at the same address. */
  public async listen(): Promise<void> {
    await once(this.server.listen(this.port, '127.0.0.1'), 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** Has an access token issued to a service, by the grant `client_credentials` (RFC 6749, section 4.4). */
  public async issue(audience: string): Promise<string> {
    return this.token({ grant_type: 'client_credentials', client_id: 'service', client_secret: SECRET, resource: audience });
  }

  /** Where a person signs in for an authorization code (RFC 6749, section 4.1) with PKCE (RFC 7636). */
  public signInUrl(redirectUri: string, state: string, codeChallenge: string): string {
    const parameters = new URLSearchParams({
      client_id: 'page',
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: 'openid',
      resource: this.audience,
      state,
      code_challenge: codeChallenge,
      code_challenge_method: 'S256',
    });
    return `${this.issuer}/auth?${parameters}`;
  }

  /** Exchanges an authorization code for an access token. */
  public async redeem(redirectUri: string, code: string, codeVerifier: string): Promise<string> {
    return this.token({
      grant_type: 'authorization_code',
      client_id: 'page',
      redirect_uri: redirectUri,
      resource: this.audience,
      code,
      code_verifier: codeVerifier,
    });
  }

  private async token(parameters: Record<string, string>): Promise<string> {
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const outgoing = request(`${this.issuer}/token`, { method: 'POST', ca: this.certificate, headers });
    outgoing.end(new URLSearchParams(parameters).toString());
    const [response] = await once(outgoing, 'response');
    const answer: any = await json(response);
    if (!answer.access_token) throw new Error(`the provider issued no token: ${answer.error}: ${answer.error_description}`);
    return answer.access_token;
  }

  private configuration(): Configuration {
    return {
      jwks: { keys: [this.signingKey as any] },
      clients: [
        {
          client_id: 'service',
          client_secret: SECRET,
          grant_types: ['client_credentials'],
          redirect_uris: [],
          response_types: [],
          token_endpoint_auth_method: 'client_secret_post',
        },
        {
          client_id: 'page',
          application_type: 'native',
          redirect_uris: ['http://127.0.0.1/callback'], // on any port: RFC 8252, section 7.3
          token_endpoint_auth_method: 'none',
        },
      ],
      cookies: { keys: [SECRET] },
      features: {
        clientCredentials: { enabled: true },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: (_, audience) => ({ scope: '', audience, accessTokenFormat: 'jwt', jwt: { sign: { alg: ALGORITHM } } }),
        },
      },
      findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
      ttl: {
        AccessToken: LIFETIME,
        ClientCredentials: LIFETIME,
        Grant: LIFETIME,
        IdToken: LIFETIME,
        Interaction: LIFETIME,
        Session: LIFETIME,
      },
    };
  }
}

/** Without oidc-provider's warnings that its storage and its sign-in form are for development only, which is what this is. */
function quietly<T>(create: () => T): T {
  const { warn } = console;
  console.warn = () => {};
  try {
    return create();
  } finally {
    console.warn = warn;
  }
}
