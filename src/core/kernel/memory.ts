/** Where the constants of a module end. */
export const heapBase: usize = __heap_base;
