import { describeTestRedisContract } from './contract.ts';
import { describeWithRedis, startRedis } from './redis.ts';

describeWithRedis('a Redis of a test', () => describeTestRedisContract(startRedis));
