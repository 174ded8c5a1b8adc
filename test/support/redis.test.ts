import { describeWithRedis, startRedis } from './redis.ts';
import { describeTestRedisContract } from './test-redis-contract.ts';

describeWithRedis('a Redis of a test', () => describeTestRedisContract(startRedis));
