/** Where the arena begins: behind the constants of the elementary functions. */
export const heapBase: usize = __heap_base;
