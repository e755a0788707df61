import { expect, test } from '@jest/globals'
import { StoreError } from '../../src/domain/errors.js'
import { DeliveryError } from '../../src/index.js'

test('an error says its name, its code and what happened', () => {
  const delivery = new DeliveryError('DELIVERY_NOT_JSON', 'The body is not JSON.')
  expect(delivery).toMatchObject({ name: 'DeliveryError', code: 'DELIVERY_NOT_JSON', message: 'The body is not JSON.' })
  const store = new StoreError('STORE_OF_ANOTHER_BOT', 'These stores belong to another bot.')
  expect(store).toMatchObject({
    name: 'StoreError',
    code: 'STORE_OF_ANOTHER_BOT',
    message: 'These stores belong to another bot.',
  })
})
