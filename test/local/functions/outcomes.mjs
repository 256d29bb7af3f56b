// One handler for each way in which a Lambda function can end.
export const returns = async (event) => event;
export const returnsUndefined = async () => {};
export const returnsUndefinedFields = async () => ({ kept: 1, dropped: undefined });
export const returnsBigInt = async () => 1n;
export const throws = async () => { throw new TypeError('thrown'); };
export const throwsSynchronously = () => { throw new TypeError('thrown'); };
export const throwsText = async () => { throw 'text'; };
export const throwsUnauthorized = async () => { throw new Error('Unauthorized'); };
export const callsBack = (event, context, callback) => callback(null, event);
export const exits = async () => process.exit(3);
export const exitsWhilePosting = async () => {
  setTimeout(() => process.exit(3), 3);
  return 'x'.repeat(5_500_000);
};
export const hangs = () => new Promise((resolve) => setTimeout(resolve, 3_600_000));
export const environment = async () => process.env;
export const context = async (_, { getRemainingTimeInMillis, ...rest }) => ({ ...rest, remaining: getRemainingTimeInMillis() });
export const pid = async () => process.pid;
export const pidAfterAMoment = () => new Promise((resolve) => setTimeout(() => resolve(process.pid), 200));
export const exitsThrowsOrReturns = async (event) => {
  if (event.exit) process.exit(3);
  if (event.throw) throw new TypeError('thrown');
  return process.pid;
};
export const writes = async () => {
  process.stdout.write('{"outcome":"allow"}\n');
  process.stderr.write('to stderr\n');
  console.log('through console');
  console.debug('below the level');
};
export const notAFunction = 1;
