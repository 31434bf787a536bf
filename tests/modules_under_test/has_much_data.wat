;; Eight megabytes of memory that its start section fills, page by page, and then all of it at once, for ever.
(module
  (memory (export "memory") 128)
  (func $fill (loop $more (memory.fill (i32.const 0) (i32.const 170) (i32.const 8388608)) (br $more)))
  (start $fill)
  (func (export "_start")))
