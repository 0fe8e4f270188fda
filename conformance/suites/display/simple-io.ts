/** Simple I/O for drivers of the class Display: an empty display, and two marks on it. */
import type { Display } from '../../../drivers-under-test/host/classes/display.ts';
import type { Exercise } from '../../scene.ts';
import { Canvas, shows } from './facts.ts';

export const displaySimpleIO: Exercise = async (scene, client) => {
  const driver = client as Display;
  const { width, height } = await driver.facts();
  const canvas = new Canvas(width, height);
  await driver.clear();
  canvas.rectangle(3, 5, 6, 11, true);
  await driver.rectangle(3, 5, 6, 11, true);
  canvas.dot(width - 1, height - 1, true);
  await driver.dots([{ x: width - 1, y: height - 1, isLit: true }]);
  if (scene.device.picture !== undefined) shows(scene, canvas, 'the display');
};
