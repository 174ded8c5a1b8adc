import { describeRoutes } from '../../../src/main/generate/describe-routes.ts';

let made: Promise<string> | undefined;

/** The API's description as JSON text, made once for all test files of this process. */
export function describedApi(): Promise<string> {
  made ??= describeRoutes();
  return made;
}
