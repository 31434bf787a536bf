;; Grows its table until it gets no more, and then wants an element that it has not.
(module
  (memory (export "memory") 1)
  (table $t 1 funcref)
  (func (export "_start")
    (loop $more (br_if $more (i32.ne (table.grow $t (ref.null func) (i32.const 4096)) (i32.const -1))))
    (drop (table.get $t (i32.const -1)))))
