// The routes of the chat: what API Gateway calls once the authorizer has let a client in.
export async function handler({ requestContext, body }) {
  const { routeKey, authorizer = {} } = requestContext;
  if (routeKey !== '$default') {
    return { statusCode: 200 }; // $connect and $disconnect
  }
  const { principalId, ...context } = authorizer;
  return { statusCode: 200, body: JSON.stringify({ message: body, principalId, context }) };
}
