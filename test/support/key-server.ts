import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { generate } from 'selfsigned';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A real HTTPS server on loopback that this process trusts and that answers as a test says. */
export class KeyServer {
  static async start(): Promise<KeyServer> {
    // A name of its own: OpenSSL takes the first trusted certificate of a name, and jest runs many servers in one process.
    const { private: key, cert } = await generate([{ name: 'commonName', value: randomUUID() }], {
      extensions: [{ name: 'basicConstraints', cA: true, critical: true }, { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    });
    setDefaultCACertificates([...getCACertificates('default'), cert]);
    const server = new KeyServer(createServer({ key, cert }));
    await new Promise<void>((resolve) => server.server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  /** How many requests came in. */
  requests = 0;
  answer?: Answer;

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => {
      this.requests++;
      this.answer?.(request, response);
    });
  }

  get url(): string {
    return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}/keys`;
  }

  /** Answer 200 with this. */
  serve(body: unknown, headers: Record<string, string> = {}): void {
    this.answer = (_, response) => response.writeHead(200, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
