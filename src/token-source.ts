import { requireName } from './private/validation';

/**
 * How a token source is called on both sides of the function's environment.
 */
export interface TokenSourceConfig {
  /**
   * What API Gateway demands before it invokes the function, such as `route.request.querystring.authorization`.
   *
   * @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-authorizers.html
   */
  readonly identitySource: string;

  /**
   * What the function reads, as an item of its variable `JWT_TOKEN_SOURCES`, such as `querystring:authorization`.
   */
  readonly variable: string;
}

/**
 * Where the client puts its token in the handshake.
 */
export abstract class TokenSource {
  /**
   * The token travels in the query string.
   *
   * Browsers cannot set headers on a WebSocket handshake, so this is the source that works everywhere.
   * Keep tokens short-lived: URLs end up in logs. A URL holds at most 4,096 characters, the token included.
   *
   * @param name of the parameter, of letters, digits, `.`, `_` and `-`; 'authorization' by default
   * @throws Error for any other name
   */
  public static queryString(name: string = 'authorization'): TokenSource {
    return new NamedTokenSource('querystring', requireName('queryString(name)', 'authorization', name));
  }

  /**
   * The token travels in a header, alone or after `Bearer`.
   *
   * For clients that can set headers, which browsers cannot. A header with another scheme holds no token.
   *
   * @param name of the header, of letters, digits, `.`, `_` and `-`; 'Authorization' by default
   * @throws Error for any other name
   */
  public static header(name: string = 'Authorization'): TokenSource {
    return new NamedTokenSource('header', requireName('header(name)', 'Authorization', name));
  }

  /**
   * Name this source for API Gateway and for the function.
   */
  public abstract bind(): TokenSourceConfig;
}

class NamedTokenSource extends TokenSource {
  constructor(private readonly kind: 'querystring' | 'header', private readonly sourceName: string) {
    super();
  }

  public bind(): TokenSourceConfig {
    return {
      identitySource: `route.request.${this.kind}.${this.sourceName}`,
      variable: `${this.kind}:${this.sourceName}`,
    };
  }
}
