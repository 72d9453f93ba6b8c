import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endsOf, groupColumns } from '../src/columns';

test('the ends of an interval belong to their column and make no chart of their own', () => {
  const columns = ['iteration', 'validationFigure', 'validationFigureLow', 'validationFigureHigh', 'championFigure', 'aLow', 'bHigh', 'b'];
  const { main, more } = groupColumns(columns, undefined);
  assert.deepEqual(main.map((group) => group.columns), [['championFigure', 'validationFigure']]);
  assert.deepEqual(more.map((group) => group.columns), [['aLow'], ['bHigh'], ['b']]);
});

test('an interval has both ends, the upper first', () => {
  const has = (name: string): boolean => ['a', 'aLow', 'aHigh', 'b', 'bLow'].includes(name);
  assert.deepEqual(endsOf('a', has), ['aHigh', 'aLow']);
  assert.equal(endsOf('b', has), null);
});
