export * from './jwt-websocket-authorizer';
export * from './token-source';
