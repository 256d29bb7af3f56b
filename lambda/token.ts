import { Refusal } from './reasons';

/** A JWT as it was sent: nothing in it is trusted yet. */
export interface DecodedToken {
  readonly compact: string;
  readonly header: Record<string, unknown>;
  readonly payload: Record<string, unknown>;
}

/** Checked before any parsing. API Gateway's own limits are lower; the bundle also runs without it. */
const MAX_TOKEN_BYTES = 16 * 1024;

// A byte order mark is kept, so that JSON.parse refuses it.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Take a JWS in compact serialization apart (RFC 7515, section 7.1), strictly.
 *
 * @throws Refusal `token_too_large` or `malformed_token`
 */
export function decodeToken(compact: string): DecodedToken {
  // Characters, not bytes: a token with a character of more than one byte is malformed anyway.
  if (compact.length > MAX_TOKEN_BYTES) {
    throw new Refusal('token_too_large');
  }
  const parts = compact.split('.');
  if (parts.length !== 3) {
    throw new Refusal('malformed_token');
  }
  const [header, payload] = parts.map(decodePart);
  return { compact, header: parseObject(header), payload: parseObject(payload) };
}

/** RFC 4648, section 3.5: one sequence of bytes has one encoding, or a token could be written in many ways. */
function decodePart(part: string): Buffer {
  const bytes = Buffer.from(part, 'base64url');
  if (part === '' || bytes.toString('base64url') !== part) {
    throw new Refusal('malformed_token');
  }
  return bytes;
}

function parseObject(bytes: Buffer): Record<string, unknown> {
  try {
    const text = utf8.decode(bytes);
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && !hasDuplicateMember(text)) {
      return value as Record<string, unknown>;
    }
  } catch {
    // not UTF-8 or not JSON
  }
  throw new Refusal('malformed_token');
}

/**
 * Whether a top-level member of a JSON object stands in it twice (RFC 7519, section 4).
 *
 * JSON.parse keeps the last one silently, other parsers the first: two readers would see two tokens.
 *
 * @param json that JSON.parse has accepted as an object
 */
function hasDuplicateMember(json: string): boolean {
  const names = new Set<string>();
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === '{' || character === '[') {
      depth++;
    } else if (character === '}' || character === ']') {
      depth--;
    } else if (character === '"') {
      const start = at;
      while (json[++at] !== '"') {
        if (json[at] === '\\') { at++; }
      }
      if (depth === 1 && /^\s*:/.test(json.slice(at + 1))) {
        const name = JSON.parse(json.slice(start, at + 1)) as string;
        if (names.has(name)) { return true; }
        names.add(name);
      }
    }
  }
  return false;
}
