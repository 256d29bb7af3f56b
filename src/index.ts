export * from './jwt-websocket-authorizer';
export * from './token-source';
export * from './verifier-function-options';
