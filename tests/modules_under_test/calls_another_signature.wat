;; Calls through its table, with values that the function does not take.
(module
  (memory (export "memory") 1)
  (table funcref (elem $f))
  (func $f (param i64 i64))
  (func (export "_start") (drop (call_indirect (param i32) (result i32) (i32.const 1) (i32.const 0)))))
