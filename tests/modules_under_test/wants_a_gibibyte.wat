;; Starts with a gibibyte.
(module
  (memory (export "memory") 16384)
  (func (export "_start")))
