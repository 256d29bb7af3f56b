import { readEnvironment } from './environment';
import { fetchKeys } from './fetch-keys';
import { createHandler } from './handler';
import { KeyCache } from './key-cache';
import { logFetch } from './log';

const configuration = readEnvironment(process.env);
const keys = new KeyCache((milliseconds) => fetchKeys(configuration.jwksUri, milliseconds), logFetch);
keys.warm();

export const handler = createHandler(configuration, keys);
