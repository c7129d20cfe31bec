// Package fault is the vocabulary of refusals.
//
// A Fault says that a request was understood and refused, and why, in words
// that may be shown to whoever asked. Everything else that goes wrong (a broken
// connection, a bug) is an ordinary error, whose kind is Internal, and nothing
// of it may reach a caller.
package fault

import (
	"errors"
	"strings"
	"time"
)

// Kind sorts refusals by what the caller can do about them.
type Kind uint8

// The kinds. The zero value, Internal, means that an error is not a refusal.
const (
	Internal Kind = iota
	Invalid
	Unauthenticated
	Forbidden
	NotFound
	Conflict
	Expired
	Throttled
	// Unavailable: it is not the caller's fault, and may work later.
	Unavailable
)

// Fault is one refusal. Faults are values to compare with errors.Is, which
// looks at Code alone: the same refusal may carry another field or wording.
type Fault struct {
	Kind Kind
	// Code names the refusal for programs. It never changes.
	Code string
	// Field is the input that the refusal belongs to; empty when it belongs to
	// the whole input.
	Field string
	// Message is for people, in the wire's words.
	Message string
	// Wait is how long to stay away before trying again. Throttled and Unavailable only.
	Wait time.Duration
}

// New makes a Fault that belongs to no single field.
func New(kind Kind, code, message string) *Fault {
	return &Fault{Kind: kind, Code: code, Message: message}
}

// Error returns the message, after the field when there is one.
func (f *Fault) Error() string {
	if f.Field == "" {
		return f.Message
	}
	return f.Field + ": " + f.Message
}

// Is reports whether target is a Fault with the same code.
func (f *Fault) Is(target error) bool {
	other, ok := target.(*Fault)
	return ok && other.Code == f.Code
}

// On returns a copy of the fault that belongs to field.
func (f *Fault) On(field string) *Fault {
	on := *f
	on.Field = field
	return &on
}

// Saying returns a copy of the fault with another message.
func (f *Fault) Saying(message string) *Fault {
	said := *f
	said.Message = message
	return &said
}

// After returns a copy of the fault that asks to wait.
func (f *Fault) After(wait time.Duration) *Fault {
	after := *f
	after.Wait = wait
	return &after
}

// List is several refusals of one input, in the order in which they are told.
type List []*Fault

// Error returns all messages, joined by "; ".
func (l List) Error() string {
	texts := make([]string, len(l))
	for i, f := range l {
		texts[i] = f.Error()
	}
	return strings.Join(texts, "; ")
}

// Unwrap lets errors.Is and errors.As see each refusal.
func (l List) Unwrap() []error {
	errs := make([]error, len(l))
	for i, f := range l {
		errs[i] = f
	}
	return errs
}

// Err returns the list as an error: nil when it is empty.
func (l List) Err() error {
	if len(l) == 0 {
		return nil
	}
	return l
}

// On returns a copy of the list in which every refusal belongs to field.
func (l List) On(field string) List {
	on := make(List, len(l))
	for i, f := range l {
		on[i] = f.On(field)
	}
	return on
}

// Of returns the refusals that err consists of, in order. It is empty when err
// is nil or not a refusal.
func Of(err error) List {
	var list List
	if errors.As(err, &list) {
		return list
	}
	var one *Fault
	if errors.As(err, &one) {
		return List{one}
	}
	return nil
}

// KindOf returns the kind of the first refusal in err, Internal when it has none.
func KindOf(err error) Kind {
	if list := Of(err); len(list) > 0 {
		return list[0].Kind
	}
	return Internal
}

// Failed reports whether err says nothing about what was asked: something broke, or does
// not work at the moment. It is no verdict to collect, to count or to turn into another.
func Failed(err error) bool {
	kind := KindOf(err)
	return err != nil && (kind == Internal || kind == Unavailable)
}
