import { actionContract } from '../../actions/contract.testsuite.ts';
import { waitHealthy } from './actions/wait-healthy.ts';
import { fakeHttp } from './client.fake.ts';

const serviceThat = (...answers: (number | null)[]) => ({
  input: { component: 'api' },
  prepare: () => {
    const { client, answers: script } = fakeHttp(...answers);
    return { client, state: () => null, spoil: () => void script.splice(0, script.length, 503) };
  },
});

actionContract(waitHealthy, {
  'a service that is healthy': serviceThat(200),
  'a service that comes up': serviceThat(null, 503, null, 200),
});
