/** Eigenvalues of small dense matrices, by ml-matrix; packed into one module (vendor.mjs), which every command loads faster. */
export { EigenvalueDecomposition, Matrix } from 'ml-matrix';
