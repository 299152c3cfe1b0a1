;; An actor that breaks its contract: it needs no import to do so.
;;
;; The state is always 0 and the response 1. The first digit in the body of a
;; message says what goes wrong:
;;
;;   0  nothing
;;   1  the new state is no JSON
;;   2  the response is no JSON
;;   3  the new state is no UTF-8
;;   4  the new state lies outside of the memory
;;   5  the tag of the result is neither ok nor err
;;   6  divides by zero
;;   7  divides the smallest integer by -1
;;   8  reads outside of the memory
;;   9  calls a null function
(module
  (memory (export "memory") 1)
  (table 2 funcref)
  (type $nothing (func))
  ;; 16: a state; 17: a response; 18: no JSON; 20: no UTF-8. Results are returned in the 20 bytes from 64.
  (data (i32.const 16) "01{]\ff\fe")
  (global $next (mut i32) (i32.const 128))

  (func (export "cabi_realloc") (param $old i32) (param $old-size i32) (param $align i32) (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
    (global.set $next (i32.add (local.get $at) (local.get $size)))
    (if (i32.gt_u (global.get $next) (i32.const 65536)) (then unreachable))
    (local.get $at))

  (func $free (param $results i32)
    (global.set $next (i32.const 128)))
  (export "cabi_post_theater:actor/actor@0.1.0#init" (func $free))
  (export "cabi_post_theater:actor/actor@0.1.0#handle" (func $free))

  ;; The first digit after the text `"body":`, which stands before every body.
  (func $digit (param $text i32) (param $size i32) (result i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $text) (local.get $size)))
    (block $found
      (loop $next
        (br_if $found (i32.ge_u (local.get $text) (local.get $end)))
        (if (i32.and
              (i32.ge_u (i32.load8_u (local.get $text)) (i32.const 48))
              (i32.le_u (i32.load8_u (local.get $text)) (i32.const 57)))
          (then (return (i32.sub (i32.load8_u (local.get $text)) (i32.const 48)))))
        (local.set $text (i32.add (local.get $text) (i32.const 1)))
        (br $next)))
    (i32.const 0))

  ;; ok, with a state and a response of so many bytes.
  (func $answer (param $state i32) (param $state-size i32) (param $response i32) (param $response-size i32) (result i32)
    (i32.store8 (i32.const 64) (i32.const 0))
    (i32.store (i32.const 68) (local.get $state))
    (i32.store (i32.const 72) (local.get $state-size))
    (i32.store (i32.const 76) (local.get $response))
    (i32.store (i32.const 80) (local.get $response-size))
    (i32.const 64))

  (func (export "theater:actor/actor@0.1.0#init") (param $params i32) (param $size i32) (result i32)
    (i32.store8 (i32.const 64) (i32.const 0))
    (i32.store (i32.const 68) (i32.const 16))
    (i32.store (i32.const 72) (i32.const 1))
    (i32.const 64))

  (func (export "theater:actor/actor@0.1.0#handle")
    (param $state i32) (param $state-size i32) (param $message i32) (param $size i32) (result i32)
    (local $wrong i32)
    (local.set $wrong (call $digit (local.get $message) (local.get $size)))
    (if (i32.eq (local.get $wrong) (i32.const 1))
      (then (return (call $answer (i32.const 18) (i32.const 2) (i32.const 17) (i32.const 1)))))
    (if (i32.eq (local.get $wrong) (i32.const 2))
      (then (return (call $answer (i32.const 16) (i32.const 1) (i32.const 18) (i32.const 2)))))
    (if (i32.eq (local.get $wrong) (i32.const 3))
      (then (return (call $answer (i32.const 20) (i32.const 2) (i32.const 17) (i32.const 1)))))
    (if (i32.eq (local.get $wrong) (i32.const 4))
      (then (return (call $answer (i32.const 65530) (i32.const 100) (i32.const 17) (i32.const 1)))))
    (if (i32.eq (local.get $wrong) (i32.const 5))
      (then
        (i32.store8 (i32.const 64) (i32.const 7))
        (return (i32.const 64))))
    (if (i32.eq (local.get $wrong) (i32.const 6))
      (then (drop (i32.div_u (local.get $size) (i32.sub (local.get $wrong) (i32.const 6))))))
    (if (i32.eq (local.get $wrong) (i32.const 7))
      (then (drop (i32.div_s (i32.const 0x80000000) (i32.sub (i32.const 6) (local.get $wrong))))))
    (if (i32.eq (local.get $wrong) (i32.const 8))
      (then (drop (i32.load (i32.const 65534)))))
    (if (i32.eq (local.get $wrong) (i32.const 9))
      (then (call_indirect (type $nothing) (i32.const 1))))
    (call $answer (i32.const 16) (i32.const 1) (i32.const 17) (i32.const 1))))
