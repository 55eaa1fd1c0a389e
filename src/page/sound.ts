/** A memory that is heard: each channel a pitch. Off until it is asked for. */
import type { Spikes } from '../memory/simulate/index.js';

/** Semitones of a scale whose notes go with each other. */
const SCALE = [0, 3, 5, 7, 10];
const LOWEST = 110;
const OCTAVES = 4;
/** Notes of one call, and how long and how loud they are. */
const MOST_NOTES = 48;
const LENGTH = 0.09;
const LOUDNESS = 0.05;

export interface Sound {
  /** Plays spikes. @param pace seconds of a refractory period @param from the time that comes in `wait` seconds */
  play(spikes: Spikes, channels: number, from: number, pace: number, wait: number): void;
  close(): void;
}

export function createSound(): Sound {
  const context = new AudioContext();
  const pitches = SCALE.length * OCTAVES;
  return {
    play({ times, neurons }, channels, from, pace, wait) {
      for (let i = 0; i < Math.min(MOST_NOTES, times.length); i++) {
        const step = Math.floor((pitches * neurons[i]) / channels);
        const semitones = 12 * Math.floor(step / SCALE.length) + SCALE[step % SCALE.length];
        const begin = context.currentTime + wait + Math.max(0, times[i] - from) * pace;
        const voice = new OscillatorNode(context, { type: 'triangle', frequency: LOWEST * 2 ** (semitones / 12) });
        const volume = new GainNode(context, { gain: 0 });
        volume.gain.setValueAtTime(LOUDNESS, begin);
        volume.gain.exponentialRampToValueAtTime(1e-4, begin + LENGTH);
        voice.connect(volume).connect(context.destination);
        voice.start(begin);
        voice.stop(begin + LENGTH);
      }
    },
    close: () => void context.close(),
  };
}
