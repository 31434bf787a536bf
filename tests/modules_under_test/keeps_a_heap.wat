;; Makes a list on a heap that the engine collects, and keeps all of it.
(module
  (memory (export "memory") 1)
  (type $link (struct (field (ref null $link)) (field i64)))
  (func (export "_start") (local $list (ref null $link))
    (loop $more
      (local.set $list (struct.new $link (local.get $list) (i64.const 5)))
      (br $more))))
