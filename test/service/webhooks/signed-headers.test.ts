import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { newSecret } from '../../../src/service/webhooks/secret-encryption.ts';
import { signedHeaders } from '../../../src/service/webhooks/signed-headers.ts';

describe('the signature of a message', () => {
  it('equals that of the library of the Standard Webhooks project', () => {
    // Computed by `new Webhook(secret).sign(id, time, body)` of the npm package standardwebhooks 1.1.1.
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const [id, body] = ['msg_p5jXN8AQM9LWM0D4loKWxJek', '{"test": 2432232314}'];
    const signature = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';
    expect(signedHeaders(id, 1_614_265_330, body, [secret])).toEqual({
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': signature,
    });
    const both = signedHeaders(id, 1_614_265_330, body, [newSecret(randomBytes), secret]);
    expect(both['webhook-signature']?.split(' ')).toEqual([expect.stringMatching(/^v1,/), signature]);
  });
});
