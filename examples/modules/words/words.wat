;; Counts the words and lines of a text: module ABI v1 in WebAssembly text, with nothing but two functions of WASI.
;;
;; The input is one JSON object on stdin, and its schema allows one member, so it is {"text": "..."}: everything between
;; the quotes after the colon is the text, in which \n, \r and \t are white space and any other escape is a letter.
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 48)
  ;; 0: address and length of a buffer; 8: how much was read or written; 64: the line that is said; 65536: the input.
  (data (i32.const 64) "{\"type\":\"result\",\"data\":{\"words\":")
  (global $said (mut i32) (i32.const 97))

  (func $read (result i32) (local $end i32)
    (local.set $end (i32.const 65536))
    (loop $more
      (i32.store (i32.const 0) (local.get $end))
      (i32.store (i32.const 4) (i32.sub (i32.mul (memory.size) (i32.const 65536)) (local.get $end)))
      (if (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)) (then unreachable))
      (local.set $end (i32.add (local.get $end) (i32.load (i32.const 8))))
      (br_if $more (i32.load (i32.const 8))))
    (local.get $end))

  (func $say (param $byte i32)
    (i32.store8 (global.get $said) (local.get $byte))
    (global.set $said (i32.add (global.get $said) (i32.const 1))))

  (func $say_number (param $number i32)
    (if (i32.ge_u (local.get $number) (i32.const 10))
      (then (call $say_number (i32.div_u (local.get $number) (i32.const 10)))))
    (call $say (i32.add (i32.const 48) (i32.rem_u (local.get $number) (i32.const 10)))))

  (func (export "_start")
    (local $at i32) (local $end i32) (local $byte i32) (local $space i32) (local $in_word i32)
    (local $words i32) (local $lines i32)
    (local.set $end (call $read))
    (local.set $at (i32.const 65536))
    ;; To the colon, then past the quote after it.
    (loop $colon
      (local.set $byte (i32.load8_u (local.get $at)))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $colon (i32.ne (local.get $byte) (i32.const 58))))
    (loop $quote
      (local.set $byte (i32.load8_u (local.get $at)))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $quote (i32.ne (local.get $byte) (i32.const 34))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $byte (i32.load8_u (local.get $at)))
        (br_if $done (i32.eq (local.get $byte) (i32.const 34)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (local.set $space (i32.eq (local.get $byte) (i32.const 32)))
        (if (i32.eq (local.get $byte) (i32.const 92))
          (then
            (local.set $byte (i32.load8_u (local.get $at)))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (local.set $lines (i32.add (local.get $lines) (i32.eq (local.get $byte) (i32.const 110))))
            (local.set $space
              (i32.or
                (i32.eq (local.get $byte) (i32.const 110))
                (i32.or (i32.eq (local.get $byte) (i32.const 114)) (i32.eq (local.get $byte) (i32.const 116)))))))
        (local.set $words
          (i32.add (local.get $words) (i32.and (i32.eqz (local.get $space)) (i32.eqz (local.get $in_word)))))
        (local.set $in_word (i32.eqz (local.get $space)))
        (br $next)))
    (call $say_number (local.get $words))
    ;; ,"lines":
    (i64.store (global.get $said) (i64.const 0x3a2273656e696c22))
    (i64.store (i32.add (global.get $said) (i32.const 1)) (i64.load (global.get $said)))
    (i32.store8 (global.get $said) (i32.const 44))
    (global.set $said (i32.add (global.get $said) (i32.const 9)))
    (call $say_number (local.get $lines))
    (call $say (i32.const 125))
    (call $say (i32.const 125))
    (call $say (i32.const 10))
    (i32.store (i32.const 0) (i32.const 64))
    (i32.store (i32.const 4) (i32.sub (global.get $said) (i32.const 64)))
    (if (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)) (then unreachable))))
