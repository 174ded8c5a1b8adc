import { describe, expect, it } from 'vitest';
import { kindOfWriteError, refusalOf } from '../../../src/adapters/redis/errors.ts';

const failed = (message: string, more: object = {}) => Object.assign(new Error(message), more);

describe('a write that Redis refuses', () => {
  it.each([
    ["READONLY You can't write against a read only replica.", 'READONLY'],
    ["READONLY You can't write against a read only replica. script: 1, on @user_script:1.", 'READONLY'],
    ["ERR Error running script (call to f_1): @user_script:4: -READONLY You can't write", 'READONLY'],
    ['NOREPLICAS Not enough good replicas to write.', 'NOREPLICAS'],
    ['MISCONF Errors writing to the AOF file: No space left on device', 'MISCONF'],
    ["OOM command not allowed when used memory > 'maxmemory'.", 'OOM'],
    ["@user_script: 1: -OOM command not allowed when used memory > 'maxmemory'.", 'OOM'],
    ["NOPERM this user has no permissions to run the 'hset' command", 'NOPERM'],
    ["ERR The user executing the script can't run this command or subcommand script: 1", 'NOPERM'],
    ["ACL failure in script: User app has no permissions to run the 'hset' command", 'NOPERM'],
    ['ERR value is not an integer or out of range', null],
    ['Command timed out', null],
    ['a task named OOM', null],
  ])('is recognised by %s', (message, kind) => {
    expect(kindOfWriteError(failed(message))).toBe(kind);
  });

  it('is recognised by the commands of a transaction', () => {
    const previousErrors = [failed('ERR other'), failed('MISCONF Redis is configured to save')];
    const aborted = failed('EXECABORT Transaction discarded because of previous errors.', { previousErrors });
    expect(kindOfWriteError(aborted)).toBe('MISCONF');
    expect(kindOfWriteError('OOM command')).toBeNull();
  });
});

describe('a connection that Redis refuses', () => {
  it.each([
    ['WRONGPASS invalid username-password pair or user is disabled.', 'hello', /user name or the password/],
    ['ERR invalid password', 'auth', /user name or the password/],
    ['NOAUTH HELLO must be called with the client already authenticated', 'hello', /requires a password/],
    ["NOPERM this user has no permissions to run the 'hello' command", 'hello', /lacks a permission/],
    ['ERR DB index is out of range', 'select', /database of the URL.*database 0/],
    ['ERR SELECT is not allowed in cluster mode', 'select', /database of the URL/],
    ["NOPERM this user has no permissions to run the 'select' command", 'select', /database of the URL/],
    ["ERR unknown command 'info', with args beginning with: ", 'info', /not have the command INFO/],
  ])('says what to do about %s', (message, name, words) => {
    const refusal = refusalOf(failed(message, { command: { name, args: ['secret'] } }));
    expect(refusal).toMatch(words);
    expect(refusal).toContain(message);
    expect(refusal).not.toContain('secret');
  });

  it.each([
    'connect ECONNREFUSED 127.0.0.1:6379',
    'LOADING Redis is loading',
    'ERR max number of clients reached',
  ])('is not recognised in a temporary error: %s', (message) => {
    expect(refusalOf(failed(message))).toBeNull();
  });
});
