/** The teacher-forced methods as a job: every neuron is a task of its own. */
import type { Job } from '../../core/index.js';
import { type FpSettings, fp } from './fp.js';
import { type HingeSettings, hinge } from './hinge.js';
import { type SuperSpikeSettings, superSpike } from './superspike.js';
import { type NeuronPart, partOf, type Trained, type TrainingTask } from './task.js';

export type NeuronSettings = SuperSpikeSettings | HingeSettings | FpSettings;
export type NeuronMethod = NeuronSettings['method'];

/** A trainer of single neurons, with what all of them share at hand. */
function trainerOf(task: TrainingTask<NeuronSettings>): (part: NeuronPart) => Trained {
  const { settings } = task;
  switch (settings.method) {
    case 'superspike':
      return superSpike({ ...task, settings });
    case 'hinge':
      return hinge({ ...task, settings });
    case 'fp':
      return fp({ ...task, settings });
  }
}

export const trainJob: Job<TrainingTask<NeuronSettings>, Trained> = {
  name: 'train',
  module: import.meta.url,
  prepare(task) {
    const train = trainerOf(task);
    return (neuron) => train(partOf(task, neuron));
  },
};
