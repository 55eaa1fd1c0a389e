export type { Matrix } from '../dense/index.js';
export { differentiableExponents, type ExponentTape, type TangentCourse } from './adjoint.js';
export { type ExponentPlan, type Exponents, lyapunovExponents, startRows, startVectors } from './exponents.js';
export { factorize, factorizeAdjoint } from './qr.js';
export { exponentTape, type MatrixCourse } from './tape.js';
