/** What the sweep may be asked. */
import { z } from 'zod';
import { type LearnConfig, type LearnTask, learnConfig } from '../common/learn.js';

export const schema = z.strictObject(learnConfig);
export type Config = LearnConfig;
export type Task = LearnTask;
