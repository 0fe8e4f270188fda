/**
 * What runs first in a realm, in its own globals: its Date and Math.random become the world's.
 * The day on which every world begins is 1 January 2000; its local time is UTC.
 */
export const PRELUDE = `'use strict';
(function ({ now, random }) {
  const Real = Date;
  const BEGIN = Real.UTC(2000, 0, 1);
  const today = () => BEGIN + now();
  const at = (values) => {
    if (values.length === 0) return [today()];
    return values.length === 1 ? values : [Real.UTC(...values)];
  };
  const text = (date) => date.toUTCString();
  const World = function Date(...values) {
    if (new.target === undefined) return text(new Real(today()));
    return Reflect.construct(Real, at(values), new.target);
  };
  World.prototype = Real.prototype;
  World.prototype.constructor = World;
  World.now = today;
  World.parse = Real.parse;
  World.UTC = Real.UTC;
  const parts = ['FullYear', 'Month', 'Date', 'Day', 'Hours', 'Minutes', 'Seconds', 'Milliseconds'];
  for (const part of parts) {
    World.prototype['get' + part] = World.prototype['getUTC' + part];
    if (part !== 'Day') World.prototype['set' + part] = World.prototype['setUTC' + part];
  }
  World.prototype.getTimezoneOffset = () => 0;
  for (const name of ['', 'Date', 'Time', 'Locale', 'LocaleDate', 'LocaleTime']) {
    World.prototype['to' + name + 'String'] = function () { return text(this); };
  }
  globalThis.Date = World;
  Math.random = random;
  globalThis.performance = { now, timeOrigin: BEGIN };
  // Garbage collection, threads and compiled code have times of their own.
  for (const name of ['WeakRef', 'FinalizationRegistry', 'Atomics', 'WebAssembly']) {
    delete globalThis[name];
  }
})`;
