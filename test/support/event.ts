/** The authorizer's input as API Gateway sends it, with what a test changes. */
export function connectEvent(overrides: object = {}): Record<string, unknown> {
  return {
    type: 'REQUEST',
    methodArn: 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/$connect',
    headers: { Host: 'a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com' },
    multiValueHeaders: { Host: ['a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com'] },
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    requestContext: { routeKey: '$connect', eventType: 'CONNECT', connectionId: 'L0SM9cOFvHcCIhw=', apiId: 'a1b2c3d4e5', stage: 'prod' },
    ...overrides,
  };
}

/** A client that brings its token in the query string. */
export function connectWith(token: string): Record<string, unknown> {
  return connectEvent({ queryStringParameters: { authorization: token }, multiValueQueryStringParameters: { authorization: [token] } });
}
