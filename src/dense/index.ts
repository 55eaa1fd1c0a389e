export type { DenseKernel } from './face.js';
export { allocateMatrix, type Matrix, multiply, transposed } from './matrix.js';
export { productKernel } from './products.js';
