// Package aion speaks AION's module ABI v1: one JSON object on stdin; lines of JSON on stdout, the last of them the result.
package aion

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strconv"
)

// Refusal is an input that the module cannot work with: which field, what is wrong, what would be right.
type Refusal struct{ Field, Problem, Remedy string }

func (r Refusal) Error() string { return r.Field + ": " + r.Problem + "; " + r.Remedy }

// Int is an integer that callers may send as 3 or as "3", because a task's params are strings.
type Int int

// UnmarshalJSON reads both forms.
func (i *Int) UnmarshalJSON(data []byte) error {
	number, err := strconv.Atoi(string(bytes.Trim(data, `"`)))
	if err != nil {
		// Of this error the decoder says in which field it was.
		return &json.UnmarshalTypeError{Value: string(data), Type: reflect.TypeFor[int]()}
	}
	*i = Int(number)
	return nil
}

// Lines writes what a watcher sees while the module works. Each line leaves at once: stdout is not buffered.
type Lines struct{ out io.Writer }

// NewLines writes to out; a test passes a buffer.
func NewLines(out io.Writer) *Lines { return &Lines{out} }

// Token is a piece of the answer's text.
func (l *Lines) Token(text string) error {
	return l.line(map[string]any{"type": "token", "text": text})
}

// Partial is a snapshot of the result so far.
func (l *Lines) Partial(data any) error {
	return l.line(map[string]any{"type": "partial", "data": data})
}

// Log is a note for the operator; it needs `log` among permissions.host. Never write what the caller sent into it.
func (l *Lines) Log(message string) error {
	return l.line(map[string]any{"type": "log", "level": "info", "message": message})
}

func (l *Lines) line(value any) error {
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return err
	}
	_, err := l.out.Write(line.Bytes())
	return err
}

// Serve answers the one call on stdin with work. A failure goes to stderr and ends with exit status 2.
func Serve[In, Out any](work func(In, *Lines) (Out, error)) {
	if err := Answer(os.Stdin, os.Stdout, work); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

// Answer is Serve over any two streams.
func Answer[In, Out any](in io.Reader, out io.Writer, work func(In, *Lines) (Out, error)) error {
	var input In
	decoder := json.NewDecoder(in)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&input); err != nil {
		return fmt.Errorf("input refused: %w", named(err))
	}
	lines := NewLines(out)
	result, err := work(input, lines)
	if err != nil {
		return fmt.Errorf("input refused: %w", err)
	}
	return lines.line(map[string]any{"type": "result", "data": result})
}

// named is the error with the field that it is about, where the decoder knows it.
func named(err error) error {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) || wrong.Field == "" {
		return err
	}
	return Refusal{wrong.Field, "is " + wrong.Value + ", which does not fit", "send a value of the type " + wrong.Type.String()}
}
