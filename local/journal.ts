/** What happened: a line that a function wrote, as it would stand in CloudWatch, or a handshake that the gateway answered. */
export type Entry =
  | { readonly kind: 'log'; readonly function: string; readonly line: string }
  | { readonly kind: 'handshake'; readonly connectionId: string; readonly status: number; readonly reason: string };

/** Keeps all that happened in a local run, and tells those who listen. */
export class Journal {
  public readonly entries: Entry[] = [];
  private readonly listeners = new Set<(entry: Entry) => void>();

  public add(entry: Entry): void {
    this.entries.push(entry);
    for (const listener of this.listeners) listener(entry);
  }

  /** Calls back for each further entry; gives the function that ends it. */
  public listen(listener: (entry: Entry) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The decision log of the verifier: only its lines have an `outcome`. */
  public decisions(): Record<string, unknown>[] {
    return this.entries.flatMap((entry) => (entry.kind === 'log' && entry.line.includes('"outcome"') ? [JSON.parse(entry.line)] : []));
  }
}
