import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Entry, Journal } from '../journal';
import type { Provider } from '../provider';
import { type MakeToken, TOKENS } from '../tokens';

const FILES: Record<string, [file: string, type: string]> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript'],
  '/style.css': ['style.css', 'text/css'],
};

/** The server of the page. It signs people in, so that the browser meets the provider, and its certificate, at the sign-in form only. */
export class Page {
  private readonly server = createServer((request, response) => {
    void this.serve(request, response).catch((error: Error) => response.writeHead(500).end(error.message));
  });
  private signIn?: { readonly state: string; readonly codeVerifier: string };
  private accessToken?: string;

  public constructor(private readonly apiUrl: string, private readonly provider: Provider, private readonly journal: Journal) {}

  public async start(): Promise<void> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
  }

  public get url(): string {
    return `http://${this.host}/`;
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    if (this.server.listening) await once(this.server.close(), 'close');
  }

  private get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  private get redirectUri(): string {
    return `${this.url}callback`;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Another site's name that resolves to this machine must not read the token.
    if (request.headers.host !== this.host) return void response.writeHead(403).end();
    const { pathname, searchParams } = new URL(request.url!, this.url);
    if (pathname in FILES) {
      const [file, type] = FILES[pathname];
      return void response.writeHead(200, { 'Content-Type': type }).end(await readFile(join(__dirname, file)));
    }
    switch (pathname) {
      case '/state': return sendJson(response, { apiUrl: this.apiUrl, tokens: Object.keys(TOKENS), accessToken: this.accessToken });
      case '/token': return this.sendToken(response, TOKENS[searchParams.get('kind') ?? '']);
      case '/sign-in': return redirect(response, this.beginSignIn());
      case '/callback': return redirect(response, await this.endSignIn(searchParams));
      case '/events': return this.stream(response);
      default: return void response.writeHead(404).end();
    }
  }

  private async sendToken(response: ServerResponse, make?: MakeToken): Promise<void> {
    return make ? sendJson(response, await make(this.provider)) : void response.writeHead(404).end();
  }

  private beginSignIn(): string {
    this.signIn = { state: randomBytes(16).toString('base64url'), codeVerifier: randomBytes(32).toString('base64url') };
    const codeChallenge = createHash('sha256').update(this.signIn.codeVerifier).digest('base64url');
    return this.provider.signInUrl(this.redirectUri, this.signIn.state, codeChallenge);
  }

  private async endSignIn(answer: URLSearchParams): Promise<string> {
    const { signIn } = this;
    this.signIn = undefined;
    if (!signIn || answer.get('state') !== signIn.state) throw new Error('this sign-in was not begun here, or it ended already');
    if (!answer.has('code')) throw new Error(`the provider did not sign you in: ${answer.get('error')}: ${answer.get('error_description')}`);
    this.accessToken = await this.provider.redeem(this.redirectUri, answer.get('code')!, signIn.codeVerifier);
    return '/';
  }

  /** Sends what happened and what goes on happening as server-sent events. */
  private stream(response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    const write = (entry: Entry) => response.write(`data: ${JSON.stringify(entry)}\n\n`);
    this.journal.entries.forEach(write);
    response.once('close', this.journal.listen(write));
  }
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }).end(JSON.stringify(value));
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(302, { Location: location }).end();
}
