;; Its _start returns a number, for which nobody has room.
(module
  (memory (export "memory") 1)
  (func (export "_start") (result i64) (i64.const 1)))
